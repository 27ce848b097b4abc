"""Rounds whose bids are entered in DBidS: its reports do what the forms do, once, in any order, and until the grace."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.dbids.taking import EnteredTooLate, NotEnteredInDbids, take_bid, take_form_a
from bidding_svc.dbids.worker import on_bid_entered
from bidding_svc.form_a.form_a import FormA
from bidding_svc.form_a.use_cases import lock_closed_forms
from bidding_svc.form_a.views import read_my_form
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.form_b.use_cases import close_bids
from bidding_svc.form_b.views import read_bid
from bidding_svc.forms.sheet import NotAField
from bidding_svc.forms.window import EnteredInDbids
from bidding_svc.rounds.use_cases.moving import move_due_rounds
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotFound
from chassis.tables import audit, outbox
from events.bidding import BidSubmitted, BidVoided, FormAVoided
from events.dbids import BidEntered, FormAEntered, Signed
from tests.bidding.house import (
    BID_ANSWERS,
    BUSINESS_ANSWERS,
    DISCLOSURE_ANSWERS,
    LOCATION_ANSWERS,
    PTAN,
    ROUND,
    in_dbids,
)
from tests.bidding.house import open_house as open_house_here

pytestmark = pytest.mark.database
SYSTEM = Actor.system("test")
VERSIONS = count(1)


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


@pytest.fixture
async def house(bidding):
    """A bidder in an open round whose bids are entered in DBidS."""
    house = await open_house_here(bidding)
    await in_dbids(house)
    return house


def now() -> datetime:
    return program_time.now()


def form_a(house, **more) -> FormAEntered:
    told = {
        "business": BUSINESS_ANSWERS,
        "disclosures": DISCLOSURE_ANSWERS,
        "locations": {PTAN: LOCATION_ANSWERS},
        "approved": Signed(by="DWHITLOCK01", at=now()),
    }
    about = {"bidder_number": house.number, "round_code": ROUND, "version": next(VERSIONS), "entered_at": now()}
    return FormAEntered.model_validate(about | told | more)


def bid(house, **more) -> BidEntered:
    about = {"bidder_number": house.number, "round_code": ROUND, "version": next(VERSIONS), "entered_at": now()}
    place = {"category_code": "OTSK", "cba_code": "nationwide"}
    certified = {"answers": BID_ANSWERS, "certified": Signed(by="DWHITLOCK01", at=now())}
    return BidEntered.model_validate(about | place | certified | more)


async def hear(house, *events) -> list[bool]:
    news = []
    for event in events:
        async with house.database.writing(Fence.system(), SYSTEM) as session:
            take = take_form_a if isinstance(event, FormAEntered) else take_bid
            news.append(await take(session, event))
    return news


async def the_form(house) -> FormA:
    async with house.reading() as session:
        return (await session.scalars(select(FormA))).one()


async def the_bids(house) -> list[Bid]:
    async with house.reading() as session:
        return list(await session.scalars(select(Bid).order_by(Bid.id)))


async def said(house, kind) -> int:
    async with house.database.reading(Fence.system()) as session:
        return len((await session.execute(select(outbox.c.type).where(outbox.c.type == kind.TYPE))).all())


async def test_reports_fill_approve_and_certify_as_people_would_here(house):
    assert await hear(house, form_a(house), bid(house)) == [True, True]
    (standing,) = await the_bids(house)
    assert (standing.state, standing.amount_cents, standing.certified_by) == (BidState.SUBMITTED, 20_00, "DWHITLOCK01")
    form = await the_form(house)
    assert (form.is_approved, form.approved_by) == (True, "DWHITLOCK01")
    assert await said(house, BidSubmitted) == 1


async def test_what_was_reported_shows_on_the_same_pages_and_can_be_changed_in_dbids_alone(house):
    await hear(house, form_a(house), bid(house))
    (standing,) = await the_bids(house)
    may = frozenset({"form_a.business.edit", "form_a.approve", "form_b.edit", "form_b.certify"})
    actor = Actor("person", "DWHITLOCK01", organization_id=house.organization_id, permissions=may)
    async with house.reading() as session:
        form, shown = await read_my_form(session, actor, ROUND), await read_bid(session, actor, standing.id)
    assert (form.entered_in, form.allowed_actions, form.business.answers["business_type"]) == (
        "dbids", [], "c-corporation",
    )  # fmt: skip
    assert (shown.entered_in, shown.allowed_actions, shown.answers["amount"]) == ("dbids", [], "20.00")
    for act in (house.edit("business", {"bidding_as": "network"}), house.begin_bid("OTSB"), house.withdraw(shown.id)):
        with pytest.raises(EnteredInDbids):
            await act


async def test_a_round_that_is_entered_here_takes_no_reports(bidding):
    house = await open_house_here(bidding)
    async with bidding.reading(Fence.system()) as session:
        house.number = await session.scalar(select(Bidder.number))
    with pytest.raises(NotEnteredInDbids):
        await hear(house, form_a(house))


async def test_the_same_report_again_and_an_older_one_change_nothing(house):
    older, newer = bid(house, answers=BID_ANSWERS | {"amount": "19.00"}), bid(house)
    assert await hear(house, form_a(house), newer, newer, older) == [True, True, False, False]
    (standing,) = await the_bids(house)
    assert (standing.amount_cents, standing.state) == (20_00, BidState.SUBMITTED)


async def test_a_bid_that_comes_before_its_form_a_is_certified_once_form_a_is_approved(house):
    await hear(house, bid(house))
    assert [each.state for each in await the_bids(house)] == [BidState.DRAFT]
    await hear(house, form_a(house))
    assert [each.state for each in await the_bids(house)] == [BidState.SUBMITTED]


async def test_what_breaks_a_rule_stays_a_draft_whatever_dbids_certified(house):
    await hear(house, form_a(house), bid(house, answers=BID_ANSWERS | {"amount": "0.00"}))
    assert [each.state for each in await the_bids(house)] == [BidState.DRAFT]


async def test_what_is_not_signed_any_more_there_does_not_stand_here(house):
    await hear(house, form_a(house), bid(house), bid(house, certified=None), form_a(house, approved=None))
    assert ([each.state for each in await the_bids(house)], (await the_form(house)).is_approved) == (
        [BidState.DRAFT], False,
    )  # fmt: skip
    assert (await said(house, BidVoided), await said(house, FormAVoided)) == (1, 1)


async def test_what_a_report_leaves_out_is_taken_off_the_form(house):
    await hear(house, form_a(house, locations={PTAN: LOCATION_ANSWERS, "9000000002": LOCATION_ANSWERS}))
    await hear(house, form_a(house, business={"business_type": "trust"}, approved=None))
    actor = Actor("person", "D", organization_id=house.organization_id)
    async with house.reading() as session:
        form = await read_my_form(session, actor, ROUND)
    assert [entry.key for entry in form.locations] == [PTAN]
    assert {name for name, given in form.business.answers.items() if given is not None} == {"business_type"}


async def test_a_bid_withdrawn_there_is_withdrawn_here_and_a_later_one_is_new(house):
    await hear(house, form_a(house), bid(house), bid(house, withdrawn=True), bid(house))
    assert [each.state for each in await the_bids(house)] == [BidState.WITHDRAWN, BidState.SUBMITTED]


async def test_reports_count_until_the_grace_is_over_for_what_was_entered_before_the_close(house, clock):
    await hear(house, form_a(house))
    in_time, close = {"entered_at": house.closes_at}, house.closes_at
    signed = {"certified": Signed(by="DWHITLOCK01", at=close)}
    clock(close + timedelta(minutes=30))
    with pytest.raises(EnteredTooLate):
        await hear(house, bid(house, entered_at=close + timedelta(seconds=1), certified=None))
    with pytest.raises(EnteredTooLate):
        await hear(house, bid(house, **in_time, certified=Signed(by="D", at=close + timedelta(seconds=1))))
    assert await hear(house, bid(house, **in_time, **signed)) == [True]
    assert [each.state for each in await the_bids(house)] == [BidState.SUBMITTED]
    clock(close + timedelta(minutes=30, seconds=1))
    with pytest.raises(EnteredTooLate):
        await hear(house, bid(house, **in_time, **signed))


async def test_forms_are_locked_after_the_grace_and_not_before(house, clock):
    await hear(house, form_a(house), bid(house))
    for minutes, state in ((30, BidState.SUBMITTED), (31, BidState.RECEIVED)):
        clock(house.closes_at + timedelta(minutes=minutes))
        for sweep in (move_due_rounds, lock_closed_forms, close_bids):
            async with house.database.writing(Fence.system(), SYSTEM) as session:
                await sweep(session, session.at, 100)
        assert [each.state for each in await the_bids(house)] == [state]


async def test_what_came_too_late_leaves_its_evidence_and_holds_up_nothing(house, clock):
    late = bid(house, entered_at=house.closes_at + timedelta(seconds=1))
    clock(house.closes_at + timedelta(minutes=1))
    async with house.database.writing(Fence.system(), SYSTEM) as session:
        await on_bid_entered(late, session)
    async with house.database.reading(Fence.system()) as session:
        rows = (await session.execute(select(audit.c.entity_id).where(audit.c.action == "dbids.refuse"))).all()
    assert ([row.entity_id for row in rows], await the_bids(house)) == ([house.number], [])


async def test_an_unknown_bidder_number_or_field_is_an_error_and_nothing_is_half_taken(house):
    with pytest.raises(NotFound):
        await hear(house, form_a(house, bidder_number="0"))
    with pytest.raises(NotAField):
        await hear(house, form_a(house, disclosures={"no_such_field": "yes"}))
    assert (await the_form(house)).version == 0
