"""Both ends of the platform's messaging for the benchmarks: something that speaks, and a worker that listens."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import event as orm_event

from chassis.database import Database, Session
from chassis.inbound import make_broker
from chassis.inbox import Subscription
from chassis.kafka import Hears, hearings
from chassis.kafka_clients import connection_options
from chassis.parking_lot import ParkingLot
from chassis.recording import RecordingSession
from chassis.settings import ServiceSettings
from chassis.vitals import Vitals
from events.envelope import Event
from tests.probe.thing import Thing, ThingMade

NOTED = "connexion.bench.noted"


class ThingNoted(Event):
    TYPE: ClassVar[str] = "connexion.probe.thing-noted.v1"
    TOPIC: ClassVar[str] = NOTED
    KEY: ClassVar[str] = "thing_id"

    thing_id: UUID
    organization_id: UUID
    words: str


async def rename(event: ThingNoted, session: Session) -> None:
    """What a handler does: lock the aggregate, change it, and let it say so and leave its trace."""
    thing = await session.get_one(Thing, event.thing_id, with_for_update=True)
    thing.rename(event.words[:20])


async def note(event: ThingMade, session: Session) -> None:
    """What the other service does with a thing that was made: its own row, which says so and leaves its trace."""
    session.add(Thing(event.organization_id, str(event.thing_id)))


@dataclass
class Heard:
    """When each event's own transaction was committed here: nanoseconds of the machine's one monotonic clock."""

    committed: dict[str, int] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)


@orm_event.listens_for(RecordingSession, "after_commit")
def _note(session: RecordingSession) -> None:
    if noted := session.info.get("heard"):
        heard, thing_id = noted
        now = time.monotonic_ns()
        heard.committed[thing_id] = now
        heard.order.append(now)


@asynccontextmanager
async def listening(settings: ServiceSettings, event: type[Event], handle: Callable[..., Any]) -> AsyncIterator[Heard]:
    """Hear one type of event, as a worker does, for as long as the block."""
    heard, hears = Heard(), Hears("probe")

    @hears(event.TOPIC, event)
    async def hear(said: Any, session: Session) -> None:
        await handle(said, session)
        session.sync_session.info["heard"] = (heard, str(said.thing_id))

    database = Database(settings.database_url, "probe", pool_size=settings.database_pool_size)
    lot = ParkingLot("probe", connection_options(settings, "bench-parking"))
    [hearing] = hearings("probe", [hears])
    subscription = Subscription(hearing, database, lot, Vitals(), lambda _: None)
    broker = make_broker("probe", settings, [subscription])
    await broker.start()
    try:
        yield heard
    finally:
        await broker.stop()
        await lot.close()
        await database.close()


async def heard_so_many(heard: Heard, count: int) -> list[int]:
    """Wait until so many events were handled since the last question; return when each was committed."""
    await until(lambda: len(heard.order) >= count)
    order, heard.order = heard.order, []
    return order


async def heard_when(heard: Heard, count: int) -> dict[str, int]:
    """Wait until so many things were heard of since the last question; return when each was committed."""
    await until(lambda: len(heard.committed) >= count)
    committed, heard.committed = heard.committed, {}
    heard.order.clear()
    return committed


async def until(done: Callable[[], bool], within: float = 60) -> None:
    """Look again and again. Raises TimeoutError."""

    async with asyncio.timeout(within):
        while not done():  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.002)


async def at_pace(rate: float, seconds: float, say: Callable[[], Awaitable[None]]) -> None:
    """Begin `say()` `rate` times a second, whether or not earlier ones have ended; return when all have."""

    began, begun = time.perf_counter(), 0
    under_way: set[asyncio.Task[None]] = set()
    while (now := time.perf_counter()) < began + seconds:
        while begun < (now - began) * rate:
            begun += 1
            task = asyncio.ensure_future(say())
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.sleep(0.001)
    await asyncio.gather(*under_way)
