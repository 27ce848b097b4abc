"""`make backup` and `make restore`: the platform's data, as it was at one moment.

A backup is taken while the platform works. PostgreSQL is copied by `pg_basebackup` with the log that makes it whole,
all five databases as of one moment; files and sealed contracts are copied after it, so that whatever a database names
is there; uploads before it and after it, since one may move to the files meanwhile. The broker is left out: a relay
that meets an empty one says its whole outbox again, and inboxes drop what was heard. A restored platform stands where
the backup was begun, and nothing that was acknowledged by then is missing.
"""

import asyncio
import hashlib
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from chassis import machine_time
from deploy.local import postgres
from deploy.local.place import Place
from deploy.local.ports import LOCALHOST
from deploy.local.program import require_space
from deploy.local.services import PACKAGES
from deploy.local.supervisor import Supervisor
from deploy.local.trouble import Trouble

UPLOADS = ("uploads",)
KEPT = ("files", "contracts", "keys", "idp")
SMALL = ("secrets.json", "first-run", "demo-people.json", "program-time.json", "seeded-bidding", "seeded-identity")
WRITTEN = "backup.json"


@dataclass(frozen=True)
class Backup:
    """A finished backup: when it was begun, the newest audit head of each service by then, and each file's digest."""

    begun_at: str
    heads: dict[str, str | None]
    """By service; None where nothing was sealed yet."""
    digests: dict[str, str]
    """SHA-256 by path within the backup; PostgreSQL's own files are in its own manifest."""


def backup(place: Place, to: Path) -> Backup:
    """Copy a running platform's data into a new folder.

    Raises:
        Trouble: the platform does not run, the folder is there already, the disk is full, or PostgreSQL refused
    """
    if not Supervisor(place.folder).answers():
        msg = "The platform does not run: `make run` starts it; a backup is taken while it works."
        raise Trouble(msg)
    if to.exists():
        msg = f"{to} is there already: name a new folder, as make backup TO={to}-2."
        raise Trouble(msg)
    to.mkdir(parents=True, mode=0o700)
    require_space(to)
    begun = machine_time.now().isoformat()
    _copy(place.folder, to, UPLOADS)
    heads = asyncio.run(_heads(place))
    copy_databases(place, to / "postgres")
    _copy(place.folder, to, (*UPLOADS, *KEPT, *SMALL))
    made = Backup(begun, heads, {str(path.relative_to(to)): _sha256(path) for path in _files(to)})
    (to / WRITTEN).write_text(json.dumps(made.__dict__, indent=1))
    return made


def restore(place: Place, source: Path) -> Backup:
    """Put a backup where a platform is to stand; `make run` then starts it. Nothing is changed before all was verified.

    Raises:
        Trouble: a platform stands there, it is no backup, or something in it is not as it was written
    """
    if (place.folder / "postgres").exists():
        msg = f"{place.folder} holds a platform: `make stop`, then move that folder away; nothing is overwritten."
        raise Trouble(msg)
    if not (source / WRITTEN).exists():
        msg = f"{source} holds no finished backup: it has no {WRITTEN}."
        raise Trouble(msg)
    made = Backup(**json.loads((source / WRITTEN).read_text()))
    _verify(source, made)
    require_space(place.folder.parent if not place.folder.exists() else place.folder)
    place.folder.mkdir(parents=True, exist_ok=True)
    _copy(source, place.folder, (*UPLOADS, *KEPT, *SMALL))
    _copy(source, place.folder, ("postgres",))
    postgres.hand_over(place.folder / "postgres")
    return made


async def heads_missing(place: Place, made: Backup) -> list[str]:
    """Return each service whose audit no longer holds the head that was its newest when the backup was begun."""
    return [service for service, head in made.heads.items() if head and not await _holds(place, service, head)]


def copy_databases(place: Place, to: Path) -> None:
    """Copy the whole PostgreSQL server as of one moment. Raises Trouble when it refuses."""
    port = str(place.ports["postgres"])
    command = [str(postgres.programs() / "pg_basebackup"), "-h", LOCALHOST, "-p", port, "-U", postgres.SUPERUSER]
    options = ["-D", str(to), "--checkpoint=fast", "--wal-method=stream", "--manifest-checksums=SHA256"]
    _said(subprocess.run([*command, *options], capture_output=True, text=True, check=False), "not copied")


def _verify(source: Path, made: Backup) -> None:
    wrong = [name for name, digest in made.digests.items() if _sha256_if_there(source / name) != digest]
    if wrong:
        msg = f"{len(wrong)} files of the backup are missing or changed, the first is {wrong[0]}: take another backup."
        raise Trouble(msg)
    command = [str(postgres.programs() / "pg_verifybackup"), "--exit-on-error", str(source / "postgres")]
    _said(subprocess.run(command, capture_output=True, text=True, check=False), "not as it was written")


def _said(done: "subprocess.CompletedProcess[str]", what: str) -> None:
    if done.returncode != 0:
        msg = f"The databases are {what}. PostgreSQL said: {done.stderr.strip()[-500:]}"
        raise Trouble(msg)


def _copy(source: Path, to: Path, names: tuple[str, ...]) -> None:
    for name in names:
        if (source / name).is_dir():
            shutil.copytree(source / name, to / name, dirs_exist_ok=True, copy_function=_copy_if_there)
        elif (source / name).exists():
            shutil.copy2(source / name, to / name)


def _copy_if_there(source: str, to: str) -> None:
    """Copy a file unless it went meanwhile: an upload that was finished is a file now, and copied as one."""
    try:
        shutil.copy2(source, to)
    except FileNotFoundError:
        Path(to).unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[Path]:
    """Every file of a backup but PostgreSQL's."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).parts[0] != "postgres":
            yield path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sha256_if_there(path: Path) -> str | None:
    return _sha256(path) if path.is_file() else None


async def _heads(place: Place) -> dict[str, str | None]:
    newest = "select head from audit_batch order by number desc limit 1"
    return {service: await _asked(place, service, newest) for service in PACKAGES}


async def _holds(place: Place, service: str, head: str) -> bool:
    return bool(await _asked(place, service, "select exists (select from audit_batch where head = $1)", head))


async def _asked(place: Place, service: str, query: str, *arguments: str) -> Any:
    connection = await asyncpg.connect(postgres.admin_url(place.ports["postgres"], f"connexion_{service}"))
    try:
        return await connection.fetchval(query, *arguments)
    finally:
        await connection.close()


def tell_backup(place: Place, to: str | None) -> int:
    """`make backup TO=folder`."""
    began = time.monotonic()
    folder = Path(to or place.folder.with_name(f"backup-{machine_time.now():%Y%m%d-%H%M%S}")).resolve()
    made = backup(place, folder)
    print(f"Backup of {made.begun_at}: {len(made.digests):,} files and the databases in {folder},", end=" ")
    print(f"after {time.monotonic() - began:.0f} s. It holds keys and passwords: keep it as you keep those.")
    return 0


def tell_restore(place: Place, source: str | None) -> int:
    """`make restore FROM=folder`."""
    if not source:
        msg = "Say which backup: make restore FROM=folder."
        raise Trouble(msg)
    began = time.monotonic()
    made = restore(place, Path(source).resolve())
    print(f"Everything as of {made.begun_at} is back in {place.folder}, verified, after", end=" ")
    print(f"{time.monotonic() - began:.0f} s. `make run` starts it, `make verify-audit` looks at its audit.")
    return 0
