"""Messages of different partitions are handled at once, those of one partition one after another.

FastStream's own way to do that (`max_workers`) makes several members of the group in one process, and commits nothing
when it stops. Here one consumer has a lane for each of its partitions; a lane takes its next message when the last one
is done, so nothing is taken that is not in hand, and a message that must come again is sought in its own partition.
"""

import asyncio
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from faststream.kafka.subscriber.usecase import DefaultSubscriber


class Assigned(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Says when a consumer was given partitions."""

    def __init__(self) -> None:
        self._given = asyncio.Event()

    def on_partitions_assigned(self, _assigned: set[TopicPartition]) -> None:
        """The group has shared out its partitions anew."""
        self._given.set()

    def on_partitions_revoked(self, _revoked: set[TopicPartition]) -> None:
        """A lane whose partition is taken away ends its message (the inbox makes that safe) and gets no other."""

    async def again(self) -> None:
        """Wait until partitions are given that nobody was told of."""
        await self._given.wait()
        self._given.clear()


class LanedSubscriber(DefaultSubscriber):
    """FastStream's subscriber with its loop run once for each partition."""

    __slots__ = ()

    async def _run_consume_loop(self, consumer: AIOKafkaConsumer) -> None:
        assigned = self._listener
        assert isinstance(assigned, Assigned)  # noqa: S101 - `inbound` gave it
        known: set[TopicPartition] = set()
        async with asyncio.TaskGroup() as lanes:
            while self.running:
                for partition in consumer.assignment() - known:
                    known.add(partition)
                    lanes.create_task(super()._run_consume_loop(_Lane(consumer, partition)))
                await assigned.again()


class _Lane:
    """The consumer, as the loop of one partition sees it."""

    def __init__(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
        self._consumer = consumer
        self._partition = partition

    async def getone(self) -> ConsumerRecord[Any, Any]:
        return await self._consumer.getone(self._partition)
