"""The bona fide screen of a round, and a case for each bidder with an amount that stands out."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BEFORE_THE_CLOSE, BidState
from bidding_svc.reviews.bona_fide.amount_screen import AmountScreen
from bidding_svc.reviews.bona_fide.screen import Flag, Statistics, statistics_of
from bidding_svc.reviews.case import Proposal, ReviewCase
from bidding_svc.reviews.kinds import Kind, Outcome
from bidding_svc.reviews.opening import opens_alone, rounds_in_evaluation, work_until
from bidding_svc.rounds.round import Round
from chassis.database import Session

KIND = Kind.BONA_FIDE


@dataclass(frozen=True)
class Amount:
    """A lead item amount in cents, and the bid it stands in."""

    bid_id: UUID
    bidder_id: UUID
    label: str
    lead_item: str
    cents: int


async def screen_amounts(session: Session, as_of: datetime, limit: int) -> int:
    """Screen the amounts of rounds whose every bid is closed, and open what is to be asked about. Returns how many.

    `limit` is of no account: amounts are compared with all others of the round, and a round is screened once.
    """
    if not await opens_alone(session, KIND):
        return 0
    opened = 0
    for round_ in await rounds_in_evaluation(session):
        if await session.get(AmountScreen, round_.code) or await _has_open_bids(session, round_):
            continue
        opened += await _screen(session, round_, as_of)
    return min(opened, limit - 1)


async def _screen(session: Session, round_: Round, as_of: datetime) -> int:
    amounts = await _amounts(session, round_)
    by_item: dict[str, list[int]] = defaultdict(list)
    for amount in amounts:
        by_item[amount.lead_item].append(amount.cents)
    compared = {item: statistics_of(each, round_.rules.bona_fide, item) for item, each in by_item.items()}
    proposals: dict[UUID, list[Proposal]] = defaultdict(list)
    for amount in amounts:
        if flags := compared[amount.lead_item].flags(amount.cents):
            proposals[amount.bidder_id].append(_proposal(amount, flags, compared[amount.lead_item]))
    flagged = sum(len(each) for each in proposals.values())
    session.add(AmountScreen(round_.code, compared, bids=len(amounts), flagged=flagged, at=as_of))
    until = await work_until(session, KIND, round_)
    bidders = await session.scalars(select(Bidder).where(Bidder.id.in_(proposals)).order_by(Bidder.id))
    session.add_all(ReviewCase(KIND, each, proposals[each.id], due_at=until, at=as_of) for each in bidders)
    return len(proposals)


def _proposal(amount: Amount, flags: Sequence[Flag], compared: Statistics) -> Proposal:
    inputs = {"amount_cents": amount.cents, "lead_item": amount.lead_item, "flags": list(flags)}
    return Proposal(amount.label, Outcome.ASK, inputs=inputs | compared.told(), bid_id=amount.bid_id)


async def _amounts(session: Session, round_: Round) -> list[Amount]:
    """Return the amounts of the bids received. Where no lead item is published yet, a category stands for its own."""
    items = {category.code: category.lead_item or category.code for category in round_.categories}
    rows = await session.execute(
        select(Bid.id, Bid.bidder_id, Bid.label, Bid.category_code, Bid.amount_cents)
        .where(Bid.round_code == round_.code, Bid.state == BidState.RECEIVED, Bid.amount_cents > 0)
        .order_by(Bid.id)
    )
    return [Amount(row.id, row.bidder_id, row.label, items[row.category_code], row.amount_cents) for row in rows]


async def _has_open_bids(session: Session, round_: Round) -> bool:
    still_open = exists().where(Bid.round_code == round_.code, Bid.state.in_(BEFORE_THE_CLOSE))
    return bool(await session.scalar(select(still_open)))
