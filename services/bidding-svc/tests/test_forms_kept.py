"""The forms on PostgreSQL: fences, locks, versions, the close by the clock."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from bidding_svc.form_a.form_a import FormA, FormAEntry, FormANotReady
from bidding_svc.form_a.lifecycle import FormAState
from bidding_svc.form_a.use_cases import NotAPtan, lock_closed_forms, open_form
from bidding_svc.form_a.views import read_my_form
from bidding_svc.form_b.bid import Bid, FormANotApproved
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.form_b.use_cases import BidAlreadyBegun, NotInTheRound, close_bids
from bidding_svc.form_b.views import list_bids, read_bid
from bidding_svc.forms.sheet import ChangedMeanwhile
from bidding_svc.forms.window import WindowNotOpen
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases.moving import move_due_rounds
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotFound
from tests.bidding.house import BID_ANSWERS, BUSINESS_ANSWERS, PTAN, ROUND, known, open_house

pytestmark = pytest.mark.database
SYSTEM = Actor.system("test")


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


@pytest.fixture
def clock(monkeypatch):
    """Set the program's clock to a moment."""

    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


def person(house, *permissions):
    return Actor("person", "DWHITLOCK01", organization_id=house.organization_id, permissions=frozenset(permissions))


async def close_of(house):
    async with house.reading() as session:
        return (await session.get_one(Round, ROUND)).closes_at


async def audited(house, action: str) -> list[dict]:
    async with house.database.reading(Fence.system()) as session:
        rows = await session.execute(
            text("select before, after from audit where action = :action order by position"), {"action": action}
        )
        return [dict(row) for row in rows.mappings()]


async def test_a_new_bidder_has_an_empty_form_that_names_it(house):
    async with house.reading() as session:
        view = await read_my_form(session, person(house), ROUND)
    assert (view.state, view.ptan, view.legal_business_name) == (FormAState.EMPTY, PTAN, "Larkspur Sample Medical, LLC")
    assert {problem.code for problem in view.problems} == {"REQUIRED"}
    assert not view.ready


async def test_a_half_filled_draft_with_a_wrong_answer_is_kept_and_its_problems_named(house):
    await house.edit("business", {"gross_receipts": "a lot", "small_supplier": "yes"})
    async with house.reading() as session:
        view = await read_my_form(session, person(house), ROUND)
    assert view.business.answers["gross_receipts"] == "a lot"
    assert ("business.gross_receipts", "UNREADABLE") in {(each.path, each.code) for each in view.problems}
    with pytest.raises(FormANotReady):
        await house.approve()


async def test_from_empty_forms_to_a_submitted_bid_and_back_by_an_edit(house):
    bid_id = await house.submitted_bid()
    async with house.reading() as session:
        bid = await read_bid(session, person(house, "form_b.edit", "form_b.certify"), bid_id)
    assert (bid.state, bid.amount_cents, bid.capacity, known(bid.problems)) == (BidState.SUBMITTED, 2000, 100, [])
    assert (bid.locations, bid.allowed_actions) == ([PTAN], ["edit", "withdraw"])
    assert (await house.edit_bid(bid_id, {"amount": "21.50"})).state is BidState.DRAFT
    assert (await house.certify(bid_id)).amount_cents == 2150


async def test_a_bid_needs_form_a_approved_at_the_moment_it_is_certified(house):
    bid_id = await house.submitted_bid()
    await house.edit("business", {"specialty_supplier": "yes"})
    await house.edit_bid(bid_id, {"amount": "21.50"})
    with pytest.raises(FormANotApproved):
        await house.certify(bid_id)
    await house.approve()
    await house.certify(bid_id)


async def test_of_two_people_in_one_section_the_second_is_told_what_the_first_wrote(house):
    form = await house.edit("business", BUSINESS_ANSWERS)
    await house.edit("business", {"specialty_supplier": "yes"}, base=form.version, by="MREYES22")
    with pytest.raises(ChangedMeanwhile) as refused:
        await house.edit("business", {"small_supplier": "no"}, base=form.version)
    assert [(each.path, each.message) for each in refused.value.fields] == [
        ("specialty_supplier", "MREYES22 wrote: yes")
    ]
    await house.edit("disclosures", {"sanctions": "no"}, base=form.version)
    await house.edit_entry("locations", PTAN, {"states": ["MD"]}, base=form.version)


async def test_two_people_at_the_same_moment_are_put_in_a_row_and_one_of_them_is_told(house):
    given = [{"bidding_as": "network"}, {"bidding_as": "single-location"}]
    done = await asyncio.gather(*(house.edit("business", each, base=0) for each in given), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["ChangedMeanwhile", "FormA"]


async def test_the_same_answers_sent_twice_are_saved_once(house):
    form = await house.edit("business", BUSINESS_ANSWERS, base=0)
    again = await house.edit("business", BUSINESS_ANSWERS, base=0)
    assert (form.version, again.version) == (1, 1)
    assert len(await audited(house, "form-a.edit")) == 1 + 1  # the answers, and that the form was begun


async def test_a_location_stands_under_a_ptan(house):
    with pytest.raises(NotAPtan):
        await house.edit_entry("locations", "123", {})
    await house.edit_entry("locations", PTAN, {})
    async with house.reading() as session:
        assert (await session.scalars(select(FormAEntry.ptan))).all() == [PTAN]


async def test_prices_stand_neither_in_the_audit_trail_nor_in_what_is_said(house):
    await house.submitted_bid()
    assert all("20.00" not in str(row) for row in await audited(house, "bid.edit"))
    async with house.database.reading(Fence.system()) as session:
        told = (await session.scalars(text("select body from outbox where type like '%.bid-%'"))).all()
    assert told
    assert all("2000" not in body and "20.00" not in body for body in told)


async def test_a_competition_takes_one_bid_of_a_bidder_until_it_is_withdrawn(house):
    bid_id = await house.begin_bid()
    with pytest.raises(BidAlreadyBegun):
        await house.begin_bid()
    await house.withdraw(bid_id)
    assert await house.begin_bid() != bid_id


async def test_two_beginnings_at_once_make_one_bid(house):
    done = await asyncio.gather(house.begin_bid(), house.begin_bid(), return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["BidAlreadyBegun", "UUID"]


async def test_no_bid_begins_in_an_unknown_competition_or_one_taken_out(house):
    with pytest.raises(NotFound):
        await house.begin_bid(cba="nowhere")
    async with house.database.writing(Fence.system(), SYSTEM) as session:
        await session.execute(text("update competition set state = 'REMOVED' where category_code = 'OTSK'"))
    with pytest.raises(NotInTheRound):
        await house.begin_bid()


async def test_another_organization_finds_none_of_it(house):
    bid_id = await house.submitted_bid()
    other = await open_house(house.database, "9000000002", "Hollow Oak Sample Supply, Inc.")
    async with other.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Bid)) == 0
        assert await session.scalar(select(func.count()).select_from(FormAEntry)) == 0
        with pytest.raises(NotFound):
            await read_bid(session, person(other), bid_id)
    with pytest.raises(NotFound):
        await other.edit_bid(bid_id, BID_ANSWERS)


async def test_staff_see_no_form_and_no_bid_before_the_round_is_in_evaluation(house):
    await house.submitted_bid()

    async def seen():
        async with house.database.reading(Fence.staff()) as session:
            return [await session.scalar(select(func.count()).select_from(each)) for each in (FormA, FormAEntry, Bid)]

    assert await seen() == [0, 0, 0]
    async with house.database.writing(Fence.system(), SYSTEM) as session:
        (await session.get_one(Round, ROUND)).phase = Phase.EVALUATION
    assert await seen() == [1, 1, 1]


async def test_the_last_second_of_the_window_counts_to_its_end_and_the_next_does_not(house, clock):
    close = await close_of(house)
    clock(close + timedelta(milliseconds=999))
    await house.edit("business", BUSINESS_ANSWERS)
    clock(close + timedelta(seconds=1))
    with pytest.raises(WindowNotOpen):
        await house.edit("business", {"specialty_supplier": "yes"})


async def test_who_waited_for_the_form_past_the_close_is_too_late(house, clock):
    """A transaction that began in time and got the form after the close is judged by when it got it."""
    close = await close_of(house)
    clock(close)
    async with house.acting() as first:
        await open_form(first, ROUND)
        late = asyncio.create_task(house.edit("business", BUSINESS_ANSWERS))
        async with house.database.reading(Fence.system()) as session:
            while not await session.scalar(text("select count(*) from pg_locks where not granted")):
                await asyncio.sleep(0.01)
                await session.rollback()
        clock(close + timedelta(seconds=1))
    with pytest.raises(WindowNotOpen):
        await late


async def test_at_the_close_forms_are_locked_as_they_stand_and_bids_received_or_incomplete(house, clock):
    submitted = await house.submitted_bid()
    draft = await house.begin_bid("OTSB")
    close = await close_of(house)

    async def sweep(at):
        clock(at)
        async with house.database.writing(Fence.system(), SYSTEM) as session:
            moved = await move_due_rounds(session, at, 10)
        async with house.database.writing(Fence.system(), SYSTEM) as session:
            return moved, await lock_closed_forms(session, at, 10), await close_bids(session, at, 10)

    assert await sweep(close + timedelta(milliseconds=999)) == (0, 0, 0)
    assert await sweep(close + timedelta(seconds=1)) == (1, 1, 2)
    assert await sweep(close + timedelta(seconds=6)) == (0, 0, 0)
    async with house.reading() as session:
        form = await session.scalar(select(FormA))
        page = await list_bids(session, person(house), ROUND, None, 10)
    assert (form.state, form.state_at_close, form.changed_at) == (FormAState.LOCKED, "APPROVED", close)
    assert {bid.id: bid.state for bid in page.items} == {submitted: BidState.RECEIVED, draft: BidState.INCOMPLETE}


async def test_a_list_of_bids_goes_on_where_the_page_ended(house):
    begun = [await house.begin_bid(category) for category in ("OTSK", "OTSB", "UROL")]
    async with house.reading() as session:
        first = await list_bids(session, person(house), ROUND, None, 2)
        rest = await list_bids(session, person(house), ROUND, first.next, 2)
    assert [bid.id for bid in first.items + rest.items] == begun
    assert rest.next is None
