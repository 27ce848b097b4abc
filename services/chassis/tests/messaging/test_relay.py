"""What the relay promises, on a real outbox and a real broker."""

import asyncio
import random
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from chassis.relay import Relay
from chassis.relay.relay import Outbox
from events.topics import Topic
from tests.infrastructure.waiting import eventually

pytestmark = [pytest.mark.broker]


@asynccontextmanager
async def relaying(place: Any, *topics: Topic) -> AsyncIterator[Relay]:
    relay, stop = Relay("notices", place.settings, topics=topics), asyncio.Event()
    task = asyncio.create_task(relay.run(stop))
    try:
        yield relay
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


def in_order(told: list[Any]) -> bool:
    """Whether every key's numbers come in the order they were said, repeats aside."""
    last: dict[str, int] = defaultdict(lambda: -1)
    seen = set()
    for record in told:
        if (record.key, record.number) in seen:
            continue
        seen.add((record.key, record.number))
        if record.number != last[record.key] + 1:
            return False
        last[record.key] = record.number
    return True


async def test_a_committed_row_is_told_as_a_cloud_event_and_marked(place, new_stream, read):
    stream = new_stream()
    organization = uuid.uuid4()
    event_id = await place.say(stream.name, "a", 0, organization_id=organization)
    async with relaying(place, stream):
        [told] = await read(stream.name, 1)
        await eventually(lambda: _all_sent(place))
    assert told.headers == {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_type": "connexion.notices.thing-counted.v1",
        "ce_source": "/connexion/notices",
        "ce_subject": "a",
        "ce_time": told.headers["ce_time"],
        "ce_organization": str(organization),
        "content-type": "application/json",
    }


async def _all_sent(place) -> bool:
    return await place.unsent() == 0


async def test_a_wake_up_after_the_commit_is_quicker_than_the_look_every_second(place, new_stream, monkeypatch):
    monkeypatch.setattr("chassis.relay.relay.LOOK_EVERY", 3600)
    stream = new_stream()
    await place.say(stream.name, "a", 0)
    async with relaying(place, stream):
        await eventually(lambda: _all_sent(place))
        await place.say(stream.name, "a", 1)
        await place.admin.execute("notify outbox")
        await eventually(lambda: _all_sent(place), within=5)


async def test_without_any_wake_up_the_relay_looks_every_second(place, new_stream):
    stream = new_stream()
    async with relaying(place, stream):
        await place.say(stream.name, "a", 0)
        await eventually(lambda: _all_sent(place))


async def test_many_rows_are_in_flight_and_each_key_keeps_its_order(place, new_stream, read):
    stream = new_stream(12)
    rows = [(f"key-{n % 50}", n // 50) for n in range(6_000)]
    await place.admin.copy_records_to_table(
        "outbox",
        records=[_row(stream.name, key, number) for key, number in rows],
        columns=_COLUMNS,
    )
    async with relaying(place, stream):
        told = await read(stream.name, len(rows), within=60)
    assert len(told) == len(rows)
    assert in_order(told)
    assert len({record.partition for record in told}) > 1


_COLUMNS = ["id", "topic", "key", "type", "subject", "source", "occurred_at", "body"]


def _row(topic: str, key: str, number: int) -> tuple[Any, ...]:
    import datetime

    at = datetime.datetime.now(datetime.UTC)
    body = f'{{"thing": "{key}", "number": {number}}}'
    return (uuid.uuid4(), topic, key, "connexion.notices.thing-counted.v1", key, "/connexion/notices", at, body)


async def test_what_commits_late_is_never_skipped_by_21_writers_that_sleep_before_they_commit(place, new_stream, read):
    stream = new_stream(12)
    per_writer, writers = 15, 21
    chance = random.Random(26)

    async def write(key: str) -> None:
        connection = await asyncpg.connect(_admin_url(place))
        try:
            for number in range(per_writer):
                async with connection.transaction():
                    row = _row(stream.name, key, number)
                    await connection.execute(
                        f"insert into outbox ({', '.join(_COLUMNS)}) values ($1, $2, $3, $4, $5, $6, $7, $8)", *row
                    )
                    await asyncio.sleep(chance.uniform(0, 0.06))  # positions are taken, the commit is not yet there
        finally:
            await connection.close()

    async with relaying(place, stream):
        await asyncio.gather(*(write(f"writer-{n}") for n in range(writers)))
        told = await read(stream.name, writers * per_writer, within=30)
        await eventually(lambda: _all_sent(place))
    assert {(t.key, t.number) for t in told} == {(f"writer-{w}", n) for w in range(writers) for n in range(per_writer)}
    assert in_order(told)


def _admin_url(place) -> str:
    from sqlalchemy import make_url

    host, port = place.admin._addr
    return f"postgresql://postgres@{host}:{port}/{make_url(place.settings.database_url).database}"


async def test_a_relay_that_dies_between_the_ack_and_its_mark_tells_again_under_the_same_id(
    place, new_stream, read, monkeypatch
):
    stream = new_stream()
    event_id = await place.say(stream.name, "a", 0)
    told_once = asyncio.Event()

    async def die(self, positions, at):
        if positions:
            told_once.set()
            await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(Outbox, "mark_sent", die)
        relay = asyncio.create_task(Relay("notices", place.settings, topics=(stream,)).run(asyncio.Event()))
        await asyncio.wait_for(told_once.wait(), 20)
        relay.cancel()
        await asyncio.wait([relay])
    assert await place.unsent() == 1
    async with relaying(place, stream):
        told = await read(stream.name, 2)
    assert [record.headers["ce_id"] for record in told] == [str(event_id)] * 2


async def test_of_two_relays_one_acts_and_the_other_takes_over_when_it_stops(place, new_stream, read):
    stream = new_stream()
    async with relaying(place, stream) as second_in_line:
        await eventually(lambda: place.admin.fetchval("select leader from relay_state"))
        first = second_in_line
        async with relaying(place, stream):
            for number in range(20):
                await place.say(stream.name, "a", number)
            assert len(await read(stream.name, 20)) == 20
            assert await place.admin.fetchval("select leader from relay_state") == first.id
    assert await place.unsent() == 0
    assert len(await read(stream.name, 21, within=2)) == 20


async def test_a_relay_that_ended_without_handing_over_is_waited_out(place, new_stream, monkeypatch):
    stream = new_stream()
    monkeypatch.setattr("chassis.relay.leading.SEND_TIMEOUT", 2.0)
    dead = uuid.uuid4()
    await place.admin.execute("insert into relay_state (leader) values ($1)", dead)
    await place.say(stream.name, "a", 0)
    began = asyncio.get_running_loop().time()
    async with relaying(place, stream):
        await eventually(lambda: _all_sent(place))
    assert asyncio.get_running_loop().time() - began > 2
    assert await place.admin.fetchval("select leader from relay_state") is None


@pytest.mark.real_kafka
async def test_a_relay_that_loses_its_lock_connection_closes_its_producer_and_leads_again(
    place, new_stream, read, monkeypatch
):
    closed = []
    from chassis import kafka_clients

    really_abandon = kafka_clients.abandon

    async def abandon(producer):
        closed.append(producer)
        await really_abandon(producer)

    monkeypatch.setattr(kafka_clients, "abandon", abandon)
    stream = new_stream()
    async with relaying(place, stream):
        await place.say(stream.name, "a", 0)
        await eventually(lambda: _all_sent(place))
        assert not closed
        await place.admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'notices-relay'"
            " and datname = current_database()"
        )
        await eventually(lambda: closed)
        await place.say(stream.name, "a", 1)
        await eventually(lambda: _all_sent(place))
    assert in_order(await read(stream.name, 2))


@pytest.mark.real_kafka
async def test_a_topic_that_the_broker_lost_is_made_again_and_told_again(place, new_stream, read, kafka, monkeypatch):
    from aiokafka.admin import AIOKafkaAdminClient

    monkeypatch.setattr("chassis.relay.watch.LOOK_EVERY", 0.3)
    lost, kept = new_stream(), new_stream()
    for number in range(3):
        await place.say(lost.name, "a", number)
        await place.say(kept.name, "b", number)
    async with relaying(place, lost, kept):
        await eventually(lambda: _all_sent(place))
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
        await admin.start()
        await admin.delete_topics([lost.name])
        await admin.close()
        await eventually(lambda: _told(read, lost.name, 3), within=30)
    assert len(await read(kept.name, 4, within=2)) == 3


async def _told(read: Callable[..., Any], topic: str, count: int) -> bool:
    return len(await read(topic, count, within=3)) == count


async def test_a_sent_row_is_purged_when_it_is_old_enough_and_an_unsent_one_never(place):
    import datetime

    await place.say("connexion.notices", "a", 0)
    await place.say("connexion.notices", "a", 1)
    long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=401)
    await place.admin.execute("update outbox set created_at = $1", long_ago)
    await place.admin.execute("update outbox set sent_at = $1 where body like '%0%'", long_ago)
    outbox = Outbox(place.admin)
    assert await outbox.purge(sent_before=long_ago + datetime.timedelta(days=1)) == 1
    assert await place.unsent() == 1
