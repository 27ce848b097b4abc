"""Many rows in flight, order per key kept: one lane a partition, one batch of a lane under way.

A lane hands its next batch to the producer only when the broker has acknowledged the one before. So when a batch
fails, nothing of its partition that comes later has been sent, and starting again from the oldest unsent row keeps the
order of every key. (The producer's own queue does not promise that: a batch that expires while a partition has no
leader is dropped from it, and the next one goes out.)
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner
from aiokafka.producer.message_accumulator import BatchBuilder
from opentelemetry.trace import Span

from chassis import metrics


@dataclass(frozen=True, slots=True)
class Record:
    """One outbox row as it goes on the wire; `position` is its place in the outbox."""

    position: int
    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
    span: Span | None = field(default=None, compare=False)


class Lanes:
    """The records on their way to the broker. `on_news` is called when some were acknowledged, or one failed."""

    def __init__(self, producer: AIOKafkaProducer, on_news: Callable[[], None]) -> None:
        self._producer = producer
        self._on_news = on_news
        self._waiting: dict[TopicPartition, deque[Record]] = defaultdict(deque)
        self._running: dict[TopicPartition, asyncio.Task[None]] = {}
        self._partitions: dict[str, list[int]] = {}
        self._acknowledged: list[int] = []
        self.under_way: set[int] = set()
        self.failure: BaseException | None = None

    async def put(self, records: Iterable[Record]) -> None:
        """Queue records, given in the order of the outbox.

        Raises aiokafka.errors.UnknownTopicOrPartitionError when a topic does not exist.
        """
        for record in records:
            partition = await self._partition_of(record)
            self.under_way.add(record.position)
            self._waiting[partition].append(record)
        for partition, waiting in self._waiting.items():
            if waiting and partition not in self._running:
                self._start(partition)

    def acknowledged(self) -> list[int]:
        """Return the positions the broker has and the outbox does not know yet."""
        return list(self._acknowledged)

    def forget(self, positions: list[int]) -> None:
        """Let go of positions that `acknowledged` gave and that are marked now."""
        del self._acknowledged[: len(positions)]
        self.under_way.difference_update(positions)

    async def settle(self) -> None:
        """Wait until every lane has ended, by sending all it has or by failing."""
        while self._running:
            await asyncio.wait(self._running.values())

    def abandon(self) -> None:
        """Stop all lanes where they are; what is under way may or may not arrive."""
        for lane in self._running.values():
            lane.cancel()

    async def _partition_of(self, record: Record) -> TopicPartition:
        partitions = self._partitions.get(record.topic)
        if partitions is None:
            partitions = sorted(await self._producer.partitions_for(record.topic))
            self._partitions[record.topic] = partitions
        return TopicPartition(record.topic, partitions[_slot(record.key, len(partitions))])

    def _start(self, partition: TopicPartition) -> None:
        lane = asyncio.create_task(self._run(partition, self._waiting[partition]))
        self._running[partition] = lane
        lane.add_done_callback(lambda done: self._ended(partition, done))

    async def _run(self, partition: TopicPartition, waiting: deque[Record]) -> None:
        while waiting and self.failure is None:
            batch = self._producer.create_batch()
            taken: list[Record] = []
            while waiting and self._append(batch, waiting[0]):
                taken.append(waiting.popleft())
            done = await self._producer.send_batch(batch, partition.topic, partition=partition.partition)
            await done
            metrics.RELAY_SENT.labels(topic=partition.topic).inc(len(taken))
            for record in taken:
                if record.span is not None:
                    record.span.end()
            self._acknowledged.extend(record.position for record in taken)
            self._on_news()

    @staticmethod
    def _append(batch: BatchBuilder, record: Record) -> bool:
        return batch.append(timestamp=None, key=record.key, value=record.value, headers=record.headers) is not None

    def _ended(self, partition: TopicPartition, lane: asyncio.Task[None]) -> None:
        del self._running[partition]
        if lane.cancelled():
            return
        if lane.exception() is not None:
            self.failure = self.failure or lane.exception()
        elif self._waiting[partition] and self.failure is None:
            self._start(partition)  # something was queued between its last look and its end
        self._on_news()


@lru_cache(maxsize=65_536)
def _slot(key: bytes, partitions: int) -> int:
    """Return the partition of a key, as every Kafka client's default partitioner does (murmur2)."""
    slot: int = DefaultPartitioner()(key, range(partitions), ())
    return slot
