"""How a process opens files that nobody trusts: each in a fork of its own, with limits of time and memory.

The process reads one line of JSON for each file and answers with one. A file that is built to take everything takes
nothing from the next one: its fork dies, and the process goes on. The other side is `capped_process`.
"""

import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

Json = dict[str, Any]
LONGEST_ANSWER = 12 * 1024 * 1024
"""Bytes of one answer; a fork that says more is ended like one that says nothing."""
_CHUNK = 64 * 1024


@dataclass(frozen=True)
class Caps:
    """What a fork may take (memory in bytes, times in seconds), and what is answered when it takes more."""

    memory: int
    cpu_seconds: int
    wall_seconds: float
    died: Json
    late: Json


def answer_each(work: Callable[[Json], Json], caps: Caps) -> None:
    """Answer every line of the input with what `work` makes of it in a fork, until the input ends."""
    for line in sys.stdin:
        print(json.dumps(_in_a_fork(work, json.loads(line), caps)), flush=True)


def _in_a_fork(work: Callable[[Json], Json], asked: Json, caps: Caps) -> Json:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer_and_exit(writing, work, asked, caps)
    os.close(writing)
    try:
        said = _all_of(reading, caps.wall_seconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)  # it has ended, or has to: it stays ours until it is waited for
        os.waitpid(child, 0)
    if said is None:
        return caps.late
    answer: Json = json.loads(said) if said else caps.died
    return answer


def _all_of(reading: int, seconds: float) -> bytes | None:
    """What the fork said before it ended; nothing when it died of a limit; None when its time ran out."""
    until, said = time.monotonic() + seconds, bytearray()
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return None
        chunk = os.read(reading, _CHUNK)
        if not chunk:
            return bytes(said)
        said += chunk
        if len(said) > LONGEST_ANSWER:
            return b""


def _answer_and_exit(writing: int, work: Callable[[Json], Json], asked: Json, caps: Caps) -> NoReturn:
    """Say all of the answer or nothing: half of one would be no JSON."""
    try:
        _limit(caps)
        answer = json.dumps(work(asked)).encode()
    except OSError as problem:
        answer = json.dumps({"failed": f"the file could not be read ({type(problem).__name__})"}).encode()
    except BaseException:  # out of memory above all; whatever it is, the file is to blame
        os._exit(1)
    while answer:
        answer = answer[os.write(writing, answer) :]
    os._exit(0)


def _limit(caps: Caps) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (caps.memory, caps.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (caps.cpu_seconds, caps.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
