"""Whether everything that was said has been heard: nothing waits in an outbox, no consumer is behind its topic."""

import asyncio
import time
from collections.abc import Iterable

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

LOOK_EVERY = 0.1
"""Seconds between two looks."""


async def until_quiet(databases: Iterable[str], kafka: str, within: float) -> bool:
    """Return True as soon as nothing is on its way any more, False when that does not happen in so many seconds.

    Args:
        databases: one address per service, of somebody who may read every outbox (`postgresql://…`)
        kafka: the broker's addresses
        within: seconds
    """
    connections = [await asyncpg.connect(url) for url in databases]
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    reader = AIOKafkaConsumer(bootstrap_servers=kafka)
    await admin.start()
    await reader.start()
    try:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            # in the order in which an event travels, and the outboxes once more: a handler may have said something
            if await _said(connections) and await _heard(admin, reader) and await _said(connections):
                return True
            await asyncio.sleep(LOOK_EVERY)
        return False
    finally:
        await reader.stop()
        await admin.close()
        for connection in connections:
            await connection.close()


async def _said(connections: Iterable[asyncpg.Connection]) -> bool:
    """Tell whether every outbox row was sent."""
    waiting = [
        await connection.fetchval("select exists (select from outbox where sent_at is null)")
        for connection in connections
    ]
    return not any(waiting)


async def _heard(admin: AIOKafkaAdminClient, reader: AIOKafkaConsumer) -> bool:
    """Tell whether every consumer group stands at the end of its topic; a broker that cannot say so yet means no."""
    try:
        for group, _protocol in await admin.list_consumer_groups():
            if await is_behind(admin, reader, group):
                return False
    except KafkaError:
        return False
    return True


async def is_behind(admin: AIOKafkaAdminClient, reader: AIOKafkaConsumer, group: str) -> bool:
    """Tell whether a consumer group has something to hear; a group is named `<service>.<topic>`."""
    topic = group.partition(".")[2]
    (described,) = await admin.describe_topics([topic])  # a consumer without a subscription knows no partitions
    parts = [TopicPartition(topic, each["partition"]) for each in described["partitions"]]
    ends = await reader.end_offsets(parts)
    starts = await reader.beginning_offsets(parts)
    stands = await admin.list_consumer_group_offsets(group)
    return any(ends[part] > (stands[part].offset if part in stands else starts[part]) for part in parts)
