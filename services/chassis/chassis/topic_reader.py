"""Reading a topic from one end to the other, without joining a group: for parked messages and for rebuilds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError

from chassis.kafka_clients import admin_client


class TopicReader:
    """One pass over a topic, up to where it ended when the pass began."""

    def __init__(self, consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> None:
        self._consumer = consumer
        self._ends = ends

    async def batches(self, at_most: int = 500) -> AsyncIterator[list[ConsumerRecord]]:
        """Yield the records in batches; each batch keeps the order of its partitions."""
        while await self._more():
            fetched = await self._consumer.getmany(timeout_ms=500, max_records=at_most)
            batch = [r for partition, records in fetched.items() for r in records if r.offset < self._ends[partition]]
            if batch:
                yield batch

    async def commit(self, record: ConsumerRecord) -> None:
        """Remember, for the group this reader was opened with, that everything up to `record` is done."""
        await self._consumer.commit({TopicPartition(record.topic, record.partition): record.offset + 1})

    async def _more(self) -> bool:
        for partition, end in self._ends.items():
            if end > 0 and await self._consumer.position(partition) < end:
                return True
        return False


@asynccontextmanager
async def reading(
    options: dict[str, Any], topic: str, *, group_id: str | None = None, from_the_start: bool = False
) -> AsyncIterator[TopicReader]:
    """Open a pass over `topic`, from where `group_id` has committed, else (or `from_the_start`) from the earliest.

    Raises UnknownTopicOrPartitionError when there is no such topic, or one of `kafka_clients.UNREACHABLE`.
    """
    consumer = AIOKafkaConsumer(**options, group_id=group_id, enable_auto_commit=False, auto_offset_reset="earliest")
    try:
        await consumer.start()
        partitions = await _partitions(options, topic)
        consumer.assign(partitions)
        if from_the_start:
            await consumer.seek_to_beginning()
        yield TopicReader(consumer, await consumer.end_offsets(partitions))
    finally:
        await consumer.stop()


async def _partitions(options: dict[str, Any], topic: str) -> list[TopicPartition]:
    """Ask the broker: a consumer without a subscription does not know."""
    async with admin_client(options) as admin:
        (described,) = await admin.describe_topics([topic])
    if described["error_code"]:
        raise UnknownTopicOrPartitionError(topic)
    return [TopicPartition(topic, partition["partition"]) for partition in described["partitions"]]
