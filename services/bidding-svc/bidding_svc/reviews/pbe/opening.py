"""Preliminary bid evaluation: one case for each bidder whose earlier reviews are decided."""

from datetime import datetime

from sqlalchemy import exists, select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.requirements.lifecycle import Need
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews.bona_fide.amount_screen import AmountScreen
from bidding_svc.reviews.case import ReviewCase
from bidding_svc.reviews.kinds import Kind
from bidding_svc.reviews.lifecycle import DECIDED
from bidding_svc.reviews.opening import opens_alone, rounds_in_evaluation, without_case, work_until
from bidding_svc.reviews.pbe.proposing import proposals_for
from chassis.database import Session

KIND = Kind.PBE
NOT_ANSWERED_YET = (Need.MISSING_NOTIFIABLE, Need.REQUESTED)


async def open_pbe(session: Session, as_of: datetime, limit: int) -> int:
    """Open the cases of bidders who are complete, with no review of theirs undecided. Returns how many."""
    if not await opens_alone(session, KIND):
        return 0
    opened = 0
    for round_ in await rounds_in_evaluation(session):
        if not await session.get(AmountScreen, round_.code):
            continue
        mine = ReviewCase.bidder_id == Bidder.id
        complete = exists().where(mine, ReviewCase.kind == Kind.COMPLETENESS, ReviewCase.state == DECIDED)
        undecided = exists().where(mine, ReviewCase.state != DECIDED)
        standing = exists().where(Bid.bidder_id == Bidder.id, Bid.state == BidState.RECEIVED)
        told = exists().where(Requirement.bidder_id == Bidder.id, Requirement.state.in_(NOT_ANSWERED_YET))
        found = await session.scalars(
            select(Bidder)
            .where(Bidder.round_code == round_.code, complete, ~undecided, standing, ~told, without_case(KIND))
            .order_by(Bidder.id)
            .limit(limit - opened)
        )
        bidders, until = found.all(), await work_until(session, KIND, round_)
        proposals = await proposals_for(session, round_, [bidder.id for bidder in bidders])
        session.add_all(ReviewCase(KIND, each, proposals[each.id], due_at=until, at=as_of) for each in bidders)
        opened += len(bidders)
    return opened
