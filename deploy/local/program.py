"""One outside program or service process of the platform: how it is started and when it is ready.

The tests run a `Program` themselves (`Running`), `make run` hands the same `Program` to its
supervisor: there is one place that knows how PostgreSQL or Kafka is started.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.trouble import Trouble

READINESS_INTERVAL = 0.05
"""Seconds between two looks at whether a program is ready."""


@dataclass(frozen=True)
class Program:
    """What is run; environment comes on top of the caller's own, `user` is for programs that refuse root."""

    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: int = 15
    """Seconds the program may take to end before it is killed."""


class Running:
    """A started program, for tests: it can be stopped, killed, frozen and started again on the same data."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program = program
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id, while it runs.

        Raises:
            Trouble: it does not run
        """
        if self._process is None:
            msg = f"{self.program.name} is not running"
            raise Trouble(msg)
        return self._process.pid

    def start(self, within: float = 60) -> Self:
        """Start it and return when it is ready.

        Raises:
            Trouble: it ended or was not ready in that many seconds; the end of its log is in the message
        """
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.program.command,
                env={**os.environ, **self.program.environment},
                cwd=self.program.folder,
                user=self.program.user,
                group=pwd.getpwnam(self.program.user).pw_gid if self.program.user else None,
                extra_groups=[] if self.program.user else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + within
        while not self.program.ready():
            if self._process.poll() is not None:
                msg = f"{self.program.name} ended at start; the end of {self.log}:\n{tail(self.log)}"
                raise Trouble(msg)
            if time.monotonic() > deadline:
                self.kill()
                msg = (
                    f"{self.program.name} was not ready within {within:.0f} s; the end of {self.log}:\n{tail(self.log)}"
                )
                raise Trouble(msg)
            time.sleep(READINESS_INTERVAL)
        return self

    def stop(self) -> None:
        """End it in order; kill it when that takes too long."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(self.program.stop_signal)
        try:
            self._process.wait(self.program.stop_within)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it as a power cut would: at once, with its children."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def freeze(self) -> None:
        """Let it hang: connections stay open, nothing is answered."""
        os.killpg(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        os.killpg(self.pid, signal.SIGCONT)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log; an empty string where there is none yet."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def require_space(folder: Path, megabytes: int = 500) -> None:
    """Stop before a full disk does harm.

    Raises:
        Trouble: less than that is free where the folder is
    """
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        msg = (
            f"The disk of {folder} has {free} MB left and the platform needs {megabytes} MB: "
            "delete something there, or set CONNEXION_LOCAL to a folder on another disk."
        )
        raise Trouble(msg)
