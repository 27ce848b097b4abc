"""B12: from `make run` with everything installed to the first signed-in page, and the memory it takes.

÷ the start of a bare broker and a bare PostgreSQL, one after the other.
"""

import asyncio
import time
from collections.abc import Iterator

import psutil

from tests.bench.measuring import OURS, Fact, Goal, Plan, Row
from tests.bench.stage import Stage
from tests.chaos.person import Person
from tests.infrastructure.local import LocalProvider
from tests.infrastructure.platform import own_platform

MIB = 1024 * 1024
BARE = "bare broker + bare PostgreSQL"


def measure(_stage: Stage, _plan: Plan) -> Iterator[Row]:
    """Start a whole platform of the benchmark's own, sign in, and stop it."""
    bare = _bare_start()
    before = {process.pid for process in psutil.process_iter()}
    began = time.perf_counter()
    with own_platform() as platform:
        ready = time.perf_counter() - began
        official = platform.user("AO")
        asyncio.run(_first_page(platform.gateway, official["user_id"], official["password"]))
        signed_in = time.perf_counter() - began
        memory = _memory(before)
    yield Row(
        "B12 start",
        " s",
        {OURS: [signed_in], BARE: [bare]},
        goals={BARE: Goal(3, at_most=True)},
        facts=[
            Fact("ready after", ready, " s", Goal(60, at_most=True)),
            Fact("memory, shared counted once", memory, " MiB", Goal(2048, at_most=True)),
        ],
    )


async def _first_page(gateway: str, user_id: str, password: str) -> None:
    person = Person(gateway, user_id, password)
    try:
        await person.sign_in()
        answer = await person.ask("GET", "/home")
        answer.raise_for_status()
    finally:
        await person.close()


def _bare_start() -> float:
    provider = LocalProvider()
    began = time.perf_counter()
    try:
        provider.start_postgres()
        provider.start_kafka()
        return time.perf_counter() - began
    finally:
        provider.stop()


def _memory(before: set[int]) -> float:
    """The proportional set size of every process that was not there before, in MiB."""
    total = 0
    for process in psutil.process_iter():
        if process.pid not in before:
            try:
                total += process.memory_full_info().pss
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
    return total / MIB
