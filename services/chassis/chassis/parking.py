"""Looking at what is parked, and giving it another try.

    python -m chassis.parking list <package>
    python -m chassis.parking replay <package> [--again]

Replaying handles a message here, as its first hearing would have: same event id, same inbox, so that a second replay
does nothing. It is not published to its topic again. That topic belongs to another service, other groups have heard
the message, and on a compacted topic an old state would become the latest one.
"""

import asyncio
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import ConsumerRecord
from aiokafka.errors import UnknownTopicOrPartitionError

from chassis import metrics, program_time
from chassis.database import Database
from chassis.failures import Failure, kind_of
from chassis.kafka import Hearing, hearings, readable
from chassis.kafka_clients import connection_options
from chassis.parking_lot import Parked, ParkingLot
from chassis.service import Service
from chassis.settings import load
from chassis.topic_reader import reading
from events.topics import parking_topic

log = structlog.get_logger()


@dataclass
class Replayed:
    """What a replay did."""

    done: int = 0
    heard_before: int = 0
    parked_again: int = 0


def replay_group(service: str) -> str:
    """Return the group whose committed offsets say what of the parked was replayed."""
    return f"{service}.parked"


async def parked(service: str, options: dict[str, Any]) -> list[Parked]:
    """Return what is parked and was not replayed yet, the oldest of each partition first."""
    found: list[Parked] = []
    try:
        async with reading(options, parking_topic(service), group_id=replay_group(service)) as reader:
            async for batch in reader.batches():
                found += [story for record in batch if (story := Parked.of(record))]
    except UnknownTopicOrPartitionError:
        return []
    return found


async def replay(
    service: str, hearings: Sequence[Hearing], database: Database, options: dict[str, Any], *, again: bool = False
) -> Replayed:
    """Give every parked message another try, in order, and return how that went.

    One that fails again is parked again, at the end of the topic. An error that passes (no database, no broker) ends
    the replay with that error; what was done stays done. `again` begins with the oldest message there is, replayed or
    not.
    """
    by_topic = {hearing.topic: hearing for hearing in hearings}
    lot, result = ParkingLot(service, options), Replayed()
    try:
        async with reading(
            options, parking_topic(service), group_id=replay_group(service), from_the_start=again
        ) as reader:
            async for batch in reader.batches():
                for record in batch:
                    await _replay_one(record, by_topic, database, lot, result)
                    await reader.commit(record)
    finally:
        await lot.close()
    return result


async def _replay_one(
    record: ConsumerRecord, by_topic: dict[str, Hearing], database: Database, lot: ParkingLot, result: Replayed
) -> None:
    story = Parked.of(record)
    hearing = by_topic.get(story.topic) if story else None
    if story is None or hearing is None:
        log.warning("a parked message of a topic that is not heard any more was passed over", offset=record.offset)
        return
    try:
        async with hearing.first_time(database, readable(record.headers), record.value) as turn:
            if turn is not None:
                await turn.take()
    except Exception as error:
        if kind_of(error) is Failure.PASSING:
            raise
        await lot.park(record, hearing, error)
        result.parked_again += 1
        return
    metrics.EVENTS_REPLAYED.labels(topic=story.topic).inc()
    if turn is None:
        result.heard_before += 1
    else:
        result.done += 1


async def _command(verb: str, package: str, *, again: bool) -> int:
    service: Service = importlib.import_module(f"{package}.app").SERVICE
    settings = load(service.settings)
    options = connection_options(settings, f"{service.name}-parking")
    if verb == "list":
        for story in await parked(service.name, options):
            place = f"{story.topic}/{story.partition}/{story.offset}"
            print(story.at, story.event_type, story.event_id, place, story.error, story.rule, sep="  ")
        return 0
    program_time.use_file(settings.program_time_file)
    database = Database(settings.database_url, service.name, pool_size=1)
    try:
        result = await replay(service.name, hearings(service.name, service.hears), database, options, again=again)
    finally:
        await database.close()
    print(f"done {result.done}, heard before {result.heard_before}, parked again {result.parked_again}")
    return 1 if result.parked_again else 0


def main(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit status; 1 when something was parked again."""
    match arguments:
        case ["list", package]:
            return asyncio.run(_command("list", package, again=False))
        case ["replay", package]:
            return asyncio.run(_command("replay", package, again=False))
        case ["replay", package, "--again"]:
            return asyncio.run(_command("replay", package, again=True))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
