"""Whoever brought a falsified bond gets no bidder number in the rounds from which CMS barred it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.bidders.use_cases import number_known_organizations
from bidding_svc.bonds.bond import Bar, Bond
from bidding_svc.rounds import reference
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases.loading import load_round
from chassis import program_time
from chassis.calendar import eastern_day
from chassis.database import Fence
from tests.bidding.bonds import after_the_close
from tests.bidding.evaluation import as_system
from tests.bidding.house import open_house

pytestmark = pytest.mark.database


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


@pytest.fixture
def clock(monkeypatch):
    return lambda moment: monkeypatch.setattr(program_time, "now", lambda: moment)


async def barred(house, bar):
    async with as_system(house.database) as session:
        await session.execute(update(Bond).values(bar=bar))


async def a_later_round(house, code, *, years):
    """A round of the same kind, and the registration that opens in it."""
    told = reference.load("round-2028").model_copy(update={"code": code, "name": f"Round {code[1:]}"})
    first_run: date = eastern_day(program_time.now()) + timedelta(days=365 * years)
    async with as_system(house.database) as session:
        await load_round(session, told, first_run)
    async with as_system(house.database) as session:
        await number_known_organizations(session, await session.get_one(Round, code))


async def rounds_of(house):
    async with house.database.reading(Fence.staff()) as session:
        mine = Bidder.organization_id == house.organization_id
        return set(await session.scalars(select(Bidder.round_code).where(mine)))


async def test_a_bar_from_this_and_the_next_round_ends_with_the_next(house, clock):
    await after_the_close(house, clock)
    await barred(house, Bar.THIS_AND_NEXT_ROUND)
    await a_later_round(house, "R2031", years=3)
    assert await rounds_of(house) == {"R2028"}
    await a_later_round(house, "R2034", years=6)
    assert await rounds_of(house) == {"R2028", "R2034"}


@pytest.mark.parametrize("bar", [Bar.NONE, Bar.THIS_ROUND, None])
async def test_without_a_bar_from_the_next_round_a_bidder_is_numbered_in_it(house, clock, bar):
    await after_the_close(house, clock)
    await barred(house, bar)
    await a_later_round(house, "R2031", years=3)
    assert await rounds_of(house) == {"R2028", "R2031"}
