"""Creating topics from their records in `events.topics`: `python -m chassis.topics provision`.

Automatic creation is off everywhere, so a topic has the partitions, the retention and the clean-up policy that its
record says, or it does not exist. A difference in an existing topic is told, never mended by itself: adding partitions
moves keys and breaks their order.
"""

import asyncio
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, NoError, TopicAlreadyExistsError, for_code

from chassis.kafka_clients import UNREACHABLE, admin_client, connection_options
from chassis.settings import BrokerSettings, load
from events.topics import TOPICS, Topic

REPLICAS = 3
ASK_AGAIN_AFTER = (0.2, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class Provisioned:
    """What provisioning did and found: topics made, and sentences about those that differ from their record."""

    created: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)


async def provision(admin: AIOKafkaAdminClient, topics: Collection[Topic] = TOPICS) -> Provisioned:
    """Create the topics that are missing, and compare the others with their records.

    Safe to run at the same time from several places. A topic gets three replicas, or as many as there are brokers.
    Raises a KafkaError when a topic cannot be created.
    """
    described = {topic["topic"]: topic for topic in await _all_topics(admin)}
    missing = [topic for topic in topics if topic.name not in described]
    created = await _create(admin, missing) if missing else []
    present = [topic for topic in topics if topic.name in described]
    differences = [
        f"{topic.name} has {found} partitions instead of {topic.partitions}"
        for topic in present
        if (found := len(described[topic.name]["partitions"])) != topic.partitions
    ]
    return Provisioned(created, differences + await _other_settings(admin, present))


async def _all_topics(admin: AIOKafkaAdminClient) -> list[dict[str, Any]]:
    """Ask again where the client must first find its way to a broker anew (a restart closed its connection)."""
    for wait in ASK_AGAIN_AFTER:
        try:
            return list(await admin.describe_topics())
        except KafkaError as error:
            if not error.retriable:
                raise
            await asyncio.sleep(wait)
    return list(await admin.describe_topics())


async def _create(admin: AIOKafkaAdminClient, missing: list[Topic]) -> list[str]:
    replicas = min(REPLICAS, len((await admin.describe_cluster())["brokers"]))
    answer = await admin.create_topics(
        [NewTopic(topic.name, topic.partitions, replicas, topic_configs=topic.configuration) for topic in missing]
    )
    created: list[str] = []
    for name, code, *words in answer.topic_errors:
        error = for_code(code)
        if error is NoError:
            created.append(name)
        elif error is not TopicAlreadyExistsError:
            raise error(f"{name}: {words[0] if words else ''}")
    return created


async def _other_settings(admin: AIOKafkaAdminClient, topics: list[Topic]) -> list[str]:
    if not topics:
        return []
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics])
    found = {
        resource[3]: {entry[0]: entry[1] for entry in resource[4]}
        for answer in answers
        for resource in answer.resources
    }
    return [
        f"{topic.name} has {name}={found[topic.name].get(name)} instead of {wanted}"
        for topic in topics
        for name, wanted in topic.configuration.items()
        if topic.name in found and found[topic.name].get(name) != wanted
    ]


async def _provision() -> int:
    options = connection_options(load(BrokerSettings), "connexion-topics")
    try:
        async with admin_client(options) as admin:
            done = await provision(admin)
    except UNREACHABLE as why:
        print(f"The broker at {options['bootstrap_servers']} does not answer: {why}", file=sys.stderr)
        return 1
    for name in done.created:
        print(f"created {name}")
    for difference in done.differences:
        print(difference, file=sys.stderr)
    return 2 if done.differences else 0


if __name__ == "__main__":
    if sys.argv[1:] != ["provision"]:
        sys.exit("usage: python -m chassis.topics provision")
    sys.exit(asyncio.run(_provision()))
