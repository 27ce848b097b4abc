"""What a transaction says and does is written with it, as one statement, or not at all."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import event, select, text

from chassis.actor import Actor
from chassis.database import Fence
from chassis.recording import KeptAnswer, KeyTaken
from tests.probe.thing import Thing, ThingMade

pytestmark = pytest.mark.storage
ORGANIZATION = uuid4()
ACTOR = Actor("person", "DWHITLOCK01", person_id=uuid4(), organization_id=ORGANIZATION, role="AO", token_id="t1")
FENCE = Fence.organization(ORGANIZATION)


async def rows(probe, statement):
    async with probe.reading(Fence.system()) as session:
        return (await session.execute(text(statement))).all()


async def test_a_new_aggregate_says_its_event_and_leaves_an_audit_row(probe):
    at = datetime(2026, 12, 20, 1, 59, 59, 500_000, tzinfo=UTC)
    async with probe.writing(FENCE, ACTOR, at=at) as session:
        thing = Thing(ORGANIZATION, "one")
        session.add(thing)
    (said,) = await rows(probe, "select * from outbox")
    (noted,) = await rows(probe, "select * from audit")
    assert (said.topic, said.key, said.type) == (ThingMade.TOPIC, str(thing.id), ThingMade.TYPE)
    assert (said.source, said.organization_id, said.occurred_at) == ("/connexion/probe", ORGANIZATION, at)
    assert ThingMade.model_validate_json(said.body).thing_id == thing.id
    assert (noted.action, noted.entity, noted.entity_id) == ("thing.make", "thing", str(thing.id))
    assert (noted.actor_id, noted.role, noted.organization_id, noted.token_id) == (
        "DWHITLOCK01",
        "AO",
        ORGANIZATION,
        "t1",
    )
    assert (noted.at, noted.before, noted.after) == (at, None, {"name": "one"})


async def test_what_an_aggregate_says_is_kept_also_when_nothing_holds_the_aggregate(probe):
    async with probe.writing(FENCE, ACTOR) as session:
        session.add(Thing(ORGANIZATION, "one"))
    async with probe.writing(FENCE, ACTOR) as session:
        (await session.scalars(select(Thing))).one().rename("two")
    assert [row.type for row in await rows(probe, "select type from outbox order by position")] == [
        "connexion.probe.thing-made.v1",
        "connexion.probe.thing-renamed.v1",
    ]


async def test_events_keep_the_order_in_which_they_were_said(probe):
    async with probe.writing(FENCE, ACTOR) as session:
        thing = Thing(ORGANIZATION, "0")
        session.add(thing)
        await session.flush()
        for number in range(1, 20):
            thing.rename(str(number))
    names = [row.after["name"] for row in await rows(probe, "select after from audit order by position")]
    assert names == [str(number) for number in range(20)]


async def test_an_error_leaves_nothing_behind(probe):
    with pytest.raises(ZeroDivisionError):
        async with probe.writing(FENCE, ACTOR) as session:
            session.add(Thing(ORGANIZATION, "one"))
            await session.flush()
            1 / 0  # noqa: B018
    for table in ("thing", "outbox", "audit", "inbox"):
        assert await rows(probe, f"select * from {table}") == []


async def test_outbox_audit_and_key_are_one_statement(probe):
    statements = []

    def count(_connection, _cursor, statement, *_more):
        statements.append(statement)

    event.listen(probe.engine.sync_engine, "before_cursor_execute", count)
    async with probe.writing(FENCE, ACTOR) as session:
        thing = Thing(ORGANIZATION, "one")
        session.add(thing)
        await session.flush()
        thing.rename("two")
        session.keep(KeptAnswer("k", "d", 201, "{}", ORGANIZATION))
    event.remove(probe.engine.sync_engine, "before_cursor_execute", count)
    assert len([statement for statement in statements if "outbox" in statement]) == 1
    assert len(statements) == 3, "insert, update, recording; the fence came with BEGIN"


async def test_a_key_that_is_taken_undoes_the_second_transaction(probe):
    async with probe.writing(FENCE, ACTOR) as session:
        session.keep(KeptAnswer("k", "d", 200, "{}", ORGANIZATION))
    with pytest.raises(KeyTaken):
        async with probe.writing(FENCE, ACTOR) as session:
            session.add(Thing(ORGANIZATION, "again"))
            session.keep(KeptAnswer("k", "d", 200, "{}", ORGANIZATION))
    assert await rows(probe, "select * from thing") == []
    assert await rows(probe, "select * from outbox") == []


async def test_the_trace_of_the_request_stands_in_outbox_and_audit(probe):
    tracer = TracerProvider().get_tracer("test")
    with tracer.start_as_current_span("request") as span:
        trace_id = trace.format_trace_id(span.get_span_context().trace_id)
        async with probe.writing(FENCE, ACTOR) as session:
            session.add(Thing(ORGANIZATION, "one"))
    (said,) = await rows(probe, "select traceparent from outbox")
    (noted,) = await rows(probe, "select trace_id from audit")
    assert said.traceparent.split("-")[1] == noted.trace_id == trace_id


@pytest.mark.parametrize(("reason", "kept"), [(None, ""), ("forgot the password", ": forgot the password")])
async def test_whoever_acts_with_a_ticket_in_hand_leaves_it_in_every_audit_row(probe, reason, kept):
    ticket_id = uuid4()
    async with probe.writing(Fence.staff(), Actor("staff", "SERVICE16", ticket_id=ticket_id)) as session:
        session.audit("thing.unlock", "1", reason=reason)
    (noted,) = await rows(probe, "select reason from audit")
    assert noted.reason == f"ticket {ticket_id}{kept}"
