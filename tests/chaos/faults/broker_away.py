"""F4: the broker is away for two minutes across the close of the bid window. Nobody who sends may notice."""

import asyncio
import os
import signal
import time
from datetime import datetime, timedelta

from chassis import machine_time, program_time
from deploy.local.ports import answers
from deploy.local.quiet import until_quiet
from tests.chaos.order import misplaced
from tests.chaos.sender import Upload
from tests.chaos.trial import Fault, NotRunError, Trial
from tests.infrastructure.waiting import eventually

AWAY = 120.0
BEFORE_THE_CLOSE = 45.0
FINISHED_BEFORE = 5.0
SURELY_CLOSED = 3.0
DRAINED_WITHIN = 120.0
CLOSED = "only-what-a-notice-asks-for"
LATE = 30
"""How many begin before the close and finish after it."""
REFUSED = 8
"""How many try to begin after it."""
SENDERS = 4


async def take_broker_away(trial: Trial) -> None:
    """Move the clock to just before the close, kill the broker, send across the close, bring the broker back."""
    if not trial.stand.has_apache_kafka:
        raise NotRunError("the broker is not Apache Kafka, or is not ours to take away")
    trial.may_refuse = frozenset({CLOSED})
    closes_in = await _move_clock(trial, BEFORE_THE_CLOSE)
    await asyncio.to_thread(_take_away, trial)
    gone = time.monotonic()
    late = list(trial.uploads(trial.scaled(LATE)))
    for upload in late:
        await upload.begin()
    await _send_until(trial, gone + closes_in - FINISHED_BEFORE)
    await _wait_until(gone + closes_in + SURELY_CLOSED)
    await _try_to_begin(trial)
    await _finish_late(trial, late)
    await _wait_until(gone + AWAY)
    trial.stand.platform.bring_back("kafka")
    trial.counts["seconds without a broker"] = round(time.monotonic() - gone)
    await eventually(
        lambda: answers(trial.stand.platform.place.ports["kafka"]), within=60, what="the broker coming back"
    )
    await _drain(trial)


async def _move_clock(trial: Trial, seconds: float) -> float:
    """Move program time so that the slots close that many seconds from now; return how many are left."""
    person, _slot = trial.places[0]
    closes_at = [datetime.fromisoformat(slot["closes_at"]) async for slot in person.pages("/api/documents/slots")]
    file = trial.stand.platform.place.folder / "program-time.json"
    offset = program_time.read_offset(file) if file.exists() else timedelta(0)
    left = min(closes_at) - (machine_time.now() + offset)
    program_time.advance(file, by=left - timedelta(seconds=seconds))
    return seconds


def _take_away(trial: Trial) -> None:
    """Kill it as a power cut would, and keep the supervisor from starting it again."""
    os.kill(trial.stand.pid("kafka"), signal.SIGKILL)
    trial.stand.platform.take_away("kafka")


async def _wait_until(moment: float) -> None:
    """Let time pass: how long the broker is away, and when the window closes, is the fault itself."""
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


async def _send_until(trial: Trial, deadline: float) -> None:
    """Send steadily, to be received before the close."""

    async def go_on() -> None:
        while time.monotonic() < deadline:
            await trial.send(trial.upload(trial.places.pop()))
            await asyncio.sleep(trial.dice.uniform(0.2, 0.6))  # a person's pace, so that places last until the close

    async with asyncio.TaskGroup() as group:
        for _ in range(SENDERS):
            group.create_task(go_on())
    if any(receipt.verdict != "in-time" for receipt in trial.receipts):
        trial.problems.append("a file received before the close is not in time")


async def _try_to_begin(trial: Trial) -> None:
    """Begin after the close, which is refused whether there is a broker or not."""
    await trial.send_all(trial.uploads(REFUSED), at_once=SENDERS)
    trial.counts["refused after the close"] = len(trial.refusals)
    if len(trial.refusals) != REFUSED:
        trial.problems.append(f"after the close {REFUSED - len(trial.refusals)} new uploads were not refused")


async def _finish_late(trial: Trial, late: list[Upload]) -> None:
    await trial.send_all(late, at_once=4)
    names = {upload.document.name for upload in late}
    verdicts = [receipt.verdict for receipt in trial.receipts if receipt.submission in names]
    trial.counts["late"] = verdicts.count("late")
    if verdicts != ["late"] * len(late):
        trial.problems.append(f"{len(late)} uploads finished after the close, their verdicts are {verdicts}")


async def _drain(trial: Trial) -> None:
    """Wait until everything was said and heard, and look whether each key's events came in their order."""
    began = time.monotonic()
    if not await until_quiet(trial.stand.database_urls, trial.stand.platform.kafka, DRAINED_WITHIN):
        trial.problems.append(f"the backlog had not drained after {DRAINED_WITHIN:.0f} s")
    trial.counts["seconds to drain"] = round(time.monotonic() - began)
    trial.problems += await misplaced(trial.stand)


FAULT = Fault("F4", "broker away for two minutes across the close", uploads=600, run=take_broker_away)
