"""What the offers of an area do to its bond, through the offers' own acts (domain/bidding.md 4.1, documents.md 6)."""

import pytest
from sqlalchemy import select

from bidding_svc.bonds.bond import Bond
from bidding_svc.bonds.lifecycle import BondState
from bidding_svc.offers import use_cases as offers
from bidding_svc.offers.use_cases import settle_due
from bidding_svc.requirements.bond import bond_asked
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.rounds.competition import Competition
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.database import Fence
from tests.bidding.awarded import OFFICER, acting, an_evaluated_round, just_after

pytestmark = pytest.mark.database
AT_THE_MEDIAN, ABOVE_IT = 3, 4
"""B4 (325.00) and B5 (332.25) of the worked example; the median is 325.00."""


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


@pytest.fixture
async def house(bidding):
    """Offers are out in two areas; B4 and B5 have a verified bond in each."""
    house = await an_evaluated_round(bidding, areas=2)
    async with house.system() as session:
        round_ = (await session.scalars(select(Round).where(Round.code == house.bidders[0].round_code))).one()
        areas = (await session.scalars(select(Competition))).all()
        for place in (AT_THE_MEDIAN, ABOVE_IT):
            for competition in areas:
                await _hold_a_bond(session, round_, house.bidders[place], competition)
    await house.released()
    return house


async def _hold_a_bond(session, round_, bidder, competition):
    asked = Requirement(
        organization_id=bidder.organization_id,
        bidder_id=bidder.id,
        round_code=round_.code,
        asked=bond_asked(round_, competition.cba_code, {competition.category_code}),
        opens_at=round_.opens_at,
        due_at=round_.closes_at,
        cdrd_at=round_.cdrd_at,
    )
    session.add(asked)
    await session.flush()
    bond = Bond(asked, bidder, area=competition.cba_code, amount_cents=5_000_000, at=session.at)
    bond.verify("RREVIEWER01", session.at)
    session.add(bond)


async def bonds_of(house, place):
    """The states of a bidder's bonds by area, in the order of the lines of its offer."""
    async with house.database.reading(Fence.staff()) as session:
        found = await session.scalars(select(Bond).where(Bond.bidder_id == house.bidders[place].id))
        states = {bond.cba_code: bond.state for bond in found}
    return [states[line.cba_code] for line in (await house.offer(place)).lines]


async def test_a_declined_line_at_the_median_forfeits_the_bond_of_its_area_alone_and_only_once_it_is_submitted(house):
    await house.decide(AT_THE_MEDIAN, "decline", "accept")
    assert await bonds_of(house, AT_THE_MEDIAN) == [BondState.VERIFIED, BondState.VERIFIED]
    await house.submit(AT_THE_MEDIAN)
    assert await bonds_of(house, AT_THE_MEDIAN) == [BondState.FORFEITURE_PENDING, BondState.VERIFIED]
    await house.decide(ABOVE_IT, "decline", "decline")
    await house.submit(ABOVE_IT)
    assert await bonds_of(house, ABOVE_IT) == [BondState.VERIFIED, BondState.VERIFIED]


async def test_lines_left_to_lapse_forfeit_as_declined_ones_do(house, clock):
    await house.decide(AT_THE_MEDIAN, "accept")
    clock(just_after((await house.offer(AT_THE_MEDIAN)).due_at))
    await house.sweep(settle_due)
    assert await bonds_of(house, AT_THE_MEDIAN) == [BondState.VERIFIED, BondState.FORFEITURE_PENDING]
    assert await bonds_of(house, ABOVE_IT) == [BondState.VERIFIED, BondState.VERIFIED]
    assert len(await house.said("bond-forfeiture-opened")) == 1


async def test_an_offer_that_cms_took_back_forfeits_nothing(house):
    offer = await house.decide(AT_THE_MEDIAN, "accept", "accept")
    await house.submit(AT_THE_MEDIAN)
    async with acting(house.database, OFFICER) as session:
        await offers.rescind(session, offer.lines[0].id, "Its license was revoked.")
    assert await bonds_of(house, AT_THE_MEDIAN) == [BondState.VERIFIED, BondState.VERIFIED]
