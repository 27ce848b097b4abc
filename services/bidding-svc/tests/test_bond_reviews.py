"""The checklist of a bond in its review: keyed in, computed, overridden with a reason, approved by another person."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text

from bidding_svc.bonds import keying, views
from bidding_svc.bonds.bond import BondChanged
from bidding_svc.bonds.checklist import Element
from bidding_svc.bonds.keying import NotReviewed
from bidding_svc.bonds.lifecycle import BondState
from bidding_svc.bonds.opening import open_bonds
from bidding_svc.bonds.paper import Paper
from bidding_svc.bonds.surety import Surety
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.requirements.asked import BOND
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews import use_cases
from bidding_svc.reviews import views as review_views
from bidding_svc.reviews.bonds.opening import open_bond_reviews
from bidding_svc.reviews.case import NotInYourHands, OutcomeMissing, SomebodyElseHasIt
from bidding_svc.reviews.kinds import Kind, Outcome
from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import eastern_day
from chassis.database import Fence
from chassis.duties import SomebodyElseMust
from chassis.errors import NotAllowedNow, NotFound
from tests.bidding.bonds import CENTS, after_the_close, bond_of
from tests.bidding.evaluation import (
    ANALYST,
    COLLEAGUE,
    REVIEWER,
    act,
    acting,
    as_system,
    close_the_window,
    lines_of,
    run,
    said,
    send,
    settle,
    the_case,
)
from tests.bidding.house import open_house

pytestmark = pytest.mark.database
NAME = "Larkspur Sample Medical, LLC"
PAPER = Paper(
    principal="LARKSPUR SAMPLE MEDICAL LLC",
    surety="Sample Surety Company",
    naic="12345",
    obligee="CMS",
    conditions_stated=True,
    area="Nationwide",
    bond_number="S-100/7",
    issued_on=date(2019, 8, 14),
    amount_cents=CENTS,
    all_pages=True,
)


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


@pytest.fixture
async def house(bidding):
    async with as_system(bidding) as session:
        session.add(Surety(naic="12345", name="Sample Surety Company", certified=True))
        session.add(Surety(naic="54321", name="Sample Surety Company", certified=False))
    return await open_house(bidding, name=NAME)


async def reviewed(house, clock):
    """The claimed case of a bidder whose bond nobody has read yet."""
    await after_the_close(house, clock)
    assert await run(house.database, open_bond_reviews) == 1
    return await claimed(house)


async def claimed(house):
    return await act(house, ANALYST, use_cases.claim, await the_case(house.database, Kind.BONDS, house))


async def key(house, paper=PAPER, *, by=ANALYST, base=None):
    bond = await bond_of(house)
    paper = replace(paper, area=bond.area) if paper.area == "Nationwide" else paper
    async with acting(house.database, by) as session:
        return await keying.key_in(session, bond.id, paper, base=bond.version if base is None else base)


async def checklist_of(house, by=ANALYST):
    bond = await bond_of(house)
    async with house.database.reading(Fence.staff()) as session:
        return (await views.read_bond(session, by, bond.id)).checklist


async def failing(house):
    return {each.code.value for each in await checklist_of(house) if each.outcome is not Outcome.PASS}


async def approve(house, case):
    case = await act(house, ANALYST, use_cases.recommend, await the_case(house.database, Kind.BONDS, house), "")
    return await act(house, REVIEWER, use_cases.approve, case)


async def bid_of(house):
    async with house.database.reading(Fence.staff()) as session:
        return (await session.scalars(select(Bid).where(Bid.organization_id == house.organization_id))).one()


async def test_a_review_opens_once_with_nine_lines_of_which_none_could_be_checked(house, clock):
    case = await reviewed(house, clock)
    assert await run(house.database, open_bond_reviews) == 0
    lines = await checklist_of(house)
    assert [line.code for line in lines] == list(Element)
    assert {(line.proposed, line.outcome) for line in lines} == {(None, None)}
    with pytest.raises(OutcomeMissing):
        await act(house, ANALYST, use_cases.recommend, case, "")


async def test_a_bond_of_an_area_without_a_bid_that_takes_part_is_in_no_review(house, clock):
    bid_id = await house.submitted_bid()
    await send(house, BOND)
    await house.withdraw(bid_id)
    await close_the_window(house.database, clock)
    await settle(house)
    await run(house.database, open_bonds)
    assert await run(house.database, open_bond_reviews) == 0
    with pytest.raises(NotReviewed):
        await key(house)


async def test_a_good_paper_passes_and_two_people_verify_the_bond(house, clock):
    case = await reviewed(house, clock)
    await key(house)
    assert await failing(house) == set()
    await approve(house, case)
    bond = await bond_of(house)
    assert (bond.state, bond.decided_by) == (BondState.VERIFIED, "RREVIEWER01")
    assert (await bid_of(house)).state is BidState.RECEIVED
    assert len(await said(house, "bond-verified")) == 1


WRONG = [
    ({"principal": "Somebody Else, Inc."}, "BND-1", None),
    ({"naic": "54321"}, "BND-2", Outcome.FAIL),  # taken off the list
    ({"naic": "99999"}, "BND-2", Outcome.FAIL),
    ({"obligee": "State of Maryland"}, "BND-3", Outcome.FAIL),
    ({"conditions_stated": None}, "BND-4", None),
    ({"area": "Baltimore-Columbia-Towson, MD"}, "BND-5", Outcome.FAIL),
    ({"bond_number": ""}, "BND-6", Outcome.FAIL),
    ({"issued_on": None}, "BND-7", Outcome.FAIL),
    ({"amount_cents": 5_000_000}, "BND-8", Outcome.FAIL),  # remote item delivery asks for more
    ({"all_pages": False}, "BND-9", Outcome.FAIL),
]


async def test_what_the_paper_says_is_compared_with_what_the_program_knows_each_time_it_is_keyed_in(house, clock):
    await reviewed(house, clock)
    found = []
    for facts, _, _ in WRONG:
        await key(house, replace(PAPER, **facts))
        found += [
            (facts, each.code.value, each.outcome)
            for each in await checklist_of(house)
            if each.outcome is not Outcome.PASS
        ]
    assert found == WRONG


async def test_a_bond_issued_on_the_eastern_day_of_its_upload_is_in_order_and_a_day_later_is_not(house, clock):
    await reviewed(house, clock)
    uploaded_on = eastern_day((await _requirement(house)).received_at)
    await key(house, replace(PAPER, issued_on=uploaded_on))
    assert await failing(house) == set()
    await key(house, replace(PAPER, issued_on=uploaded_on.replace(year=uploaded_on.year + 1)))
    assert await failing(house) == {"BND-7"}


async def _requirement(house):
    bond = await bond_of(house)
    async with house.database.reading(Fence.staff()) as session:
        return await session.get_one(Requirement, bond.requirement_id)


async def test_a_number_that_another_bidders_bond_has_with_the_same_surety_is_told_with_whose(house, clock):
    other = await open_house(house.database, "9000000002")
    await other.submitted_bid()
    await send(other, BOND)
    await reviewed(house, clock)
    await settle(other)
    await run(house.database, open_bonds)
    await run(house.database, open_bond_reviews)
    await claimed(other)
    await key(other, replace(PAPER, bond_number="s 100 7"))
    await key(house)
    [line] = [each for each in await checklist_of(house) if each.code is Element.NUMBER]
    assert line.outcome is Outcome.FAIL
    assert (await bond_of(other)).bidder_number in str(line.expected)


async def test_an_element_that_fails_makes_the_bond_unacceptable_and_disqualifies_the_bids_of_its_area(house, clock):
    case = await reviewed(house, clock)
    await key(house, replace(PAPER, amount_cents=1))
    await approve(house, case)
    bid = await bid_of(house)
    assert (await bond_of(house)).state is BondState.UNACCEPTABLE
    assert (bid.state, bid.reasons) == (BidState.DISQUALIFIED, ["BOND_UNACCEPTABLE"])
    [told] = await said(house, "bond-rejected")
    assert told["elements"] == ["bnd-8"]


async def test_an_override_has_a_reason_and_stands_when_the_paper_is_keyed_in_again(house, clock):
    await reviewed(house, clock)
    await key(house, replace(PAPER, principal="Larkspur Medical"))
    case = await the_case(house.database, Kind.BONDS, house)
    line, *_ = await lines_of(house.database, case)
    because = "The same company by its former name."
    case = await act(house, ANALYST, use_cases.override, case, line.id, Outcome.PASS, [], because=because)
    await key(house, replace(PAPER, principal="Larkspur Medical", bond_number="S-100/8"))
    first, *_ = await checklist_of(house)
    assert (first.proposed, first.outcome, first.overridden_because) == (None, Outcome.PASS, because)
    await approve(house, case)
    assert (await bond_of(house)).state is BondState.VERIFIED


async def test_only_who_has_the_review_keys_in_and_only_while_it_is_open(house, clock):
    await after_the_close(house, clock)
    await run(house.database, open_bond_reviews)
    with pytest.raises(NotInYourHands):
        await key(house)
    case = await claimed(house)
    with pytest.raises(SomebodyElseHasIt):
        await key(house, by=COLLEAGUE)
    await key(house)
    await act(house, ANALYST, use_cases.recommend, await the_case(house.database, Kind.BONDS, house), "")
    with pytest.raises(NotAllowedNow):
        await key(house)
    assert case.kind is Kind.BONDS


async def test_of_two_who_key_in_at_once_one_is_told_that_the_bond_changed(house, clock):
    await reviewed(house, clock)
    read = (await bond_of(house)).version
    await key(house, base=read)
    with pytest.raises(BondChanged):
        await key(house, base=read)


async def test_who_keyed_a_paper_in_cannot_approve_it_also_in_another_role(house, clock):
    case = await reviewed(house, clock)
    await key(house)
    case = await act(house, ANALYST, use_cases.release, await the_case(house.database, Kind.BONDS, house))
    case = await act(house, COLLEAGUE, use_cases.claim, case)
    case = await act(house, COLLEAGUE, use_cases.recommend, case, "")
    promoted = Actor("staff", "NEWNAME01", person_id=ANALYST.person_id, permissions=REVIEWER.permissions)
    with pytest.raises(SomebodyElseMust):
        await act(house, promoted, use_cases.approve, case)


async def test_keying_in_is_offered_in_a_review_of_bonds_alone_and_to_who_has_it(house, clock):
    case = await reviewed(house, clock)
    bond = await bond_of(house)
    async with house.database.reading(Fence.staff()) as session:
        mine = await views.read_bond(session, ANALYST, bond.id)
        theirs = await views.read_bond(session, COLLEAGUE, bond.id)
        reviewing = await review_views.read_case(session, ANALYST, case.id)
    assert (mine.may_key_in, theirs.may_key_in) == (True, False)
    assert "key" in reviewing.allowed_actions


async def test_no_audit_row_tells_what_the_paper_says(house, clock):
    await reviewed(house, clock)
    await key(house)
    async with house.database.reading(Fence.system()) as session:
        rows = (await session.scalars(text("select after::text from audit where action = 'bond.key-in'"))).all()
    assert rows
    assert not any("S-100" in row or "Surety Company" in row for row in rows)


async def test_an_unknown_bond_is_not_found(house):
    async with house.database.reading(Fence.staff()) as session:
        with pytest.raises(NotFound):
            await views.read_bond(session, ANALYST, house.organization_id)
