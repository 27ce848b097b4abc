"""Three ways of the same rows to the broker: our relay, a bare producer, another outbox."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import AIOKafkaProducer
from faststream.kafka import KafkaBroker
from faststream.kafka.response import KafkaResponse
from faststream_outbox import OutboxBroker, make_outbox_table
from faststream_outbox.annotations import OutboxMessage
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chassis import metrics
from chassis.ids import new_id
from chassis.kafka_clients import start_producer, stop_producer
from chassis.relay import Relay
from chassis.settings import ServiceSettings
from chassis.topic_reader import reading
from events.topics import Topic

KEYS = 500
AT_ONCE = 500
OTHER_TABLE = "other_outbox"
PATIENCE = 120.0
ORGANIZATION = UUID(int=7)
HEAD = f'{{"thing_id": "{UUID(int=1)}", "organization_id": "{ORGANIZATION}", "words": "'
BODY = HEAD + "w" * (1024 - len(HEAD) - 2) + '"}'
TYPE = "connexion.probe.thing-noted.v1"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
COLUMNS = (
    *("id", "topic", "key", "type", "subject", "source", "organization_id", "occurred_at", "traceparent", "body"),
)


@dataclass
class Running:
    """A running relay and a connection that commits rows for it."""

    settings: ServiceSettings
    admin: asyncpg.Connection
    topic: str


@asynccontextmanager
async def our_relay(settings: ServiceSettings, admin_url: str, topic: Topic) -> AsyncIterator[Running]:
    """Run the relay as a worker does."""
    relay, stop = Relay("probe", settings, topics=(topic,)), asyncio.Event()
    task = asyncio.create_task(relay.run(stop))
    admin = await asyncpg.connect(admin_url)
    try:
        yield Running(settings, admin, topic.name)
    finally:
        stop.set()
        await task
        await admin.close()


async def relay_rows(held: Running, count: int) -> float:
    """Commit `count` rows of 1 KB in one go; return the seconds from the commit to the last acknowledgement."""
    acknowledged = metrics.RELAY_SENT.labels(topic=held.topic)._value
    before = acknowledged.get()
    commit = held.admin.transaction()
    await commit.start()
    await held.admin.copy_records_to_table("outbox", records=rows(held.topic, count), columns=COLUMNS)
    began = time.perf_counter()
    await commit.commit()
    await held.admin.execute("notify outbox")
    await _until(lambda: acknowledged.get() - before >= count)
    return time.perf_counter() - began


def rows(topic: str, count: int) -> list[tuple[Any, ...]]:
    """Rows of the outbox, as commits leave them."""
    at, subjects = datetime.now(UTC), [str(UUID(int=key)) for key in range(KEYS)]
    return [
        (new_id(), topic, subject, TYPE, subject, "/connexion/probe", ORGANIZATION, at, TRACE, BODY)
        for subject in (subjects[n % KEYS] for n in range(count))
    ]


def _headers(row: tuple[Any, ...]) -> list[tuple[str, bytes]]:
    event_id, _, _, event_type, subject, source, organization, at, trace, _ = row
    told = {
        "ce_specversion": "1.0",
        "ce_type": event_type,
        "ce_source": source,
        "content-type": "application/json",
        "ce_id": str(event_id),
        "ce_subject": subject,
        "ce_time": at.isoformat(),
        "ce_organization": str(organization),
        "traceparent": trace,
    }
    return [(name, value.encode()) for name, value in told.items()]


@asynccontextmanager
async def bare_producer(bootstrap_servers: str) -> AsyncIterator[AIOKafkaProducer]:
    """A producer with the relay's own options: idempotent, acks=all."""
    producer = await start_producer({"bootstrap_servers": bootstrap_servers, "client_id": "bench"})
    yield producer
    await stop_producer(producer)


async def produce(producer: AIOKafkaProducer, topic: str, count: int) -> float:
    """Send the same bytes from memory; return the seconds to the last acknowledgement."""
    messages = [(row[2].encode(), row[9].encode(), _headers(row)) for row in rows(topic, count)]
    began = time.perf_counter()
    sent = [await producer.send(topic, value=value, key=key, headers=headers) for key, value, headers in messages]
    await asyncio.gather(*sent)
    return time.perf_counter() - began


@dataclass
class OtherOutbox:
    """A running faststream-outbox relay."""

    broker: OutboxBroker
    engine: AsyncEngine


@asynccontextmanager
async def other_outbox(url: str, bootstrap_servers: str, topic: str) -> AsyncIterator[OtherOutbox]:
    """faststream-outbox as its relay tutorial has it, with the settings its performance page names for throughput.

    Completed rows are deleted in batches of 100, and workers are many; acks=all and idempotence as ours.
    """
    metadata = MetaData()
    engine = create_async_engine(url, pool_size=40)
    outbox = OutboxBroker(engine, outbox_table=make_outbox_table(metadata, OTHER_TABLE), logger=None)
    kafka = KafkaBroker(bootstrap_servers, acks="all", enable_idempotence=True, logger=None)

    @kafka.publisher(topic)
    @outbox.subscriber("rows", max_workers=16, fetch_batch_size=1000, terminal_flush_batch_size=100)
    async def relay(message: OutboxMessage) -> KafkaResponse:
        return KafkaResponse(message.body, key=message.headers["ce_subject"].encode(), headers=message.headers)

    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await kafka.start()
    await outbox.start()
    try:
        yield OtherOutbox(outbox, engine)
    finally:
        await outbox.stop()
        await kafka.stop()
        await engine.dispose()


async def relay_by_other(held: OtherOutbox, count: int) -> float:
    """Commit `count` rows of 1 KB in one go; return the seconds from the commit until none is left.

    It deletes a row once the broker has acknowledged it.
    """
    headers = {name: value.decode() for name, value in _headers(rows("", 1)[0])}
    async with held.engine.connect() as connection:
        await connection.begin()
        for first in range(0, count, AT_ONCE):
            bodies = [BODY.encode()] * min(AT_ONCE, count - first)
            await held.broker.publish_batch(*bodies, queue="rows", session=connection, headers=headers)
        began = time.perf_counter()
        await connection.commit()
    async with asyncio.timeout(PATIENCE), held.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        while await connection.scalar(text(f"select exists (select from {OTHER_TABLE})")):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    return time.perf_counter() - began


async def ids_told(_: None, bootstrap_servers: str, topic: str) -> list[str]:
    """Read a topic from its start to its end, and return each record's `ce_id`."""
    options = {"bootstrap_servers": bootstrap_servers, "client_id": "bench"}
    async with reading(options, topic) as reader:
        return [
            dict(record.headers).get("ce_id", b"").decode()
            async for records in reader.batches(1_000)
            for record in records
        ]


async def _until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not done():  # noqa: ASYNC110  a metric has no event
            await asyncio.sleep(0.002)
