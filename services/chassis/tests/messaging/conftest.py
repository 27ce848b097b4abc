"""One service's database with the chassis' tables and one table for effects, and topics nobody else uses."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.database import Database, Session
from chassis.fences import fence_table
from chassis.inbound import make_broker
from chassis.inbox import Subscription
from chassis.kafka import Hearing, Hears, hearings
from chassis.kafka_clients import admin_client, connection_options, start_producer, stop_producer
from chassis.parking_lot import ParkingLot
from chassis.settings import ServiceSettings
from chassis.subscribing import PatientBroker
from chassis.tables import create_chassis_tables
from chassis.topics import provision
from chassis.tracing import current_trace_id
from chassis.vitals import Vitals
from events.envelope import Envelope, Event
from events.topics import BY_NAME, Topic, parking_topic
from tests.infrastructure.fixtures import DatabaseFor
from tests.infrastructure.interface import Kafka
from tests.infrastructure.waiting import eventually

SERVICE = "notices"


def _make_tables(connection: Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    create_chassis_tables(op, SERVICE)
    op.execute(
        "create table effect (id bigint generated always as identity, thing text, number int, actor text,"
        " cause text, organization_id uuid, trace_id text, at timestamptz)"
    )
    fence_table(op, SERVICE, "effect", org="select, insert", system="select, insert")


@dataclass(frozen=True)
class Place:
    """Where a test works: its settings, and a connection that sees everything."""

    settings: ServiceSettings
    admin: asyncpg.Connection

    async def unsent(self) -> int:
        count: int = await self.admin.fetchval("select count(*) from outbox where sent_at is null")
        return count

    async def effects(self) -> list[tuple[str, int]]:
        return [(row["thing"], row["number"]) for row in await self.admin.fetch("select * from effect order by id")]

    async def effects_of(self, count: int, within: float = 15) -> list[tuple[str, int]]:
        """Wait until so many effects are there."""

        async def enough() -> bool:
            return len(await self.effects()) >= count

        await eventually(enough, within=within, what=f"{count} effects")
        return await self.effects()

    async def say(self, topic: str, key: str, number: int, **more: object) -> uuid.UUID:
        """Put one row into the outbox, as a commit does."""
        event_id = uuid.uuid4()
        await self.admin.execute(
            "insert into outbox"
            " (id, topic, key, type, subject, source, organization_id, occurred_at, traceparent, body)"
            " values ($1, $2, $3, $4, $3, '/connexion/notices', $5, now(), $6, $7)",
            event_id, topic, key, more.get("type", "connexion.notices.thing-counted.v1"),
            more.get("organization_id"), more.get("traceparent"), f'{{"thing": "{key}", "number": {number}}}',
        )  # fmt: skip
        return event_id


@pytest_asyncio.fixture
async def place(database_for: DatabaseFor, kafka: Kafka) -> AsyncIterator[Place]:
    """A fresh database, and the broker all tests share."""
    database = await database_for(SERVICE, package=None)
    engine = create_async_engine(database.migrator_url)
    async with engine.begin() as connection:
        await connection.run_sync(_make_tables)
    await engine.dispose()
    admin = await asyncpg.connect(database.admin_url)
    settings = ServiceSettings(
        environment="local",
        database_url=database.login_url,
        kafka_bootstrap_servers=kafka.bootstrap_servers,
    )
    yield Place(settings, admin)
    await admin.close()


@pytest.fixture
def pool_size() -> int:
    """How many connections a worker uses on a usual day."""
    return 5


@pytest.fixture
def partitions() -> int:
    """How many partitions the listener's stream has."""
    return 1


@pytest_asyncio.fixture
async def database(place: Place, pool_size: int) -> AsyncIterator[Database]:
    """The pool a worker works with."""
    database = Database(place.settings.database_url, SERVICE, pool_size=pool_size)
    yield database
    await database.close()


@pytest.fixture
def new_stream() -> Callable[..., Topic]:
    """Records of topics with unused names, written by the service under test."""

    def make(partitions: int = 3, *, compacted: bool = False) -> Topic:
        name = f"connexion.test.{uuid.uuid4().hex[:12]}"
        return Topic(name, "", partitions, frozenset({SERVICE}), frozenset({SERVICE}), compacted)

    return make


class Listener:
    """A worker's consuming side: a stream of `Counted` events, and what is done with each."""

    def __init__(self, place: Place, database: Database, stream: Topic) -> None:
        class Counted(Event):
            TYPE: ClassVar[str] = "connexion.notices.thing-counted.v1"
            TOPIC: ClassVar[str] = stream.name
            KEY: ClassVar[str] = "thing"

            thing: str
            number: int
            organization_id: uuid.UUID | None = None

        self.event = Counted
        self.place, self.database, self.stream = place, database, stream
        self.options = connection_options(place.settings, "tests")
        self.hears = Hears(SERVICE)
        self.vitals = Vitals()
        self.woken = 0
        self.producer: AIOKafkaProducer | None = None

    @property
    def hearing(self) -> Hearing:
        [hearing] = hearings(SERVICE, [self.hears])
        return hearing

    def on_counted(self, handler: Any) -> None:
        """Let this function handle the events."""
        self.hears(self.stream.name, self.event)(handler)

    def note_effects(self) -> None:
        """Handle each event by one row in `effect`."""

        async def note(event: Any, session: Session) -> None:
            await note_effect(event, session)

        self.on_counted(note)

    def _wake(self, _spoken_of: Collection[UUID] = ()) -> None:
        self.woken += 1

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[PatientBroker]:
        """Consume for the time of the block, as a worker does."""
        lot = ParkingLot(SERVICE, self.options)
        subscription = Subscription(self.hearing, self.database, lot, self.vitals, self._wake)
        broker = make_broker(SERVICE, self.place.settings, [subscription])
        await broker.start()
        try:
            yield broker
        finally:
            await broker.stop()
            await lot.close()

    async def tell(
        self,
        thing: str,
        number: int,
        *,
        event_id: uuid.UUID | None = None,
        organization_id: uuid.UUID | None = None,
        traceparent: str | None = None,
        body: bytes | None = None,
        extra: Sequence[tuple[str, bytes]] = (),
        event_type: str | None = None,
    ) -> uuid.UUID:
        """Publish one event, as another service's relay does."""
        if self.producer is None:
            self.producer = await start_producer(self.options)
        event = self.event(thing=thing, number=number, organization_id=organization_id)
        envelope = Envelope.of(
            event,
            id=event_id or uuid.uuid4(),
            time=datetime.now(UTC),
            source="/connexion/test",
            traceparent=traceparent,
        )
        headers = envelope.headers() | ({"ce_type": event_type} if event_type else {})
        await self.producer.send_and_wait(
            self.stream.name,
            value=event.body() if body is None else body,
            key=thing.encode(),
            headers=[(name, value.encode()) for name, value in headers.items()] + list(extra),
        )
        return envelope.id

    async def committed(self) -> dict[int, int]:
        """What this group has committed, by partition."""
        async with admin_client(self.options) as admin:
            offsets = await admin.list_consumer_group_offsets(self.hearing.group)
        return {partition.partition: offset.offset for partition, offset in offsets.items() if offset.offset >= 0}


async def note_effect(event: Any, session: Session) -> None:
    """Write what the handler sees of its transaction into `effect`."""
    await session.execute(
        text(
            "insert into effect (thing, number, actor, cause, organization_id, trace_id, at)"
            " values (:thing, :number, :actor, :cause, nullif(current_setting('app.org'), '')::uuid, :trace_id, :at)"
        ),
        {
            "thing": event.thing,
            "number": event.number,
            "actor": session.actor.user_id,
            "cause": session.actor.token_id,
            "trace_id": current_trace_id(),
            "at": session.at,
        },
    )


@pytest_asyncio.fixture
async def listener(
    place: Place, database: Database, new_stream: Callable[..., Topic], partitions: int
) -> AsyncIterator[Listener]:
    """A consumer of a stream of its own; the parking topic stands too."""
    listener = Listener(place, database, new_stream(partitions))
    async with admin_client(listener.options) as admin:
        await provision(admin, [listener.stream, BY_NAME[parking_topic(SERVICE)]])
    yield listener
    if listener.producer is not None:
        await stop_producer(listener.producer)


@dataclass(frozen=True)
class Told:
    """One record as a plain consumer sees it."""

    key: str
    number: int
    headers: dict[str, str]
    partition: int


async def _read(bootstrap_servers: str, topic: str, count: int, within: float) -> list[Told]:
    """Read records from the start of a topic until there are `count`; what is read at the deadline is returned."""
    import json

    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest", metadata_max_age_ms=500
    )
    told: list[Told] = []
    try:
        await consumer.start()
        async with asyncio.timeout(within):
            while len(told) < count:
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    told += [
                        Told(
                            r.key.decode(),
                            json.loads(r.value)["number"],
                            {name: value.decode() for name, value in r.headers},
                            r.partition,
                        )
                        for r in records
                    ]
    except TimeoutError:
        pass
    finally:
        await consumer.stop()
    return told


@pytest.fixture
def read(kafka: Kafka) -> Callable[..., object]:
    """`await read(topic, count)`: what a consumer outside the platform finds in a topic."""

    async def read_topic(topic: str, count: int, within: float = 20) -> list[Told]:
        return await _read(kafka.bootstrap_servers, topic, count, within)

    return read_topic
