"""What became of a bidder's bids, as its officials may read it: results with reasons, once they were told.

Results are told at one moment with the awards (domain/lifecycle.md 3.5): before, every bid reads as received. A bid is
disqualified for its bidder once the notice of disqualification that names it was issued (`Bid.told_at`); a bid that an
inquiry brought back reads as received again until something comes of it.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.disqualification.reason import WORDS, Reason
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.offers.lifecycle import LineState
from bidding_svc.offers.line import OfferLine
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page

PUBLISHED = frozenset({Phase.AWARDING, Phase.ANNOUNCED_SUPPLIERS, Phase.PERFORMANCE, Phase.EXPIRED})
"""Phases in which the payment amounts of the round are public."""


class Result(StrEnum):
    """What became of a bid, as far as it was told."""

    NOT_TOLD = "NOT_TOLD"
    NEVER_RECEIVED = "NEVER_RECEIVED"
    REMOVED = "REMOVED"
    DISQUALIFIED = "DISQUALIFIED"
    NOT_SELECTED = "NOT_SELECTED"
    OFFERED = "OFFERED"


class ReasonView(BaseModel):
    """Why a bid is disqualified: its code, a label, and an explanation."""

    code: Reason
    label: str
    explanation: str


class ResultView(BaseModel):
    """What became of one bid. `offer_id` leads to its offer and `line` tells how that stands, where there is one."""

    bid_id: UUID
    round_code: str
    category_code: str
    cba_code: str
    label: str
    result: Result
    told_at: datetime | None
    reasons: list[ReasonView]
    offer_id: UUID | None
    line: LineState | None


_OUTSIDE = {
    BidState.WITHDRAWN: Result.NEVER_RECEIVED,
    BidState.INCOMPLETE: Result.NEVER_RECEIVED,
    BidState.REMOVED: Result.REMOVED,
}
_OFFERED = frozenset({BidState.OFFERED, BidState.ACCEPTED, BidState.DECLINED})


async def list_results(
    session: ReadSession, actor: Actor, round_code: str, after: str | None, limit: int
) -> Page[ResultView]:
    """Return what became of the bids of the actor's organization in a round, by competition. Raises `NotFound`."""
    round_ = await session.get(Round, round_code)
    if round_ is None:
        raise NotFound
    mine = select(Bid).where(Bid.organization_id == actor.organization_id, Bid.round_code == round_code)
    page: Page[Bid] = await fetch_page(
        session, mine, [(Bid.label, str), (Bid.id, UUID)], lambda bid: bid, after=after, limit=limit, descending=False
    )
    lines = await session.scalars(
        select(OfferLine)
        .where(OfferLine.organization_id == actor.organization_id, OfferLine.bid_id.in_([bid.id for bid in page.items]))
        .order_by(OfferLine.id)
    )
    latest = {line.bid_id: line for line in lines}
    published = round_.phase in PUBLISHED
    return Page(items=[_view(bid, latest.get(bid.id), published=published) for bid in page.items], next=page.next)


def result_of(bid: Bid, *, published: bool) -> Result:
    """Return what may be told of a bid. `published`: the payment amounts of its round are."""
    if bid.state in _OUTSIDE:
        return _OUTSIDE[bid.state]
    if bid.state is BidState.DISQUALIFIED and bid.told_at is not None:
        return Result.DISQUALIFIED
    if published and bid.state is BidState.NOT_SELECTED:
        return Result.NOT_SELECTED
    return Result.OFFERED if bid.state in _OFFERED else Result.NOT_TOLD


def _view(bid: Bid, line: OfferLine | None, *, published: bool) -> ResultView:
    result = result_of(bid, published=published)
    reasons = [Reason(code) for code in bid.reasons] if result is Result.DISQUALIFIED else []
    return ResultView(
        bid_id=bid.id,
        round_code=bid.round_code,
        category_code=bid.category_code,
        cba_code=bid.cba_code,
        label=bid.label,
        result=result,
        told_at=bid.told_at if reasons else None,
        reasons=[ReasonView(code=code, label=WORDS[code][0], explanation=WORDS[code][1]) for code in reasons],
        offer_id=line.offer_id if line else None,
        line=line.state if line else None,
    )
