from datetime import date

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.deadlines.closing import Closing
from bidding_svc.imports.fee import Fee
from chassis.database import ReadSession
from chassis.paging import Page, fetch_page


class FeeView(BaseModel):
    """The fee schedule amount (cents) of an item in a year and a state."""

    year: int
    item: str
    state: str
    amount_cents: int


class ClosingView(BaseModel):
    """A day without business, besides weekends and federal holidays."""

    day: date
    reason: str


async def list_fees(session: ReadSession, item: str | None, after: str | None, limit: int) -> Page[FeeView]:
    """Return fee schedule amounts by year, item and state; of one item where it is named."""
    statement = select(Fee) if item is None else select(Fee).where(Fee.item == item)
    return await fetch_page(
        session,
        statement,
        [(Fee.year, int), (Fee.item, str), (Fee.state, str)],
        lambda fee: FeeView.model_validate(fee, from_attributes=True),
        after=after,
        limit=limit,
        descending=False,
    )


async def list_closings(session: ReadSession, after: str | None, limit: int) -> Page[ClosingView]:
    """Return the closings, latest first."""
    order = [(Closing.day, date.fromisoformat)]
    return await fetch_page(
        session,
        select(Closing),
        order,
        lambda closing: ClosingView.model_validate(closing, from_attributes=True),
        after=after,
        limit=limit,
    )
