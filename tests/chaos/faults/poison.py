"""F23: messages in the middle of a key that a consumer cannot take. They are parked with their story; all else flows.

One is a real file that bidding-svc cannot take for a while (a constraint stands in for a bug in its code); when the bug
is mended, the replay command must make up for it. The others are nonsense from outside, and stay parked.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from confluent_kafka import Producer

from deploy.local.quiet import until_quiet
from tests.chaos.evidence import RECEIVED
from tests.chaos.latency import at_share, seconds_until_heard
from tests.chaos.ledger import Receipt
from tests.chaos.sender import Upload
from tests.chaos.trial import Fault, Place, Trial
from tests.infrastructure.waiting import eventually

TOPIC = "connexion.documents"
PARKING = ("chassis.parking", "list", "bidding_svc")
REPLAY = ("deploy.local", "replay", "bidding_svc")
NONSENSE = (b"{}", b"no JSON at all", b'{"file_id": 7}')
OTHERS_HEARD_WITHIN = 15.0
QUIET_WITHIN = 90.0


async def poison(trial: Trial) -> None:
    """Poison one key while others go on; then mend the bug and replay what was parked, twice."""
    first, middle, last = _one_slot(trial)
    calm = await _others(trial, trial.scaled(40))
    bad = trial.upload(middle)
    await bad.begin()
    async with _bug_with(trial, bad):
        flow = asyncio.create_task(_others(trial, trial.scaled(80)))
        await trial.send(trial.upload(first))
        await trial.send(bad)
        _say_nonsense(trial, middle)
        await trial.send(trial.upload(last))
        stories = await _parked(trial)
        stormy = await flow
    _require_stories(trial, stories)
    await _compare(trial, calm, stormy)
    await _replay(trial, f"done 1, heard before 0, parked again {len(NONSENSE)}")
    await _replay(trial, f"done 0, heard before 0, parked again {len(NONSENSE)}")


def _one_slot(trial: Trial) -> tuple[Place, Place, Place]:
    """Take three places of one slot."""
    roomy = next(place for place, room in Counter(trial.places).items() if room >= 3)
    for _ in range(3):
        trial.places.remove(roomy)
    return roomy, roomy, roomy


async def _others(trial: Trial, count: int) -> list[Receipt]:
    """Upload to other keys; return their receipts."""
    uploads = list(trial.uploads(count))
    await trial.send_all(uploads, at_once=3)
    names = {upload.document.name for upload in uploads}
    return [receipt for receipt in trial.receipts if receipt.submission in names]


@asynccontextmanager
async def _bug_with(trial: Trial, upload: Upload) -> AsyncIterator[None]:
    """Let bidding-svc fail with this file and no other, for the time of the block."""
    file_id = str(upload.location).rpartition("/")[2]
    bidding = await trial.stand.database("bidding")
    try:
        await bidding.execute(
            f"alter table received_file add constraint chaos_bug check (file_id <> '{file_id}') not valid"
        )
        yield
        await bidding.execute("alter table received_file drop constraint chaos_bug")
    finally:
        await bidding.close()


def _say_nonsense(trial: Trial, place: Place) -> None:
    """Put into the poisoned key what no speaker of ours says."""
    producer = Producer({"bootstrap.servers": trial.stand.platform.kafka, "acks": "all"})
    for body in NONSENSE:
        headers = {
            "ce_specversion": "1.0",
            "ce_id": str(uuid4()),
            "ce_type": RECEIVED,
            "ce_source": "/connexion/documents",
            "ce_subject": "chaos",
            "ce_time": "2028-01-01T00:00:00+00:00",
            "content-type": "application/json",
        }
        producer.produce(TOPIC, value=body, key=place[1], headers=list(headers.items()))
    if producer.flush(30):
        raise TimeoutError("the broker did not take the nonsense")


async def _parked(trial: Trial) -> list[str]:
    """Wait until the operator's list shows everything parked, and return its lines."""

    async def listed() -> list[str]:
        shown = await asyncio.to_thread(trial.stand.run, *PARKING, as_process="bidding-worker")
        lines = [line for line in shown.stdout.splitlines() if TOPIC in line]
        return lines if len(lines) > len(NONSENSE) else []

    return await eventually(listed, within=90, what="the parking of what cannot be taken")


def _require_stories(trial: Trial, stories: list[str]) -> None:
    trial.counts["parked"] = len(stories)
    errors = Counter("IntegrityError" in story or "CheckViolation" in story for story in stories)
    if errors != {True: 1, False: len(NONSENSE)}:
        trial.problems.append(f"the stories of the parked are not what happened: {stories}")


async def _compare(trial: Trial, calm: list[Receipt], stormy: list[Receipt]) -> None:
    """Note how long other keys' files were on their way, before and during."""
    if not await until_quiet(trial.stand.database_urls, trial.stand.platform.kafka, QUIET_WITHIN):
        trial.problems.append("what is parked holds up what is not")
    for when, receipts in (("before", calm), ("during", stormy)):
        seconds = await seconds_until_heard(trial.stand, receipts)
        if len(seconds) != len(receipts):
            trial.problems.append(f"{len(receipts) - len(seconds)} files of other keys were not heard of")
            continue
        trial.counts[f"others' median ms {when}"] = round(1000 * at_share(seconds, 0.5))
        trial.counts[f"slowest ms {when}"] = round(1000 * seconds[-1])
        if seconds[-1] > OTHERS_HEARD_WITHIN:
            trial.problems.append(f"a file of another key was heard of after {seconds[-1]:.0f} s only")


async def _replay(trial: Trial, expected: str) -> None:
    done = await asyncio.to_thread(trial.stand.run, *REPLAY)
    if expected not in done.stdout:
        trial.problems.append(f"the replay said {done.stdout!r} {done.stderr[-500:]!r} instead of {expected!r}")


FAULT = Fault("F23", "poison in the middle of a key", uploads=123, run=poison)
