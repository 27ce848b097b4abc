"""F26: what commits late is not skipped. Many writers wait random times before their commits."""

import asyncio
import time

from tests.chaos.aside import aside
from tests.chaos.order import misplaced
from tests.chaos.proxy import Act, Harm, Statement
from tests.chaos.trial import Fault, Trial

WRITERS = 21
SECONDS = 60
LONGEST_WAIT = 0.4
OUTBOX = "insert into outbox"


async def commit_late(trial: Trial) -> None:
    """Hold every commit that says something for a random time; then compare the outbox with what two readers see."""
    held = {"commits": 0}
    async with aside(trial.stand, "documents-edge", {"CONNEXION_DATABASE_POOL_SIZE": str(WRITERS)}) as edge:
        edge.proxy.harm = _holding(trial, held)
        deadline = time.monotonic() + trial.scaled(SECONDS)

        async def write() -> None:
            while time.monotonic() < deadline and trial.places:
                await trial.send(trial.upload(trial.places.pop()))

        async with asyncio.TaskGroup() as writers:
            for _ in range(WRITERS):
                writers.create_task(write())
    trial.counts |= {"writers": WRITERS, "commits held back": held["commits"]}
    trial.problems += await misplaced(trial.stand)


def _holding(trial: Trial, held: dict[str, int]) -> Harm:
    async def hold(statement: Statement) -> Act:
        if statement.is_commit and statement.follows(OUTBOX):
            held["commits"] += 1
            await asyncio.sleep(trial.dice.uniform(0, LONGEST_WAIT))  # the wait is the fault itself
        return Act.PASS

    return hold


FAULT = Fault("F26", "21 writers that wait before they commit", uploads=900, run=commit_late)
