"""Amounts of bids read by those inside who may: each read leaves who, which bid, when and what for in the audit trail.

Bid amounts are procurement sensitive (domain/bidding.md 6): no list shows them, nobody inside reads one before the
round is in evaluation, and a pricing analyst knows bidders by number alone (domain/roles.md 3).
"""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import exists, select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BEFORE_THE_CLOSE, NEVER_RECEIVED
from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.kinds import Kind
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import Session
from chassis.errors import NotAllowedNow, NotFound
from chassis.paging import Page, fetch_page

VIEW, WORKS_ON_BONA_FIDE = "staff.bid_price.view", "staff.bid_price.edit"

BEFORE_EVALUATION = (Phase.DRAFT, Phase.ANNOUNCED, Phase.REGISTRATION, Phase.BIDDING)


class Purpose(StrEnum):
    """What amounts are read for."""

    REVIEW = "review"
    PRICING = "pricing"
    INQUIRY = "inquiry"
    OFFER = "offer"
    AUDIT = "audit"


class NotInEvaluationYet(NotAllowedNow):
    """Nobody inside reads the amounts of a round before its window has closed."""


class PriceView(BaseModel):
    """What a bid asks for: amount in cents, and capacity in units of the lead item a calendar year."""

    bid_id: UUID
    label: str
    category_code: str
    cba_code: str
    amount_cents: int | None
    capacity: int | None


async def read_prices(
    session: Session, code: str, number: str, purpose: Purpose, *, after: str | None, limit: int
) -> Page[PriceView]:
    """Return amounts and capacities of a bidder's bids that were received, each noted as read by the actor.

    Whoever works on bona fide bids reads those of such a case alone (domain/roles.md 3). Raises `NotFound`,
    `NotInEvaluationYet`.
    """
    round_ = await session.get(Round, code)
    bidder = await session.scalar(select(Bidder).where(Bidder.round_code == code, Bidder.number == number))
    if round_ is None or bidder is None:
        raise NotFound
    if round_.phase in BEFORE_EVALUATION:
        raise NotInEvaluationYet
    statement = select(Bid).where(Bid.bidder_id == bidder.id, Bid.state.not_in((*BEFORE_THE_CLOSE, *NEVER_RECEIVED)))
    if session.actor.may(WORKS_ON_BONA_FIDE):
        in_a_case = exists().where(
            Finding.bid_id == Bid.id, Finding.case_id == ReviewCase.id, ReviewCase.kind == Kind.BONA_FIDE
        )
        statement = statement.where(in_a_case)
    page = await fetch_page(session, statement, [(Bid.id, UUID)], _view, after=after, limit=limit, descending=False)
    for price in page.items:
        session.audit("bid.read-price", price.bid_id, reason=purpose.value)
    return page


def _view(bid: Bid) -> PriceView:
    return PriceView(
        bid_id=bid.id,
        label=bid.label,
        category_code=bid.category_code,
        cba_code=bid.cba_code,
        amount_cents=bid.amount_cents,
        capacity=bid.capacity,
    )
