"""F6: PostgreSQL dies under write load. What was acknowledged stays, and everybody connects again by himself."""

import asyncio
import time

from tests.chaos.trial import Fault, Trial

KILLS = 3
BACK_WITHIN = 30.0


async def kill_database(trial: Trial) -> None:
    """Kill PostgreSQL with all its processes, three times among the submissions."""
    submissions, kills = trial.scaled(300), trial.scaled(KILLS)
    moments = [round(submissions * (kill + 0.5) / kills) - trial.dice.randint(0, 10) for kill in range(kills)]
    killing = asyncio.create_task(_kill_at(trial, moments))
    await trial.send_all(trial.uploads(submissions), at_once=12)
    await killing


async def _kill_at(trial: Trial, moments: list[int]) -> None:
    slowest = 0.0
    for number, moment in enumerate(moments, start=1):
        await trial.until_receipts(moment)
        gone = time.monotonic()
        await asyncio.to_thread(trial.stand.kill, "postgres")
        await trial.until_receipts(len(trial.receipts) + 1)
        slowest = max(slowest, time.monotonic() - gone)
        trial.counts["kills"] = number
    trial.counts["seconds to the next receipt, at most"] = round(slowest, 1)
    if slowest > BACK_WITHIN:
        trial.problems.append(f"after a kill it took {slowest:.0f} s until the next receipt")


FAULT = Fault("F6", "PostgreSQL killed under write load", uploads=300, run=kill_database)
