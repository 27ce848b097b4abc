"""Committing offsets after the database, several at once.

A commit to Kafka for each message costs as much as the message's own transaction. The inbox makes a message that comes
again harmless, so what was handled is committed a moment later, together; and at once when the consumer is stopping.
"""

import asyncio
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

COMMIT_AFTER = 0.1
"""Seconds. So much work at most is repeated, and dropped by the inbox, after a crash or a rebalance."""

log = structlog.get_logger()


class Offsets:
    """The offsets of one consumer: what is handled, and not committed yet."""

    def __init__(self) -> None:
        self._handled: dict[TopicPartition, int] = {}
        self._consumer: AIOKafkaConsumer | None = None
        self._later: asyncio.Task[None] | None = None
        self.at_once = False

    def of(self, consumer: Any, record: ConsumerRecord) -> "Acknowledgement":
        """Return what FastStream is given in place of the consumer, for one message."""
        return Acknowledgement(self, consumer, record)

    async def handled(self, consumer: AIOKafkaConsumer, record: ConsumerRecord) -> None:
        """Note that a message is handled; its offset is committed soon."""
        self._consumer = consumer
        self._handled[TopicPartition(record.topic, record.partition)] = record.offset + 1
        if self.at_once:
            await self.commit()
        elif self._later is None:
            self._later = asyncio.create_task(self._commit_later())

    async def commit(self) -> None:
        """Commit what is handled. What cannot be committed (the partition moved on) is heard again and dropped."""
        handled, self._handled = self._handled, {}
        if self._consumer is None:
            return
        mine = self._consumer.assignment()
        if still := {partition: offset for partition, offset in handled.items() if partition in mine}:
            try:
                await self._consumer.commit(still)
            except KafkaError as why:
                log.warning("offsets were not committed; the messages come again", error=type(why).__name__)

    async def _commit_later(self) -> None:
        await asyncio.sleep(COMMIT_AFTER)
        self._later = None
        await self.commit()


class Acknowledgement:
    """The consumer as one message's `ack` and `nack` see it."""

    def __init__(self, offsets: Offsets, consumer: AIOKafkaConsumer, record: ConsumerRecord) -> None:
        self._offsets = offsets
        self._consumer = consumer
        self._record = record

    async def commit(self) -> None:
        """The message is handled."""
        await self._offsets.handled(self._consumer, self._record)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """The message must come again."""
        self._consumer.seek(partition, offset)
