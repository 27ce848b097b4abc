"""Keeping consumers alive: a broker that is away at start is waited for, and a stuck consumer is replaced.

aiokafka has no public word for a consumer's health, and after long outages some never come back. So a consumer is
judged from outside: it cannot say how far the topic goes, or its group falls behind and does not move while no message
is in hand. Such a consumer is closed and another one started; consumers cannot be restarted, only replaced.
"""

import asyncio
from typing import Any

import structlog
from aiokafka import TopicPartition
from faststream.kafka import KafkaBroker
from faststream.kafka.subscriber.usecase import LogicSubscriber

from chassis.inbox import Subscription
from chassis.kafka_clients import UNREACHABLE

LOOK_EVERY = 15.0
LOOKS_TO_BE_SURE = 2
ANSWER_WITHIN = 10.0
START_WITHIN = 60.0
TRY_AGAIN_AFTER = (0.5, 1.0, 2.0, 5.0)

log = structlog.get_logger()


class PatientBroker(KafkaBroker):
    """A broker whose start never fails and never waits: each consumer is kept by a task of its own."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._keepers: list[Keeper] = []
        self._keeping: list[asyncio.Task[None]] = []

    def look_after(self, subscription: Subscription) -> None:
        """Keep the consumer of a subscription whose router was included."""
        topic = subscription.hearing.topic
        [subscriber] = [s for s in self.subscribers if topic in s.topic_names]  # type: ignore[attr-defined]
        self._keepers.append(Keeper(subscriber, subscription))  # type: ignore[arg-type]

    @property
    def waiting_for(self) -> list[str]:
        """The topics no consumer of this process is connected to right now."""
        return [keeper.topic for keeper in self._keepers if not keeper.connected]

    async def start(self) -> None:
        """Begin to connect the consumers; return at once."""
        await self.connect()
        self._keeping = [asyncio.create_task(keeper.run(), name=f"keep {keeper.topic}") for keeper in self._keepers]
        self.running = True

    async def stop(self, *error: Any) -> None:
        """Take no more messages, let running handlers finish, and leave the groups."""
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)
        await asyncio.gather(*(keeper.commit_at_once() for keeper in self._keepers))
        await super().stop(*error)


class Keeper:
    """Starts one consumer, watches it, and replaces it when it is stuck."""

    def __init__(self, subscriber: LogicSubscriber[Any], subscription: Subscription) -> None:
        self._subscriber = subscriber
        self._subscription = subscription
        self.topic = subscription.hearing.topic
        self.connected = False

    async def run(self) -> None:
        """Keep the consumer until cancelled."""
        failures = 0
        while True:
            try:
                self._subscription.offsets.at_once = False
                async with asyncio.timeout(START_WITHIN):
                    await self._subscriber.start()
            except UNREACHABLE as why:
                if failures == 0:
                    log.warning("waiting for the broker", topic=self.topic, error=type(why).__name__)
                await self._close()
                await asyncio.sleep(TRY_AGAIN_AFTER[min(failures, len(TRY_AGAIN_AFTER) - 1)])
                failures += 1
                continue
            failures, self.connected = 0, True
            log.info("listening", topic=self.topic, group=self._subscription.hearing.group)
            await self._until_stuck()
            self.connected = False
            log.warning("a consumer was stuck and is replaced", topic=self.topic)
            await self._close()

    async def commit_at_once(self) -> None:
        """Commit what is handled, and from now on each message as it is done: the consumer is about to stop."""
        offsets = self._subscription.offsets
        offsets.at_once = True
        await offsets.commit()

    async def _until_stuck(self) -> None:
        suspicions, before = 0, None
        while suspicions < LOOKS_TO_BE_SURE:
            await asyncio.sleep(LOOK_EVERY)
            behind = {} if self._subscription.in_hand else await self._behind()
            stuck = behind is None or (behind and behind == before)
            suspicions = suspicions + 1 if stuck else 0
            before = behind

    async def _behind(self) -> dict[TopicPartition, int] | None:
        """Where this consumer's partitions (or all, when it has none) wait for it; None when it cannot tell."""
        consumer = self._subscriber.consumer
        if consumer is None:
            return None
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                mine = consumer.assignment() or {
                    TopicPartition(self.topic, number) for number in consumer.partitions_for_topic(self.topic) or ()
                }
                ends = await consumer.end_offsets(mine)
                done = await consumer.beginning_offsets(mine)
                done |= {p: committed for p in mine if (committed := await consumer.committed(p)) is not None}
        except UNREACHABLE:
            return None
        return {partition: done[partition] for partition, end in ends.items() if done[partition] < end}

    async def _close(self) -> None:
        """Stop the consumer; after `ANSWER_WITHIN` seconds leave it behind.

        Without any broker aiokafka may hang in stopping, or raise the cancellation of a task of its own, which ends
        the keeper: so it stops in a task that is waited for and not awaited.
        """
        stopping = asyncio.ensure_future(self._stop())
        await asyncio.wait({stopping}, timeout=ANSWER_WITHIN)
        why = "CancelledError" if stopping.cancelled() else "TimeoutError"
        if stopping.done() and not stopping.cancelled():
            problem = stopping.exception()
            if problem is None:
                return
            why = type(problem).__name__
        stopping.cancel()
        log.warning("a consumer was left behind", topic=self.topic, error=why)
        self._subscriber.consumer = None

    async def _stop(self) -> None:
        await self.commit_at_once()
        await self._subscriber.stop()
