"""Topics are made from their records, and from nowhere else."""

import dataclasses

import pytest

from chassis.kafka_clients import admin_client, start_producer
from chassis.topics import provision
from events.topics import TOPICS
from tests.infrastructure.waiting import eventually

pytestmark = [pytest.mark.broker]


@pytest.fixture
async def admin(listener):
    async with admin_client(listener.options) as admin:
        yield admin


async def test_topics_are_made_as_their_records_say_and_a_second_time_nothing_happens(admin, new_stream, kafka):
    stream, state = new_stream(12), new_stream(3, compacted=True)
    first = await provision(admin, [stream, state])
    assert (sorted(first.created), first.differences) == (sorted([stream.name, state.name]), [])

    async def described() -> list[int]:
        told = {topic["topic"]: topic for topic in await admin.describe_topics([stream.name, state.name])}
        return [len(told[topic.name]["partitions"]) for topic in (stream, state)]

    async def all_partitions_are_known() -> bool:  # a broker knows them a moment after it has made the topic
        return 0 not in await described()

    await eventually(all_partitions_are_known)
    assert await described() == [12, 3]
    second = await provision(admin, [stream, state])
    assert (second.created, second.differences) == ([], [])


@pytest.mark.real_kafka
async def test_a_topic_that_differs_from_its_record_is_told_and_not_changed(admin, new_stream):
    stream = new_stream(3)
    await provision(admin, [stream])
    wanted = dataclasses.replace(stream, partitions=12, compacted=True)
    expected = [
        f"{stream.name} has 3 partitions instead of 12",
        f"{stream.name} has cleanup.policy=delete instead of compact",
    ]

    async def told() -> bool:  # a broker lists a topic a moment after it has made it
        return (await provision(admin, [wanted])).differences == expected

    await eventually(told)
    assert await told()


async def test_every_topic_of_the_platform_can_be_made(admin):
    await provision(admin)

    async def all_known() -> bool:
        return {topic.name for topic in TOPICS} <= set(await admin.list_topics())

    await eventually(all_known)


@pytest.mark.real_kafka
async def test_a_topic_nobody_declared_is_not_made_by_sending_to_it(listener, admin, new_stream):
    nowhere = new_stream().name
    producer = await start_producer(listener.options)
    try:
        with pytest.raises(Exception, match="UnknownTopicOrPartition"):
            await producer.send_and_wait(nowhere, b"x")
    finally:
        await producer.stop()
    assert nowhere not in await admin.list_topics()
