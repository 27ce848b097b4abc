"""The life of a bond: opened from the upload, its clocks, and what becomes of it after the offers."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from bidding_svc.bonds.bond import Bond
from bidding_svc.bonds.lifecycle import BondState
from bidding_svc.bonds.opening import open_bonds
from bidding_svc.bonds.settling import settle_after_offers, start_clocks, warn_of_returns
from bidding_svc.requirements.asked import BOND
from bidding_svc.requirements.following import ask_for_bonds
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.calendar import due_at, midnight
from chassis.database import Fence
from tests.bidding.bonds import CENTS, after_the_close, announced, bond_of, offered, verified
from tests.bidding.evaluation import as_system, close_the_window, run, said, send, settle
from tests.bidding.house import ROUND, House, open_house

pytestmark = pytest.mark.database
ANNOUNCED = date(2027, 11, 20)


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


async def test_a_bond_is_opened_once_when_every_slot_of_its_bidder_is_settled_however_often_it_was_sent(house, clock):
    await house.submitted_bid()
    await send(house, BOND)
    await send(house, BOND)
    assert await run(house.database, open_bonds) == 0
    await close_the_window(house.database, clock)
    assert await run(house.database, open_bonds) == 0
    await settle(house)
    assert await run(house.database, open_bonds) == 1
    assert await run(house.database, open_bonds) == 0
    bond = await bond_of(house)
    assert (bond.state, bond.cba_code, bond.amount_cents) == (BondState.UPLOADED, "nationwide", CENTS)
    assert (bond.paper, bond.return_due_at) == (None, None)


async def test_a_bidder_that_sent_no_bond_has_none(house, clock):
    await house.submitted_bid()
    await close_the_window(house.database, clock)
    await settle(house)
    assert await run(house.database, open_bonds) == 0


async def test_a_bond_of_an_area_without_a_bid_left_is_opened_too_for_its_liability_is_returned(house, clock):
    bid_id = await house.submitted_bid()
    await send(house, BOND)
    await house.withdraw(bid_id)
    await close_the_window(house.database, clock)
    await settle(house)
    assert await run(house.database, open_bonds) == 1


async def test_a_cancelled_round_has_its_bonds_opened_and_their_clock_runs_from_that_day(house, clock):
    await house.submitted_bid()
    await send(house, BOND)
    now = program_time.now()
    async with as_system(house.database) as session:
        (await session.get_one(Round, ROUND)).cancel("A disaster.", now)
    assert await run(house.database, open_bonds) == 1
    assert await run(house.database, start_clocks) == 1
    bond = await bond_of(house)
    assert bond.return_due_at is not None
    assert bond.return_due_at - now > timedelta(days=89)
    assert bond.late_offers_until is None


@pytest.mark.parametrize(
    ("announced_on", "due_on", "warned_on"),
    [
        (date(2020, 11, 20), date(2021, 2, 18), date(2021, 2, 3)),
        (date(2027, 12, 20), date(2028, 3, 19), date(2028, 3, 4)),  # over a leap day, into daylight-saving time
        (date(2027, 8, 15), date(2027, 11, 13), date(2027, 10, 29)),  # out of it; a Saturday, not rolled forward
    ],
)
async def test_the_clocks_start_with_the_announcement_by_the_rule_set(house, clock, announced_on, due_on, warned_on):
    await after_the_close(house, clock)
    assert await run(house.database, start_clocks) == 0
    await announced(house, announced_on)
    bond = await bond_of(house)
    assert (bond.return_due_at, bond.warn_at) == (due_at(due_on), midnight(warned_on))
    assert bond.late_offers_until == due_at(due_on)
    assert await run(house.database, start_clocks) == 0


async def test_a_bond_still_held_on_the_75th_day_is_warned_of_once_and_not_a_moment_before(house, clock):
    await after_the_close(house, clock)
    await announced(house, ANNOUNCED)
    warn_at = (await bond_of(house)).warn_at
    clock(warn_at - timedelta(microseconds=1))
    assert await run(house.database, warn_of_returns) == 0
    clock(warn_at)
    assert await run(house.database, warn_of_returns) == 1
    assert await run(house.database, warn_of_returns) == 0
    assert (await bond_of(house)).warned_at == warn_at


async def test_a_bond_that_is_not_held_any_more_is_not_warned_of(house, clock):
    await after_the_close(house, clock)
    await announced(house, ANNOUNCED)
    bond = await verified(house)
    await given_up(house, offered(bond))
    clock(bond.warn_at)
    assert await run(house.database, warn_of_returns) == 0


async def given_up(house: House, *lines):
    """The lines are final in the transaction of the bidder's official."""
    bond = await bond_of(house)
    async with house.acting() as session:
        return await settle_after_offers(session, bond.bidder_id, lines)


async def test_a_declined_offer_at_the_median_opens_the_forfeiture_in_the_bidders_own_transaction(house, clock):
    await after_the_close(house, clock)
    bond = await verified(house)
    assert len(await given_up(house, offered(bond, given_up=False), offered(bond))) == 1
    bond = await bond_of(house)
    assert (bond.state, bond.decided_by) == (BondState.FORFEITURE_PENDING, "DWHITLOCK01")
    assert [line["label"] for line in bond.given_up] == ["OTS knee braces, nationwide"]
    [told] = await said(house, "bond-forfeiture-opened")
    assert told["bond_id"] == str(bond.id)


@pytest.mark.parametrize("facts", [{"given_up": False}, {"at_or_below_median": False}, {"cba_code": "another-area"}])
async def test_an_offer_that_puts_nothing_at_risk_leaves_the_bond(house, clock, facts):
    await after_the_close(house, clock)
    bond = await verified(house)
    assert await given_up(house, offered(bond, **facts)) == []
    assert (await bond_of(house)).state is BondState.VERIFIED


@pytest.mark.parametrize(("after", "state"), [(0, BondState.FORFEITURE_PENDING), (1, BondState.VERIFIED)])
async def test_a_late_offer_forfeits_when_it_was_made_within_90_days_of_the_announcement(house, clock, after, state):
    await after_the_close(house, clock)
    await announced(house, ANNOUNCED)
    bond = await verified(house)
    offered_at = bond.late_offers_until + timedelta(seconds=after)
    await given_up(house, offered(bond, offered_at=offered_at))
    assert (await bond_of(house)).state is state


async def test_lines_told_twice_open_a_forfeiture_once(house, clock):
    await after_the_close(house, clock)
    line = offered(await verified(house))
    await given_up(house, line)
    assert await given_up(house, line) == []
    assert len(await said(house, "bond-forfeiture-opened")) == 1


async def test_of_two_that_settle_at_once_one_opens_the_forfeiture(house, clock):
    await after_the_close(house, clock)
    line = offered(await verified(house))
    opened = await asyncio.gather(given_up(house, line), given_up(house, line))
    assert sorted(len(bonds) for bonds in opened) == [0, 1]


async def test_a_bond_nobody_has_verified_is_not_forfeited(house, clock):
    await after_the_close(house, clock)
    assert await given_up(house, offered(await bond_of(house))) == []


async def test_another_organization_sees_and_settles_nothing(house, clock):
    other = await open_house(house.database, "9000000002")
    await after_the_close(house, clock)
    bond = await verified(house)
    async with other.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Bond)) == 0
    async with other.acting() as session:
        assert await settle_after_offers(session, bond.bidder_id, [offered(bond)]) == []
    assert (await bond_of(house)).state is BondState.VERIFIED


async def test_a_bid_begun_before_bonds_were_asked_for_is_asked_for_its_bond_once(house):
    await house.begin_bid()
    await house.begin_bid("OTSB")
    async with as_system(house.database) as session:
        for requirement in await session.scalars(select(Requirement).where(Requirement.document == BOND)):
            await session.delete(requirement)
    assert await run(house.database, ask_for_bonds) == 1
    assert await run(house.database, ask_for_bonds) == 0
    async with house.database.reading(Fence.system()) as session:
        bond = (await session.scalars(select(Requirement).where(Requirement.document == BOND))).one()
    assert (bond.cba_code, bond.state.value, bond.bidder_id is not None) == ("nationwide", "REQUIRED", True)


async def test_a_withdrawn_bid_is_asked_for_no_bond(house):
    bid_id = await house.begin_bid()
    async with as_system(house.database) as session:
        for requirement in await session.scalars(select(Requirement).where(Requirement.document == BOND)):
            await session.delete(requirement)
    await house.withdraw(bid_id)
    assert await run(house.database, ask_for_bonds) == 0
