"""One message, one transaction, one effect."""

import asyncio
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from aiokafka import AIOKafkaConsumer
from faststream import AckPolicy
from faststream.exceptions import AckMessage
from faststream.kafka import KafkaBroker, KafkaRouter
from faststream.kafka.message import KafkaAckableMessage
from sqlalchemy import text

from chassis import program_time
from chassis.inbound import wrongly_subscribed
from chassis.kafka import Hears, hearings
from tests.infrastructure.waiting import eventually

pytestmark = [pytest.mark.broker]

TRACE = "0af7651916cd43dd8448eb211c80319c"


async def test_an_event_told_twice_has_one_effect(listener, place):
    listener.note_effects()
    event_id = await listener.tell("a", 1)
    await listener.tell("a", 1, event_id=event_id)
    await listener.tell("a", 2)
    async with listener.listening():
        assert await place.effects_of(2) == [("a", 1), ("a", 2)]


async def test_the_transaction_stands_behind_the_fence_of_the_events_organization(listener, place):
    listener.note_effects()
    organization = uuid.uuid4()
    await listener.tell("a", 1, organization_id=organization)
    await listener.tell("b", 2)
    async with listener.listening():
        await place.effects_of(2)
    rows = {row["thing"]: row["organization_id"] for row in await place.admin.fetch("select * from effect")}
    assert rows == {"a": organization, "b": None}


async def test_the_worker_acts_by_the_event_that_caused_it_at_program_time(listener, place, tmp_path):
    moved = tmp_path / "offset"
    program_time.use_file(moved)
    program_time.advance(moved, by=timedelta(days=30))
    try:
        listener.note_effects()
        event_id = await listener.tell("a", 1)
        async with listener.listening():
            await place.effects_of(1)
    finally:
        program_time.use_file(None)
    row = await place.admin.fetchrow("select * from effect")
    assert (row["actor"], row["cause"]) == ("notices-worker", str(event_id))
    assert row["at"] - datetime.now(UTC) > timedelta(days=29)


async def test_the_trace_of_the_event_goes_on_in_the_handler(listener, place):
    listener.note_effects()
    await listener.tell("a", 1, traceparent=f"00-{TRACE}-b7ad6b7169203331-01")
    async with listener.listening():
        await place.effects_of(1)
    assert await place.admin.fetchval("select trace_id from effect") == TRACE


@pytest.mark.real_kafka
async def test_an_event_nobody_here_hears_is_skipped_and_committed(listener, place):
    listener.note_effects()
    await listener.tell("a", 1, event_type="connexion.notices.thing-forgotten.v1")
    async with listener.listening():
        await eventually(lambda: _committed(listener, {0: 1}))
    assert await place.effects() == []
    assert await place.admin.fetchval("select count(*) from inbox") == 0


async def _committed(listener, expected) -> bool:
    return await listener.committed() == expected


async def test_two_slices_that_hear_the_same_event_share_its_transaction(listener, place):
    listener.note_effects()
    listener.note_effects()
    await listener.tell("a", 1)
    async with listener.listening():
        assert await place.effects_of(2) == [("a", 1), ("a", 1)]
    assert await place.admin.fetchval("select count(*) from inbox") == 1


async def test_headers_that_are_not_utf_8_do_not_lose_the_event(listener, place):
    listener.note_effects()
    await listener.tell("a", 1, extra=[("from-outside", b"\xff\xfe")])
    async with listener.listening():
        assert await place.effects_of(1) == [("a", 1)]


@pytest.mark.real_kafka
async def test_a_consumer_killed_between_its_commit_and_the_offset_does_not_double_the_effect(
    listener, place, monkeypatch
):
    listener.note_effects()
    await listener.tell("a", 1)
    with monkeypatch.context() as patched:

        async def never(self) -> None:
            await asyncio.Event().wait()

        patched.setattr(KafkaAckableMessage, "ack", never)
        patched.setattr("chassis.inbound.GRACE", 0.1)
        async with listener.listening():
            await place.effects_of(1)
    assert await listener.committed() == {}
    await listener.tell("a", 2)
    async with listener.listening():
        assert await place.effects_of(2) == [("a", 1), ("a", 2)]
        await eventually(lambda: _committed(listener, {0: 2}))


@pytest.mark.real_kafka
async def test_a_failed_handler_leaves_nothing_behind_and_nothing_is_committed(listener, place, monkeypatch):
    monkeypatch.setattr("chassis.inbox.PAUSES", ())
    monkeypatch.setattr("chassis.inbox.PAUSE_BEFORE_SEEK", 0.05)
    tries = 0

    async def fail_after_writing(event, session) -> None:
        nonlocal tries
        await session.execute(text("insert into effect (thing) values ('half')"))
        tries += 1
        raise ConnectionError

    listener.on_counted(fail_after_writing)
    await listener.tell("a", 1)
    async with listener.listening():
        await eventually(lambda: tries >= 3)
    assert await place.effects() == []
    assert await place.admin.fetchval("select count(*) from inbox") == 0
    assert await listener.committed() == {}


@pytest.mark.real_kafka
async def test_shutdown_lets_the_running_handler_finish_and_commits_it(listener, place):
    running = asyncio.Event()
    finish = asyncio.Event()

    async def slow(event, session) -> None:
        running.set()
        await finish.wait()
        await session.execute(text("insert into effect (thing, number) values (:thing, 1)"), {"thing": event.thing})

    listener.on_counted(slow)
    await listener.tell("a", 1)
    async with listener.listening() as broker:
        await asyncio.wait_for(running.wait(), 15)
        stopping = asyncio.create_task(broker.stop())
        finish.set()
        await stopping
    assert await place.effects() == [("a", 1)]
    assert await listener.committed() == {0: 1}


@pytest.mark.real_kafka
async def test_a_handler_may_steer_the_acknowledgement_itself(listener, place):
    async def skip(event, session) -> None:
        raise AckMessage

    listener.on_counted(skip)
    await listener.tell("a", 1)
    async with listener.listening():
        await eventually(lambda: _committed(listener, {0: 1}))
    assert listener.vitals.failed is None


async def test_what_a_handler_says_wakes_the_relay(listener, place):
    async def answer(event, session) -> None:
        session.say(listener.event(thing="answer", number=event.number))

    listener.on_counted(answer)
    await listener.tell("a", 1)
    async with listener.listening():
        await eventually(place.unsent)
        await eventually(lambda: listener.woken == 1)


@pytest.mark.real_kafka
async def test_a_reply_to_header_is_not_answered(listener, place, new_stream, read):
    listener.note_effects()
    await listener.tell("a", 1, extra=[("reply_to", listener.stream.name.encode())])
    async with listener.listening():
        await place.effects_of(1)
        await eventually(lambda: _committed(listener, {0: 1}))
    assert len(await read(listener.stream.name, 2, within=1)) == 1


async def test_every_subscriber_acknowledges_after_handling_in_its_own_group_from_the_earliest(listener):
    listener.note_effects()
    async with listener.listening() as broker:
        assert wrongly_subscribed(broker, "notices") == []


def test_a_router_made_by_hand_is_found():
    router = KafkaRouter()

    @router.subscriber("connexion.documents")
    async def hear(body: bytes) -> None: ...

    broker = KafkaBroker(ack_policy=AckPolicy.NACK_ON_ERROR)
    broker.include_router(router)
    problems = wrongly_subscribed(broker, "notices")
    assert [problem.split(":")[1].split(" is ")[0].strip() for problem in problems] == [
        "ack policy",
        "group",
        "offset reset",
        "automatic commit",
    ]


def test_a_handler_on_a_topic_its_event_does_not_travel_on_is_refused_at_once(listener):
    with pytest.raises(ValueError, match="travels on"):
        listener.hears("connexion.contracts", listener.event)


def test_a_slice_cannot_hear_in_the_name_of_another_service():
    with pytest.raises(ValueError, match="in the name of documents"):
        hearings("notices", [Hears("documents")])


def test_importing_what_slices_import_brings_no_kafka_client_into_the_edge():
    code = (
        "import sys, chassis.kafka, chassis.edge; sys.exit(any(m in sys.modules for m in ('aiokafka', 'faststream')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_offsets_of_many_messages_are_committed_together(listener, place, monkeypatch):
    commits = []
    commit = AIOKafkaConsumer.commit

    async def counted(self, offsets=None):
        commits.append(offsets)
        await commit(self, offsets)

    monkeypatch.setattr(AIOKafkaConsumer, "commit", counted)
    listener.note_effects()
    for number in range(50):
        await listener.tell("a", number)
    async with listener.listening():
        await place.effects_of(50)
        await eventually(lambda: _committed(listener, {0: 50}))
    assert len(commits) < 50
    assert None not in commits, "only what is handled is committed, never the consumer's position"
