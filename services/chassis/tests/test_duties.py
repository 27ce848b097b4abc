"""Separation of duties, judged by person and from the audit trail of the case."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.actor import Actor
from chassis.database import Fence
from chassis.duties import AnotherPersonThan, SomebodyElseMust, Stranger, StrangerNeeded, TicketNeeded, WithTicket
from chassis.ids import Entity
from chassis.problems import status_of
from tests.probe.thing import Thing

pytestmark = pytest.mark.storage

FOUR_EYES = AnotherPersonThan("thing.make", "thing.rename", sentence="You wrote this. Somebody else must approve it.")
STRANGER = Stranger(sentence="You worked on this case. Another hearing officer must hear it.")
TICKET = WithTicket(sentence="Take a ticket in hand first.")
ORGANIZATION = uuid4()
AT = datetime(2026, 12, 20, tzinfo=UTC)


def somebody(**more):
    return Actor(**{"kind": "staff", "user_id": "QREVIEWER10", "person_id": uuid4(), "role": "QUALITY_REVIEWER"} | more)


async def made_by(probe, actor, at=AT):
    """A thing this actor made, as the entity of a case."""
    async with probe.writing(Fence.organization(ORGANIZATION), actor, at=at) as session:
        thing = Thing(ORGANIZATION, "one")
        session.add(thing)
    return Entity("thing", thing.id)


async def asks(probe, rule, actor, *case, fence=None, **more):
    async with probe.writing(fence or Fence.staff(), actor) as session:
        await rule.require(session, *case, **more)


async def test_who_drafted_does_not_approve_and_anybody_else_does(probe):
    drafter = somebody()
    case = await made_by(probe, drafter)
    with pytest.raises(SomebodyElseMust, match="You wrote this"):
        await asks(probe, FOUR_EYES, drafter, case)
    await asks(probe, FOUR_EYES, somebody(), case)


async def test_it_is_the_person_who_is_judged_not_role_session_or_organization(probe):
    drafter = somebody()
    case = await made_by(probe, drafter)
    same = replace(drafter, role="CONTRACTING_OFFICER", user_id="OTHERID01", session_id=uuid4(), token_id="another")
    with pytest.raises(SomebodyElseMust):
        await asks(probe, FOUR_EYES, same, case)
    colleague = replace(drafter, person_id=uuid4())
    await asks(probe, FOUR_EYES, colleague, case)


async def test_only_the_named_actions_count_and_only_on_this_case(probe):
    actor = somebody()
    case, another = await made_by(probe, somebody()), await made_by(probe, actor)
    async with probe.writing(Fence.staff(), actor) as session:
        session.audit("thing.read", case.id)
        session.audit("other.make", case.id)
    await asks(probe, FOUR_EYES, actor, case)
    with pytest.raises(SomebodyElseMust):
        await asks(probe, FOUR_EYES, actor, case, another)


@pytest.mark.parametrize("flushed", [False, True])
async def test_what_was_done_in_the_same_transaction_counts(probe, flushed):
    async with probe.writing(Fence.organization(ORGANIZATION), somebody()) as session:
        thing = Thing(ORGANIZATION, "one")
        session.add(thing)
        if flushed:
            await session.flush()
        with pytest.raises(SomebodyElseMust):
            await FOUR_EYES.require(session, Entity("thing", thing.id))


async def test_an_act_that_was_undone_does_not_count(probe):
    actor = somebody()
    case = await made_by(probe, somebody())
    with pytest.raises(ZeroDivisionError):
        async with probe.writing(Fence.staff(), actor) as session:
            session.audit("thing.rename", case.id)
            1 / 0  # noqa: B018
    await asks(probe, FOUR_EYES, actor, case)


@pytest.mark.parametrize("rule", [FOUR_EYES, STRANGER])
@pytest.mark.parametrize("actor", [Actor.system("sweep"), somebody(kind="machine", person_id=None)])
async def test_whoever_is_no_person_passes_no_rule_that_speaks_of_persons(probe, rule, actor):
    case = await made_by(probe, somebody())
    with pytest.raises((SomebodyElseMust, StrangerNeeded)):
        await asks(probe, rule, actor, case)


async def test_a_stranger_has_done_nothing_on_the_case_by_whatever_action(probe):
    officer = somebody()
    case, another = await made_by(probe, somebody()), await made_by(probe, somebody())
    await asks(probe, STRANGER, officer, case, another)
    async with probe.writing(Fence.staff(), officer) as session:
        session.audit("thing.read", another.id)
    with pytest.raises(StrangerNeeded, match="Another hearing officer"):
        await asks(probe, STRANGER, officer, case, another)
    await asks(probe, STRANGER, officer, case)


async def test_what_a_stranger_does_from_a_moment_on_does_not_count(probe):
    officer, asked_for = somebody(), AT + timedelta(days=30)
    case = await made_by(probe, somebody())
    async with probe.writing(Fence.staff(), officer, at=asked_for) as session:
        session.audit("thing.hear", case.id)
    await asks(probe, STRANGER, officer, case, before=asked_for)
    with pytest.raises(StrangerNeeded):
        await asks(probe, STRANGER, officer, case, before=asked_for + timedelta(microseconds=1))


async def test_without_a_ticket_in_hand_it_is_refused(probe):
    actor = somebody()
    with pytest.raises(TicketNeeded, match="ticket in hand"):
        await asks(probe, TICKET, actor)
    await asks(probe, TICKET, replace(actor, ticket_id=uuid4()))


async def test_a_rule_about_a_case_without_a_case_is_a_mistake_of_the_program(probe):
    with pytest.raises(ValueError, match="the entities of the case"):
        await asks(probe, FOUR_EYES, somebody())


@pytest.mark.parametrize("fence", [Fence.organization(ORGANIZATION), Fence.staff(), Fence.system()])
async def test_every_fence_may_ask_and_none_that_serves_people_may_read(probe, fence):
    drafter = somebody()
    case = await made_by(probe, drafter)
    async with probe.reading(fence) as session:
        assert await FOUR_EYES.broken_by(drafter, session, case)
        assert not await FOUR_EYES.broken_by(somebody(), session, case)
        if fence != Fence.system():
            with pytest.raises(DBAPIError, match="permission denied"):
                await session.execute(text("select * from audit"))


async def test_with_no_role_taken_on_nobody_may_ask(probe):
    with pytest.raises(DBAPIError, match="permission denied"):
        async with probe.engine.begin() as connection:
            await connection.execute(text("select public.has_acted(null, '{}', '{}', null, null)"))


def test_each_rule_is_refused_as_not_allowed_under_a_slug_of_its_own():
    errors = (SomebodyElseMust, StrangerNeeded, TicketNeeded)
    assert [status_of(error()) for error in errors] == [403, 403, 403]
    assert [error().type for error in errors] == ["somebody-else-must", "stranger-needed", "ticket-needed"]
