"""Transient failures are waited out, permanent ones are set aside with their story and replayed by one command."""

import logging
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from chassis import parking
from chassis.errors import Invalid, NotAllowedNow
from chassis.failures import Failure, kind_of
from chassis.kafka_clients import UNREACHABLE, keep_quiet
from chassis.parking import parked, replay
from chassis.parking_lot import Parked, ParkingLot
from events.envelope import MalformedMessageError
from tests.infrastructure.waiting import eventually

pytestmark = [pytest.mark.broker]


class BidderIsSuspended(NotAllowedNow):
    """This bidder is suspended."""


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr("chassis.inbox.PAUSES", (0.01, 0.02, 0.03))
    monkeypatch.setattr("chassis.inbox.PAUSE_BEFORE_SEEK", 0.05)


def failing(listener, error, *, things=("bad",), times=None):
    """Handle events, but fail on these things, always or so many times."""
    failures = dict.fromkeys(things, 0)

    async def handle(event, session):
        if event.thing in failures and (times is None or failures[event.thing] < times):
            failures[event.thing] += 1
            raise error
        await session.execute(
            text("insert into effect (thing, number) values (:thing, :number)"),
            {"thing": event.thing, "number": event.number},
        )

    listener.on_counted(handle)
    return failures


async def parked_here(listener) -> list[Parked]:
    return [story for story in await parked("notices", listener.options) if story.topic == listener.stream.name]


async def test_a_transient_failure_is_tried_again_in_place_and_order_is_kept(listener, place):
    failures = failing(listener, ConnectionError(), times=2)
    await listener.tell("bad", 1)
    await listener.tell("good", 2)
    async with listener.listening():
        assert await place.effects_of(2) == [("bad", 1), ("good", 2)]
    assert failures == {"bad": 2}
    assert await parked_here(listener) == []


async def test_what_stays_away_is_waited_for_by_seeking_back_and_never_parked(listener, place):
    failures = failing(listener, ConnectionError(), times=9)
    await listener.tell("bad", 1)
    await listener.tell("good", 2)
    async with listener.listening():
        assert await place.effects_of(2) == [("bad", 1), ("good", 2)]
    assert failures == {"bad": 9}
    assert await parked_here(listener) == []


async def test_a_broken_rule_is_parked_with_its_story_and_the_others_go_on(listener, place):
    failures = failing(listener, BidderIsSuspended())
    await listener.tell("good", 1)
    event_id = await listener.tell("bad", 2)
    await listener.tell("good", 3)
    async with listener.listening():
        assert await place.effects_of(2) == [("good", 1), ("good", 3)]
    assert failures == {"bad": 1}
    [story] = await parked_here(listener)
    assert (story.event_id, story.error, story.rule) == (str(event_id), "BidderIsSuspended", "bidder-is-suspended")
    assert (story.topic, story.partition, story.offset) == (listener.stream.name, 0, 1)
    assert story.at


async def test_an_unknown_fault_is_tried_a_few_times_and_then_parked(listener, place):
    failures = failing(listener, KeyError("x"))
    await listener.tell("bad", 1)
    await listener.tell("good", 2)
    async with listener.listening():
        assert await place.effects_of(1) == [("good", 2)]
    assert failures == {"bad": 4}
    assert [story.error for story in await parked_here(listener)] == ["KeyError"]


@pytest.mark.parametrize("body", [b"not json", b'{"thing": "secret-name"}', b'{"thing": 1, "number": "secret-number"}'])
async def test_a_message_that_is_no_event_is_parked_and_its_payload_quoted_nowhere(listener, place, caplog, body):
    caplog.set_level(logging.DEBUG)
    keep_quiet()
    listener.note_effects()
    await listener.tell("bad", 1, body=body)
    await listener.tell("good", 2)
    async with listener.listening():
        assert await place.effects_of(1) == [("good", 2)]
    [story] = await parked_here(listener)
    assert story.error == "MalformedMessageError"
    assert "secret" not in story.rule + caplog.text


async def test_a_message_without_our_headers_is_parked(listener, place):
    listener.note_effects()
    await listener.tell("good", 1)
    await listener.producer.send_and_wait(listener.stream.name, value=b"{}", key=b"k")
    async with listener.listening():
        await place.effects_of(1)
        await eventually(lambda: parked_here(listener))


@pytest.mark.real_kafka
async def test_a_message_that_cannot_even_be_parked_is_not_acknowledged(listener, place, monkeypatch):
    failing(listener, BidderIsSuspended())
    tries = []

    async def no_broker(self, record, hearing, error):
        tries.append(record.offset)
        raise ConnectionError

    monkeypatch.setattr(ParkingLot, "park", no_broker)
    await listener.tell("bad", 1)
    async with listener.listening():
        await eventually(lambda: len(tries) >= 3)
    assert set(tries) == {0}
    assert await listener.committed() == {}


@pytest.mark.real_kafka
async def test_ten_parked_in_a_row_end_the_process_and_the_next_message_is_left_for_the_next_process(
    listener, place, monkeypatch
):
    ended = []
    monkeypatch.setattr("os.kill", lambda *call: ended.append(call))
    failing(listener, BidderIsSuspended())
    for number in range(12):
        await listener.tell("bad", number)
    async with listener.listening():
        await eventually(lambda: ended)
    assert "10 events in a row" in listener.vitals.failed
    assert len(await parked_here(listener)) == 10
    assert await listener.committed() == {0: 10}
    assert len(ended) == 1


async def test_nine_parked_with_a_good_one_between_end_nothing(listener, place, monkeypatch):
    monkeypatch.setattr("chassis.inbox.PARKED_IN_A_ROW", 3)
    failing(listener, BidderIsSuspended())
    for number, thing in enumerate(["bad", "bad", "good", "bad", "bad", "good"]):
        await listener.tell(thing, number)
    async with listener.listening():
        await place.effects_of(2)
    assert listener.vitals.failed is None


async def test_parked_events_replayed_twice_have_one_effect(listener, place):
    failures = failing(listener, BidderIsSuspended(), things=("bad", "worse"), times=1)
    event_id = await listener.tell("bad", 1)
    await listener.tell("worse", 2)
    async with listener.listening():
        await eventually(lambda: _parked_are(listener, 2))
    assert failures == {"bad": 1, "worse": 1}

    first = await replay("notices", [listener.hearing], listener.database, listener.options)
    assert first.done == 2
    assert await place.effects() == [("bad", 1), ("worse", 2)]
    assert await parked_here(listener) == []

    assert (await replay("notices", [listener.hearing], listener.database, listener.options)).done == 0
    again = await replay("notices", [listener.hearing], listener.database, listener.options, again=True)
    assert (again.done, again.heard_before) == (0, 2)
    assert await place.effects() == [("bad", 1), ("worse", 2)]
    assert await place.admin.fetchval("select count(*) from inbox where key = $1", str(event_id)) == 1


async def _parked_are(listener, count) -> bool:
    return len(await parked_here(listener)) == count


async def test_a_replayed_event_that_fails_again_is_parked_again_with_where_it_first_came_from(listener, place):
    failing(listener, BidderIsSuspended())
    await listener.tell("good", 0)
    await listener.tell("bad", 1)
    async with listener.listening():
        await eventually(lambda: _parked_are(listener, 1))
    [before] = await parked_here(listener)
    result = await replay("notices", [listener.hearing], listener.database, listener.options)
    assert (result.done, result.parked_again) == (0, 1)
    [after] = await parked_here(listener)
    assert (after.topic, after.offset, after.event_id) == (before.topic, before.offset, before.event_id)
    assert after.at > before.at


async def test_a_replay_without_its_database_ends_and_keeps_the_rest_parked(listener, place):
    failing(listener, ConnectionError(), things=("good",))
    await listener.tell("bad", 1, body=b"no json")
    lot = ParkingLot("notices", listener.options)
    async with listener.listening():
        await eventually(lambda: _parked_are(listener, 1))
    await lot.close()
    await listener.producer.send_and_wait(
        "connexion.notices.parked",
        value=listener.event(thing="good", number=1).body(),
        headers=[
            ("parked-topic", listener.stream.name.encode()),
            *[(f"parked-{name}", b"0") for name in ("error", "partition", "offset", "by", "at")],
            ("ce_specversion", b"1.0"),
            ("ce_id", str(uuid.uuid4()).encode()),
            ("ce_type", listener.event.TYPE.encode()),
            ("ce_source", b"/connexion/test"),
            ("ce_time", b"2026-01-01T00:00:00+00:00"),
        ],
        partition=0,
    )
    with pytest.raises(ConnectionError):
        await replay("notices", [listener.hearing], listener.database, listener.options)
    assert "0" in [story.error for story in await parked_here(listener)]
    failing_no_more = await replay_without_failure(listener)
    assert failing_no_more.done == 1


async def replay_without_failure(listener):
    listener.hears.handlers.clear()
    listener.note_effects()
    return await replay("notices", [listener.hearing], listener.database, listener.options)


def test_the_command_says_how_it_is_used(capsys):
    assert parking.main(["replay"]) == 2
    assert "replay <package>" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MalformedMessageError("x"), Failure.PERMANENT),
        (Invalid(), Failure.PERMANENT),
        (ConnectionRefusedError(), Failure.PASSING),
        (TimeoutError(), Failure.PASSING),
        (UNREACHABLE[0](), Failure.PASSING),
        (OperationalError("", {}, Exception()), Failure.PASSING),
        (DBAPIError("", {}, type("E", (Exception,), {"sqlstate": "40P01"})()), Failure.PASSING),
        (DBAPIError("", {}, type("E", (Exception,), {"sqlstate": "42P01"})()), Failure.UNKNOWN),
        (ZeroDivisionError(), Failure.UNKNOWN),
    ],
)
def test_an_error_means_waiting_or_parking(error, kind):
    assert kind_of(error) is kind
