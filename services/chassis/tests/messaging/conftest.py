"""One service's database with the chassis' tables and one table for effects, and topics nobody else uses."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.database import Database
from chassis.fences import fence_table
from chassis.settings import ServiceSettings
from chassis.tables import create_chassis_tables
from events.topics import Topic
from tests.infrastructure.fixtures import DatabaseFor
from tests.infrastructure.interface import Kafka

SERVICE = "notices"


def _make_tables(connection: Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    create_chassis_tables(op, SERVICE)
    op.execute(
        "create table effect (id bigint generated always as identity, thing text, number int, actor text,"
        " cause text, organization_id uuid, trace_id text)"
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


@pytest_asyncio.fixture
async def database(place: Place) -> AsyncIterator[Database]:
    """The pool a worker works with."""
    database = Database(place.settings.database_url, SERVICE)
    yield database
    await database.close()


@pytest.fixture
def new_stream() -> Callable[..., Topic]:
    """Records of topics with unused names, written by the service under test."""

    def make(partitions: int = 3, *, compacted: bool = False) -> Topic:
        name = f"connexion.test.{uuid.uuid4().hex[:12]}"
        return Topic(name, "", partitions, frozenset({SERVICE}), frozenset({SERVICE}), compacted)

    return make


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
