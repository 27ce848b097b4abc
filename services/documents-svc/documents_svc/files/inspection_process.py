"""The process that opens files nobody trusts: `python -m documents_svc.files.inspection_process`.

It reads one line of JSON for each file and answers with one. Each file is opened in a fork of its own, with limits of
time and memory, so that a file that is built to take everything takes nothing from the next one.
"""

import json
import os
import resource
import select
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from documents_svc.files.inspection import TOO_HEAVY, inspect

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 15
WALL_SECONDS = 25.0


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(_in_a_fork(Path(asked["path"]), asked["media_types"])), flush=True)


def _in_a_fork(path: Path, media_types: list[str]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer_and_exit(writing, path, media_types)
    os.close(writing)
    try:
        return _answer_of(child, reading)
    finally:
        os.close(reading)


def _answer_of(child: int, reading: int) -> dict[str, Any]:
    """What the fork said; a fork that died of a limit, or crashed, has met a file that is too heavy."""
    ready, _, _ = select.select([reading], [], [], WALL_SECONDS)
    said = os.read(reading, 64 * 1024) if ready else b""
    if not ready:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if said:
        answer: dict[str, Any] = json.loads(said)
        return answer
    return {"rejection": asdict(TOO_HEAVY)} if ready else {"failed": "the check took too long"}


def _answer_and_exit(writing: int, path: Path, media_types: list[str]) -> None:
    status = 1
    try:
        _limit()
        found = inspect(path, media_types)
        os.write(writing, json.dumps({"rejection": asdict(found) if found else None}).encode())
        status = 0
    except MemoryError:
        status = 2
    except OSError as problem:
        os.write(writing, json.dumps({"failed": f"the file could not be read ({type(problem).__name__})"}).encode())
    finally:
        os._exit(status)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
