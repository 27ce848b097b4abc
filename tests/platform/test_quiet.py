"""When `make run` may say that the demonstration data has arrived: every group stands at the end of its topic."""

from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupLoadInProgressError

from deploy.local.quiet import _heard, is_behind
from tests.infrastructure.fixtures import NewTopicNamed
from tests.infrastructure.interface import Kafka

pytestmark = pytest.mark.broker


@pytest.fixture
async def admin(kafka: Kafka) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    yield admin
    await admin.close()


@pytest.fixture
async def reader(kafka: Kafka) -> AsyncIterator[AIOKafkaConsumer]:
    reader = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers)
    await reader.start()
    yield reader
    await reader.stop()


@pytest.mark.real_kafka
async def test_a_group_is_behind_until_it_has_committed_what_there_is(
    kafka: Kafka, new_topic: NewTopicNamed, admin: AIOKafkaAdminClient, reader: AIOKafkaConsumer
) -> None:
    topic = await new_topic("quiet", partitions=3)
    group = f"notices.{topic}"
    part = TopicPartition(topic, 2)
    async with (
        AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer,
        AIOKafkaConsumer(
            bootstrap_servers=kafka.bootstrap_servers, group_id=group, enable_auto_commit=False
        ) as consumer,
    ):
        consumer.assign([part])
        await consumer.commit({part: 0})
        assert not await is_behind(admin, reader, group)
        await producer.send_and_wait(topic, b"said", partition=part.partition)
        assert await is_behind(admin, reader, group)
        await consumer.commit({part: 1})
    assert not await is_behind(admin, reader, group)


@pytest.mark.real_kafka
async def test_a_group_whose_topic_is_gone_is_not_behind(admin: AIOKafkaAdminClient, reader: AIOKafkaConsumer) -> None:
    assert not await is_behind(admin, reader, "notices.parked")


class LoadingBroker:
    """A broker that has just started and still reads its groups."""

    async def list_consumer_groups(self) -> list[tuple[str, str]]:
        raise GroupLoadInProgressError


async def test_while_the_broker_still_reads_its_groups_nobody_has_heard_everything(reader: AIOKafkaConsumer) -> None:
    assert not await _heard(LoadingBroker(), reader)
