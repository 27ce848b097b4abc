"""Bonds of bidders of Round 2028, from the upload to the announcement of the contract suppliers."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from bidding_svc.bonds.bond import Bond
from bidding_svc.bonds.forfeiture import FinalLine
from bidding_svc.bonds.opening import open_bonds
from bidding_svc.bonds.settling import start_clocks
from bidding_svc.requirements.asked import BOND
from bidding_svc.rounds.calendar import Certainty, RoundDate
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import Fence
from tests.bidding.evaluation import as_system, close_the_window, run, send, settle
from tests.bidding.house import ROUND, House

CENTS = 10_000_000
"""What the made-up rule set of Round 2028 asks for remote item delivery."""


async def after_the_close(house: House, clock: Callable[[datetime], None], *documents: str) -> None:
    """The bidder has submitted a bid and sent a bond; the window has closed and every slot is settled."""
    await house.submitted_bid()
    for document in (*documents, BOND):
        await send(house, document)
    await close_the_window(house.database, clock)
    await settle(house)
    await run(house.database, open_bonds)


async def bond_of(house: House) -> Bond:
    async with house.database.reading(Fence.staff()) as session:
        return (await session.scalars(select(Bond).where(Bond.organization_id == house.organization_id))).one()


async def verified(house: House) -> Bond:
    """The bond as two people have found it good."""
    async with as_system(house.database) as session:
        bond = (await session.scalars(select(Bond).where(Bond.organization_id == house.organization_id))).one()
        bond.verify("RREVIEWER01", session.at)
    return await bond_of(house)


async def announced(house: House, on: date) -> None:
    """CMS has announced the contract suppliers on a day."""
    async with as_system(house.database) as session:
        round_ = await session.get_one(Round, ROUND)
        told = RoundDate("suppliers-announced", on, certainty=Certainty.ACTUAL)
        round_.write_date(told, by="COFFICER01", reason="The suppliers were announced.", at=session.at)
        round_.phase = Phase.ANNOUNCED_SUPPLIERS
    await run(house.database, start_clocks)


def offered(bond: Bond, **facts: Any) -> FinalLine:
    """A line of an offer in the area of a bond, declined though the bid was at or below the median."""
    told: dict[str, Any] = {
        "line_id": uuid4(),
        "category_code": "OTSK",
        "cba_code": bond.cba_code,
        "label": "OTS knee braces, nationwide",
        "offered_at": bond.opened_at + timedelta(days=200),
        "at_or_below_median": True,
        "given_up": True,
    }
    return FinalLine(**told | facts)
