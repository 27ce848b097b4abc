"""Whether the broker is still the one the outbox was said to."""

import asyncio
from typing import Any

import structlog
from aiokafka.admin import AIOKafkaAdminClient

from chassis import metrics
from chassis.kafka_clients import UNREACHABLE, admin_client
from chassis.pausing import pause
from chassis.relay.outbox import Outbox
from chassis.topics import provision
from events.topics import TOPICS, Topic

LOOK_EVERY = 5.0

log = structlog.get_logger()


class Watch:
    """Looks after the topics one service writes."""

    def __init__(self, service: str, options: dict[str, Any], topics: tuple[Topic, ...] = TOPICS) -> None:
        self._options = options
        self._topics = [topic for topic in topics if service in topic.writers]
        self._cluster: str | None = None

    async def settle(self, outbox: Outbox) -> None:
        """Make the topics that are missing, and say again what a new or emptied broker cannot have.

        On a new cluster (lost, restored, memory-only) that is the whole outbox; where only a topic was lost, what was
        said there. Raises one of `kafka_clients.UNREACHABLE`.
        """
        async with admin_client(self._options) as admin:
            self._cluster = await _cluster_id(admin)
            provisioned = await provision(admin, self._topics)
        for difference in provisioned.differences:
            log.warning("a topic is not as its record says", difference=difference)
        if self._cluster != await outbox.cluster():
            said_again = await outbox.begin_again(self._cluster)
        else:
            said_again = await outbox.say_again(provisioned.created)
        if said_again:
            metrics.RELAY_SAID_AGAIN.inc()
            log.warning("the broker is new or lost a topic: said again", rows=said_again)

    async def until_changed(self, ended: asyncio.Event) -> None:
        """Return when the cluster is another one or a topic of ours is gone, or when `ended` is set."""
        while not await pause(LOOK_EVERY, ended):
            try:
                if await self._changed():
                    return
            except UNREACHABLE:
                continue  # away is not changed: the producer keeps trying

    async def _changed(self) -> bool:
        async with admin_client(self._options) as admin:
            topics = set(await admin.list_topics())
            return await _cluster_id(admin) != self._cluster or any(t.name not in topics for t in self._topics)


async def _cluster_id(admin: AIOKafkaAdminClient) -> str:
    return str((await admin.describe_cluster())["cluster_id"])
