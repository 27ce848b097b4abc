"""What CMS decides about bonds, and what a bidder sees of its own."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.bonds import own_views, use_cases, views
from bidding_svc.bonds.bond import (
    Bar,
    Bond,
    BondChanged,
    DayInTheFuture,
    NothingReported,
    OfferWaits,
    ReferenceMissing,
    ReturnNotStarted,
    ReviewUnderWay,
    SuretyNotNotified,
)
from bidding_svc.bonds.checklist import Element
from bidding_svc.bonds.lifecycle import BondState
from bidding_svc.bonds.paper import Paper
from bidding_svc.bonds.settling import settle_after_offers, warn_of_returns
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.inquiries.inquiry import Inquiry
from bidding_svc.reviews.case import ReviewCase
from bidding_svc.reviews.kinds import Kind
from bidding_svc.rounds.calendar import ReasonMissing
from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import eastern_day
from chassis.database import Fence
from chassis.duties import SomebodyElseMust
from chassis.errors import NotAllowedNow, NotFound
from identity_adapter.roles.table import role_table
from tests.bidding.bonds import after_the_close, announced, bond_of, offered, verified
from tests.bidding.evaluation import ANALYST, OFFICER, acting, as_system, run, said
from tests.bidding.house import open_house

pytestmark = pytest.mark.database
ANNOUNCED = date(2027, 11, 20)


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


@pytest.fixture
async def house(bidding, clock):
    opened = await open_house(bidding)
    await after_the_close(opened, clock)
    return opened


async def act(house, actor, verb, *args, base=None, **named) -> Bond:
    bond = await bond_of(house)
    async with acting(house.database, actor) as session:
        return await verb(session, bond.id, *args, base=bond.version if base is None else base, **named)


async def returned(house, *, version=None, actor=OFFICER):
    bond = await bond_of(house)
    async with acting(house.database, actor) as session:
        return await use_cases.give_back(session, {bond.id: version or bond.version})


async def pending(house) -> date:
    """The bond is to be forfeited. Returns today."""
    bond = await verified(house)
    async with house.acting() as session:
        await settle_after_offers(session, bond.bidder_id, [offered(bond)])
    return eastern_day(program_time.now())


async def allowed(house, actor) -> list[str]:
    async with house.database.reading(Fence.staff()) as session:
        return (await views.read_bond(session, actor, (await bond_of(house)).id)).allowed_actions


async def seen_by(house, role):
    actor = Actor(
        "person",
        "DWHITLOCK01",
        organization_id=house.organization_id,
        role=role,
        permissions=frozenset(role_table().permissions_of(role)),
    )
    async with house.reading() as session:
        return (await own_views.list_own(session, actor, None, 10)).items


async def test_a_verified_bond_is_returned_after_the_announcement_with_a_notice_to_its_bidder(house):
    await verified(house)
    with pytest.raises(ReturnNotStarted):
        await returned(house)
    assert "return" not in await allowed(house, OFFICER)
    await announced(house, ANNOUNCED)
    assert await allowed(house, OFFICER) == ["return"]
    await returned(house)
    bond = await bond_of(house)
    assert (bond.state, bond.decided_by) == (BondState.RETURNED, "COFFICER01")
    [told] = await said(house, "notice-requested")
    assert (told["requested_by"], told["about"]["kind"]) == (str(OFFICER.person_id), "bond")
    assert told["fields"]["notice_type"] == "bond-return"
    assert [each["bond_number"] for each in told["fields"]["bonds"]] == ["not read"]
    assert len(await said(house, "bond-returned")) == 1
    with pytest.raises(NotAllowedNow):
        await returned(house)
    assert [each.state for each in await seen_by(house, "EU")] == [own_views.OwnState.RETURNED]


async def test_a_bond_still_reviewed_is_returned_only_once_no_bid_of_its_area_takes_part(house):
    await announced(house, ANNOUNCED)
    with pytest.raises(ReviewUnderWay):
        await returned(house)
    assert "return" not in await allowed(house, OFFICER)
    async with as_system(house.database) as session:
        (await session.scalars(select(Bid))).one().state = BidState.DISQUALIFIED
    await returned(house)
    assert (await bond_of(house)).state is BondState.RETURNED


async def test_a_bond_is_not_returned_while_an_offer_of_its_area_waits_for_an_answer(house):
    await verified(house)
    await announced(house, ANNOUNCED)
    async with as_system(house.database) as session:
        (await session.scalars(select(Bid))).one().state = BidState.OFFERED
    with pytest.raises(OfferWaits):
        await returned(house)
    assert await allowed(house, OFFICER) == []


async def test_bonds_are_returned_together_or_not_at_all_and_each_as_it_was_read(house):
    await verified(house)
    await announced(house, ANNOUNCED)
    bond = await bond_of(house)
    with pytest.raises(BondChanged):
        await returned(house, version=bond.version + 1)
    with pytest.raises(NotFound):
        async with acting(house.database, OFFICER) as session:
            await use_cases.give_back(session, {bond.id: bond.version, house.organization_id: 1})
    assert (await bond_of(house)).state is BondState.VERIFIED


async def test_of_two_who_return_a_bond_at_once_one_does(house):
    await verified(house)
    await announced(house, ANNOUNCED)
    outcomes = await asyncio.gather(returned(house), returned(house), return_exceptions=True)
    [refused] = [each for each in outcomes if isinstance(each, Exception)]
    assert isinstance(refused, BondChanged | NotAllowedNow), "it read the bond before, or after, the other was done"
    assert len(await said(house, "notice-requested")) == 1


async def test_a_forfeiture_takes_a_letter_to_the_surety_the_money_and_two_people(house):
    today = await pending(house)
    with pytest.raises(SuretyNotNotified):
        await act(house, OFFICER, use_cases.forfeit, today, "EFT-1")
    assert await allowed(house, OFFICER) == []
    assert await allowed(house, ANALYST) == ["notify surety", "report falsification"]
    with pytest.raises(DayInTheFuture):
        await act(house, ANALYST, use_cases.notify_surety, today + timedelta(days=1), "L-1")
    with pytest.raises(ReferenceMissing):
        await act(house, ANALYST, use_cases.notify_surety, today, " ")
    await act(house, ANALYST, use_cases.notify_surety, today, "L-1")
    promoted = Actor("staff", "NEWNAME01", person_id=ANALYST.person_id, permissions=OFFICER.permissions)
    with pytest.raises(SomebodyElseMust):
        await act(house, promoted, use_cases.forfeit, today, "EFT-1")
    assert (await allowed(house, promoted), await allowed(house, OFFICER)) == ([], ["forfeit"])
    with pytest.raises(DayInTheFuture):
        await act(house, OFFICER, use_cases.forfeit, today + timedelta(days=1), "EFT-1")
    bond = await act(house, OFFICER, use_cases.forfeit, today, "EFT-1")
    assert (bond.state, bond.surety_reference, bond.collection_reference) == (BondState.FORFEITED, "L-1", "EFT-1")
    [told] = await said(house, "notice-requested")
    assert told["fields"]["notice_type"] == "bond-forfeiture"
    assert [each["label"] for each in told["fields"]["declined"]] == ["OTS knee braces, nationwide"]
    assert len(await said(house, "bond-forfeited")) == 1


async def test_of_two_who_decide_a_forfeiture_at_once_one_is_told_that_the_bond_changed(house):
    today = await pending(house)
    bond = await act(house, ANALYST, use_cases.notify_surety, today, "L-1")
    deciding = [act(house, OFFICER, use_cases.forfeit, today, f"EFT-{each}", base=bond.version) for each in range(2)]
    outcomes = await asyncio.gather(*deciding, return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["Bond", "BondChanged"]


async def test_a_bond_that_was_reported_is_declared_falsified_by_another_person_and_its_bids_are_out(house):
    with pytest.raises(NothingReported):
        await act(house, OFFICER, use_cases.declare_falsified, Bar.NONE, "No such bond.", referred=True)
    with pytest.raises(ReasonMissing):
        await act(house, ANALYST, use_cases.report_falsification, " ")
    await act(house, ANALYST, use_cases.report_falsification, "The surety knows of no such bond.")
    promoted = Actor("staff", "NEWNAME01", person_id=ANALYST.person_id, permissions=OFFICER.permissions)
    with pytest.raises(SomebodyElseMust):
        await act(house, promoted, use_cases.dismiss_report, "It exists.")
    with pytest.raises(SomebodyElseMust):
        await act(house, promoted, use_cases.declare_falsified, Bar.NONE, "No such bond.", referred=True)
    assert await allowed(house, OFFICER) == ["dismiss report", "declare falsified"]
    await act(
        house, OFFICER, use_cases.declare_falsified, Bar.THIS_AND_NEXT_ROUND, "The surety confirmed it.", referred=True
    )
    bond = await bond_of(house)
    assert (bond.state, bond.bar, bond.referred) == (BondState.FALSIFIED, Bar.THIS_AND_NEXT_ROUND, True)
    async with house.database.reading(Fence.staff()) as session:
        bid = (await session.scalars(select(Bid))).one()
    assert (bid.state, bid.reasons) == (BidState.DISQUALIFIED, ["BOND_UNACCEPTABLE"])
    [told] = await said(house, "bond-falsified")
    assert told["bar"] == "this-and-next-round"
    assert {each.state for role in ("AO", "EU") for each in await seen_by(house, role)} == {own_views.OwnState.HELD}
    with pytest.raises(NotAllowedNow):
        await act(house, ANALYST, use_cases.report_falsification, "Once more.")


async def test_a_dismissed_report_leaves_the_bond_as_it_was(house):
    await act(house, ANALYST, use_cases.report_falsification, "The seal looks odd.")
    bond = await act(house, OFFICER, use_cases.dismiss_report, "The surety confirmed the bond.")
    assert (bond.state, bond.reported_at) == (BondState.UPLOADED, None)
    assert await allowed(house, ANALYST) == ["report falsification"]


async def test_an_end_user_learns_of_no_forfeiture_and_so_of_no_offer(house):
    before = await seen_by(house, "EU")
    today = await pending(house)
    assert await seen_by(house, "EU") == before
    [seen] = await seen_by(house, "AO")
    assert (seen.state, seen.given_up) == (own_views.OwnState.FORFEITURE_PENDING, ["OTS knee braces, nationwide"])
    await act(house, ANALYST, use_cases.notify_surety, today, "L-1")
    await act(house, OFFICER, use_cases.forfeit, today, "EFT-1")
    assert await seen_by(house, "EU") == before
    assert {each.state for each in await seen_by(house, "BAO")} == {own_views.OwnState.FORFEITED}


async def test_what_the_review_of_a_bond_found_is_told_by_the_notice_first_and_to_no_end_user(house):
    async with as_system(house.database) as session:
        bond = (await session.scalars(select(Bond))).one()
        bond.reject([Element.VALUE], "RREVIEWER01", session.at)
    assert [each.state for each in await seen_by(house, "AO")] == [own_views.OwnState.HELD]
    async with as_system(house.database) as session:
        bidder = await session.get_one(Bidder, bond.bidder_id)
        case = ReviewCase(Kind.DISQUALIFICATION, bidder, [], due_at=session.at, at=session.at)
        session.add(Inquiry(case, uuid4(), session.at + timedelta(days=30), session.at))
    assert [each.state for each in await seen_by(house, "BAO")] == [own_views.OwnState.UNACCEPTABLE]
    assert [(each.state, each.since) for each in await seen_by(house, "EU")] == [(own_views.OwnState.HELD, None)]


async def test_a_bidder_sees_its_own_bonds_alone(house):
    other = await open_house(house.database, "9000000002")
    assert len(await seen_by(house, "AO")) == 1
    assert await seen_by(other, "AO") == []


async def test_a_work_list_filters_and_counts_what_is_warned_of_and_late(house, clock):
    await announced(house, ANNOUNCED)
    bond = await bond_of(house)

    async def listed(**wanted):
        async with house.database.reading(Fence.staff()) as session:
            page = await views.list_bonds(session, views.Filter(**wanted), None, 10)
        return len(page.items)

    async def counted():
        async with house.database.reading(Fence.staff()) as session:
            [count] = await views.count_bonds(session, "R2028")
        return count.bonds, count.warned, count.late

    clock(bond.return_due_at)
    assert (await listed(clock="running"), await listed(clock="late"), await listed(clock="warned")) == (1, 0, 0)
    assert await counted() == (1, 0, 0)
    await run(house.database, warn_of_returns)
    clock(bond.return_due_at + timedelta(seconds=1))
    assert (await listed(clock="late"), await listed(clock="warned")) == (1, 1)
    assert await counted() == (1, 1, 1)
    assert (
        await listed(state=BondState.VERIFIED) == await listed(round_code="R2021") == await listed(reported=True) == 0
    )
    assert await listed(bidder_number=bond.bidder_number, state=BondState.UPLOADED) == 1


async def test_a_return_names_the_number_that_was_keyed_in(house):
    async with as_system(house.database) as session:
        bond = await session.get_one(Bond, (await bond_of(house)).id)
        bond.key_in(Paper(bond_number="S-100/7"))
        bond.verify("RREVIEWER01", session.at)
    await announced(house, ANNOUNCED)
    await returned(house)
    [told] = await said(house, "notice-requested")
    assert [each["bond_number"] for each in told["fields"]["bonds"]] == ["S-100/7"]
