"""Processes of their own for what is measured, what it is compared with, and what makes the load.

Each holds something (a server, a pool, a running relay) and answers questions about it; between questions it goes on.
"""

import asyncio
import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import uvloop

Value = TypeVar("Value")

SPAWN = multiprocessing.get_context("spawn")
READY = "ready"
ANSWER_WITHIN = 600.0
LOGS = Path(__file__).parents[2] / "bench-results" / "logs"


@dataclass(frozen=True)
class Answer(Generic[Value]):
    """What a process answered, after how many seconds, and how many seconds of a core it used meanwhile."""

    value: Value
    seconds: float
    cpu_seconds: float

    @property
    def cpu_share(self) -> float:
        """The share of one core."""
        return self.cpu_seconds / self.seconds if self.seconds else 0.0


class ApartFailed(Exception):
    """A process of the benchmark failed; the text is its traceback."""


class Apart:
    """A process with an event loop (uvloop, as in production) that holds an async context manager's value.

    `Apart("edge", serving, make_app)` starts at once; the first question waits until it is ready.
    """

    def __init__(self, name: str, holding: Callable[..., AbstractAsyncContextManager[Any]], *arguments: Any) -> None:
        self._pipe, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_live, args=(name, theirs, holding, arguments), name=name, daemon=True)
        self._process.start()
        theirs.close()
        self._ready = False

    def ask(self, question: Callable[..., Awaitable[Value]], *arguments: Any) -> Answer[Value]:
        """Run `question(held, *arguments)` there and return its answer. Raises ApartFailed."""
        self.begin(question, *arguments)
        return self.answer()

    def begin(self, question: Callable[..., Awaitable[Any]], *arguments: Any) -> None:
        """Begin a question whose answer is fetched later."""
        self.wait_until_ready()
        self._pipe.send((question, arguments))

    def answer(self) -> Answer[Any]:
        """Return the answer to the question that was begun. Raises ApartFailed."""
        answer = self._receive()
        assert isinstance(answer, Answer)
        return answer

    def wait_until_ready(self) -> None:
        """Return when it holds what it was started with. Raises ApartFailed."""
        if not self._ready:
            assert self._receive() == READY
            self._ready = True

    def close(self) -> None:
        """Let go of what is held and end."""
        try:
            self._pipe.send(None)
            self._process.join(20)
        except OSError:
            pass
        if self._process.is_alive():
            self._process.kill()
        self._process.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _receive(self) -> Any:
        if not self._pipe.poll(ANSWER_WITHIN):
            msg = f"{self._process.name} did not answer within {ANSWER_WITHIN:.0f} s"
            raise ApartFailed(msg)
        try:
            received = self._pipe.recv()
        except EOFError:
            msg = f"{self._process.name} ended; see {LOGS / self._process.name}.log"
            raise ApartFailed(msg) from None
        if isinstance(received, ApartFailed):
            raise received
        return received


@asynccontextmanager
async def nothing() -> AsyncIterator[None]:
    """For a process that holds nothing."""
    yield


def _live(name: str, pipe: Connection, holding: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = os.open(LOGS / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    sys.stdout.flush()
    for stream in (1, 2):
        os.dup2(log, stream)
    try:
        uvloop.run(_serve(pipe, holding, arguments))
    except BaseException:
        pipe.send(ApartFailed(traceback.format_exc()))
        raise


async def _serve(pipe: Connection, holding: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    loop = asyncio.get_running_loop()
    async with holding(*arguments) as held:
        pipe.send(READY)
        while True:
            try:
                asked = await loop.run_in_executor(None, pipe.recv)
            except EOFError:
                return
            if asked is None:
                return
            question, given = asked
            began, cpu = time.perf_counter(), time.process_time()
            value = await question(held, *given)
            pipe.send(Answer(value, time.perf_counter() - began, time.process_time() - cpu))
