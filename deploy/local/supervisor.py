"""supervisord keeps the platform's processes running: what ends unasked is started again at once."""

import os
import re
import subprocess
import sys
import tempfile
import time
import xmlrpc.client
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import psutil
from supervisor.xmlrpc import SupervisorTransport

from deploy.local.program import Program, tail
from deploy.local.trouble import Trouble

MARK = "CONNEXION_PLATFORM"
"""In the environment of each process of a platform: its folder, by which a lost process is found."""
LONGEST_SOCKET_PATH = 100


@dataclass(frozen=True)
class Group:
    """Programs that start together when the step before is done, and stop together in the opposite order."""

    name: str
    programs: Sequence[Program]


@dataclass(frozen=True)
class State:
    """What is known of one process now."""

    name: str
    group: str
    running: bool
    said: str
    pid: int
    since: datetime | None
    starts: int
    """Machine seconds of its last start: another number is another start."""


class Supervisor:
    """One supervisord, which belongs to one platform folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = _socket_path(folder)
        self._configuration = folder / "supervisord.conf"

    @property
    def _calls(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return xmlrpc.client.ServerProxy("http://supervisor", transport=transport).supervisor

    def answers(self) -> bool:
        """Tell whether it runs."""
        try:
            self._calls.getState()
        except (OSError, xmlrpc.client.Error):
            return False
        return True

    def runs_this(self, groups: Sequence[Group]) -> bool:
        """Tell whether it runs, and was started with exactly these programs."""
        told = self._configuration.read_text() if self._configuration.exists() else ""
        return told == self._text(groups) and self.answers()

    def start(self, groups: Sequence[Group]) -> None:
        """Start it with these programs; none of them runs yet.

        Raises:
            Trouble: it did not answer
        """
        (self._folder / "logs").mkdir(parents=True, exist_ok=True)
        self._socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._configuration.touch(mode=0o600)  # passwords of database roles are in it
        self._configuration.write_text(self._text(groups))
        started = subprocess.run(
            [sys.executable, "-m", "supervisor.supervisord", "-c", self._configuration],
            env={**_without_slow_python(), MARK: str(self._folder)},
            capture_output=True,
            text=True,
            check=False,
        )
        deadline = time.monotonic() + 10
        while not self.answers():
            if started.returncode != 0 or time.monotonic() > deadline:
                log = self._folder / "logs" / "supervisord.log"
                msg = f"The supervisor of the platform's processes did not start:\n{started.stderr}{tail(log)}"
                raise Trouble(msg)
            time.sleep(0.02)

    def start_group(self, name: str) -> None:
        """Start what does not run of a group, without waiting."""
        for state in self.states():
            if state.group == name and not state.running:
                self.start_program(state.name)

    def start_program(self, name: str) -> None:
        """Start one process, without waiting; nothing to do where it runs."""
        try:
            self._calls.startProcess(self._full_name(name), False)
        except xmlrpc.client.Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString:
                raise

    def stop_program(self, name: str) -> None:
        """End one process in order and wait until it has ended; it stays down until it is started."""
        try:
            self._calls.stopProcess(self._full_name(name), True)
        except xmlrpc.client.Fault as fault:
            if "NOT_RUNNING" not in fault.faultString:
                raise

    def states(self) -> list[State]:
        """Return every process, in the order in which they start."""
        return [
            State(
                name=info["name"],
                group=info["group"],
                running=info["statename"] in {"RUNNING", "STARTING"},
                said=info["statename"].lower(),
                pid=info["pid"],
                since=datetime.fromtimestamp(info["start"]).astimezone() if info["pid"] else None,
                starts=info["start"],
            )
            for info in self._calls.getAllProcessInfo()
        ]

    def state(self, name: str) -> State:
        """Return one process.

        Raises:
            Trouble: the platform has no such process
        """
        known = self.states()
        for state in known:
            if state.name == name:
                return state
        msg = f"The platform has no process {name!r}; it has {', '.join(state.name for state in known)}."
        raise Trouble(msg)

    def stop(self, within: float = 40) -> None:
        """End everything in order, then whatever of this platform is left without a supervisor."""
        if self.answers():
            keeper = self._calls.getPID()
            self._calls.shutdown()
            deadline = time.monotonic() + within
            while psutil.pid_exists(keeper) and time.monotonic() < deadline:
                time.sleep(0.05)
        end_lost_processes(self._folder)
        self._socket.unlink(missing_ok=True)

    def _full_name(self, name: str) -> str:
        return f"{self.state(name).group}:{name}"

    def _text(self, groups: Sequence[Group]) -> str:
        return configuration(self._folder, self._socket, groups)


def configuration(folder: Path, socket: Path, groups: Sequence[Group]) -> str:
    """Return supervisord's configuration file."""
    lines = [
        "[supervisord]",
        f"logfile={_value(folder / 'logs' / 'supervisord.log')}",
        "logfile_maxbytes=1MB",
        "logfile_backups=1",
        "loglevel=warn",
        f"pidfile={_value(folder / 'supervisord.pid')}",
        f"directory={_value(folder)}",
        *(["user=root"] if os.geteuid() == 0 else []),
        "[unix_http_server]",
        f"file={_value(socket)}",
        "chmod=0600",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]
    for priority, group in enumerate(groups, start=1):
        names = ",".join(program.name for program in group.programs)
        lines += [f"[group:{group.name}]", f"programs={names}", f"priority={priority}"]
        for program in group.programs:
            lines += _program(program, folder)
    return "\n".join(lines) + "\n"


def _program(program: Program, folder: Path) -> list[str]:
    environment = ",".join(f"{name}={_quoted(text)}" for name, text in sorted(program.environment.items()))
    return [
        f"[program:{program.name}]",
        f"command={' '.join(_quoted(part) for part in program.command)}",
        f"directory={_value(program.folder or folder)}",
        *([f"environment={environment}"] if environment else []),
        *([f"user={program.user}"] if program.user else []),
        "autostart=false",
        "autorestart=true",
        "startsecs=1",
        "startretries=1000000",  # a process that cannot start yet (its database is down) is tried until it can
        f"stopsignal={program.stop_signal.name.removeprefix('SIG')}",
        f"stopwaitsecs={program.stop_within}",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={_value(folder / 'logs' / program.name)}.log",
        "stdout_logfile_maxbytes=5MB",
        "stdout_logfile_backups=2",
    ]


def _without_slow_python() -> dict[str, str]:
    """Let Python keep what it compiled: eleven processes that compile all they import take twice the time to start."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def end_lost_processes(folder: Path) -> None:
    """End processes of this platform that lost their supervisor (it was killed, say)."""
    lost = [process for process in psutil.process_iter() if _belongs(process, folder)]
    for process in lost:
        process.terminate()
    _, stubborn = psutil.wait_procs(lost, timeout=15)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=5)


def _belongs(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.pid != os.getpid() and process.environ().get(MARK) == str(folder)
    except (psutil.Error, OSError):
        return False


def _socket_path(folder: Path) -> Path:
    """Sockets have short names: a deep folder gets its socket in the system's temporary one."""
    path = folder / "supervisor.sock"
    if len(str(path)) <= LONGEST_SOCKET_PATH:
        return path
    return (
        Path(tempfile.gettempdir()) / f"connexion-{sha256(str(folder).encode()).hexdigest()[:12]}" / "supervisor.sock"
    )


def _value(text: object) -> str:
    """Write text for supervisord, to which a percent sign begins an expansion."""
    written = str(text).replace("%", "%%")
    if re.search(r"[\r\n]|\s[;#]", written):
        msg = f"supervisord's configuration cannot hold a line break or a comment sign: {text!r}"
        raise Trouble(msg)
    return written


def _quoted(text: str) -> str:
    """Put text into the quotes it does not contain: supervisord knows no escapes inside them."""
    mark = '"' if '"' not in text else "'"
    if mark in text or text.endswith(("'", '"')):
        msg = f"supervisord's configuration cannot hold these quotes: {text!r}"
        raise Trouble(msg)
    return f"{mark}{_value(text)}{mark}"
