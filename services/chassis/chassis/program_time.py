"""Program time: the clock that deadlines, periods and `received_at` are read from.

It is real time plus an offset that every process of a local platform reads from one file, so that a tester can bring
a bid window to its close. Only a local environment names such a file; everywhere else program time is real time. The
offset moves forward only: a program whose clock ran backwards could un-miss a deadline.

    python -m chassis.program_time advance 2d          (s, m, h, d or w; several may be joined: 1d12h)
    python -m chassis.program_time show
"""

import argparse
import fcntl
import json
import logging
import os
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path

from chassis import machine_time

FILE_VARIABLE = "CONNEXION_PROGRAM_TIME_FILE"
UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}

log = logging.getLogger(__name__)


class _OffsetFile:
    """The offset as one file tells it. Read again only when the file was replaced."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta(0)

    def offset(self) -> timedelta:
        """Return the largest offset the file has told so far; none while there is no file."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return self._offset
        if self._seen != (stat.st_mtime_ns, stat.st_ino):
            self._seen = (stat.st_mtime_ns, stat.st_ino)
            self._take(self._path)
        return self._offset

    def _take(self, path: Path) -> None:
        try:
            told = read_offset(path)
        except (ValueError, OSError):
            log.warning("The program time file is not readable as an offset; the offset stays as it was.")
            return
        if told < self._offset:
            log.warning("The program time file went back; program time does not. The offset stays as it was.")
            return
        self._offset = told


_file: _OffsetFile | None = None


def use_file(path: Path | None) -> None:
    """Take the offset from `path` from now on; None: program time is real time. Called once, when a process starts."""
    global _file  # noqa: PLW0603 - one clock per process is what this module is for
    _file = _OffsetFile(path) if path else None


def now() -> datetime:
    """Return the program's time, in UTC."""
    real = machine_time.now()
    return real + _file.offset() if _file else real


def read_offset(path: Path) -> timedelta:
    """Return the offset that stands in a file.

    Raises FileNotFoundError, or ValueError when the file does not hold a number of seconds from zero up.
    """
    try:
        seconds = float(json.loads(path.read_text())["offset_seconds"])
        offset = timedelta(seconds=seconds)
    except (KeyError, TypeError, OverflowError) as problem:
        raise ValueError(f"{path} does not hold an offset in seconds") from problem
    if offset < timedelta(0):
        raise ValueError(f"{path} holds an offset below zero")
    return offset


def advance(path: Path, *, by: timedelta) -> timedelta:
    """Move program time forward for every process that reads `path`, and return the new offset.

    Raises ValueError when `by` is not forward. Commands that run at the same time add up.
    """
    if by <= timedelta(0):
        raise ValueError("Program time moves forward only: give a length of time above zero.")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        offset = (read_offset(path) if path.exists() else timedelta(0)) + by
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps({"offset_seconds": offset.total_seconds()}))
        fresh.replace(path)
    return offset


def parse_length(text: str) -> timedelta:
    """Read a length of time such as `2d`, `36h` or `1d12h30m`. Raises ValueError with the way to write it."""
    if not re.fullmatch(r"(\d+[wdhms])+", text):
        raise ValueError(f"{text!r} is not a length of time. Write it like 2d, 36h, 90m or 1d12h.")
    parts = re.findall(r"(\d+)([wdhms])", text)
    return sum((timedelta(**{UNITS[unit]: int(count)}) for count, unit in parts), timedelta(0))


def main(arguments: list[str] | None = None) -> int:
    """Run the command for testers and operators of a local platform. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m chassis.program_time", description="Program time, local only.")
    parser.add_argument("--file", type=Path, default=os.environ.get(FILE_VARIABLE), help=f"default: ${FILE_VARIABLE}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("show", help="tell what time it is in the program")
    commands.add_parser("advance", help="move program time forward").add_argument("by", help="for instance 2d or 36h")
    options = parser.parse_args(arguments)
    if options.file is None:
        print(f"Name the file with --file or {FILE_VARIABLE}.", file=sys.stderr)
        return 2
    try:
        if options.command == "advance":
            advance(options.file, by=parse_length(options.by))
        use_file(options.file)
        print(now().isoformat(timespec="seconds"))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
