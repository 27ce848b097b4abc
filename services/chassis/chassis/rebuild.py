"""Rebuilding a projection from the beginning of a topic, in bulk.

Only for rebuilds, and only for pure projections: upserts in the order of each key that say nothing, decide nothing and
read no clock. There is no inbox row and no consumer group; whoever wants to begin again begins again. Live events are
heard one by one (`chassis.kafka`).

    async def project(session: Session, events: Sequence[OrganizationNamed]) -> None: ...

    await rebuild(database, options, [OrganizationNamed], project)
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from aiokafka import ConsumerRecord

from chassis.actor import Actor
from chassis.database import Database, Fence, Session
from chassis.kafka import readable
from chassis.topic_reader import reading
from events.envelope import Event, Heard, read_message

BATCH = 1_000

E = TypeVar("E", bound=Event)


async def rebuild(
    database: Database,
    options: dict[str, Any],
    types: Sequence[type[E]],
    project: Callable[[Session, Sequence[E]], Awaitable[None]],
    *,
    batch: int = BATCH,
) -> int:
    """Hand every event of `types`, up to where their topic ends now, to `project`, and return how many there were.

    One transaction a batch, behind the system fence. Raises ValueError when the types travel on different topics, and
    `events.envelope.MalformedMessageError` when a record of these types cannot be read.
    """
    topics = {event.TOPIC for event in types}
    if len(topics) != 1:
        raise ValueError(f"a rebuild reads one topic, not {sorted(topics)}")
    known: dict[str, type[Event]] = {event.TYPE: event for event in types}
    actor, count = Actor.system(f"{database.service}-rebuild"), 0
    async with reading(options, topics.pop()) as reader:
        async for records in reader.batches(batch):
            events = [event for record in records if (event := _event(record, known)) is not None]
            if events:
                async with database.writing(Fence.system(), actor) as session:
                    await project(session, events)
                count += len(events)
    return count


def _event(record: ConsumerRecord, known: dict[str, type[Event]]) -> Any:
    heard = read_message(readable(record.headers), record.value, known)
    return heard.event if isinstance(heard, Heard) else None
