"""Disqualification: one case for each bidder with disqualified bids, once all its bids are judged."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.reviews.case import Proposal, ReviewCase
from bidding_svc.reviews.kinds import Kind, Outcome
from bidding_svc.reviews.opening import next_numbers, opens_alone, stands_in_case, without_open_case, work_until
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import Session

KIND = Kind.DISQUALIFICATION
NOT_JUDGED = (BidState.RECEIVED, BidState.BFB_PENDING, BidState.PBE_PENDING, BidState.ELIGIBLE)
TOLD_IN = (Phase.EVALUATION, Phase.AWARDING, Phase.ANNOUNCED_SUPPLIERS)
"""A notice goes to a bidder with every bid: it is prepared when none of its bids is open any more.

Bids that are disqualified after it, as by a license re-check, are told by a further notice, each bid once.
"""


async def open_disqualifications(session: Session, as_of: datetime, limit: int) -> int:
    """Open the cases of bidders whose disqualified bids are to be told. Returns how many."""
    if not await opens_alone(session, KIND):
        return 0
    opened = 0
    for round_ in (await session.scalars(select(Round).where(Round.phase.in_(TOLD_IN)))).all():
        of_bidder = Bid.bidder_id == Bidder.id
        disqualified = exists().where(of_bidder, *_to_be_told())
        open_still = exists().where(of_bidder, Bid.state.in_(NOT_JUDGED))
        found = await session.scalars(
            select(Bidder)
            .where(Bidder.round_code == round_.code, disqualified, ~open_still, without_open_case(KIND))
            .order_by(Bidder.id)
            .limit(limit - opened)
        )
        bidders, until = found.all(), await work_until(session, KIND, round_)
        ids = [bidder.id for bidder in bidders]
        proposals, numbers = await _proposals(session, ids), await next_numbers(session, KIND, ids)
        session.add_all(
            ReviewCase(KIND, each, proposals[each.id], due_at=until, at=as_of, number=numbers[each.id])
            for each in bidders
        )
        opened += len(bidders)
    return opened


async def _proposals(session: Session, bidders: list[UUID]) -> dict[UUID, list[Proposal]]:
    bids = await session.scalars(select(Bid).where(Bid.bidder_id.in_(bidders), *_to_be_told()).order_by(Bid.id))
    proposals: dict[UUID, list[Proposal]] = defaultdict(list)
    for bid in bids:
        reasons = [Reason(reason) for reason in bid.reasons]
        inputs = {"disqualified_at": bid.changed_at.isoformat(), "reasons": bid.reasons}
        proposals[bid.bidder_id].append(Proposal(bid.label, Outcome.FAIL, reasons, inputs, bid.id))
    return proposals


def _to_be_told() -> tuple[ColumnElement[bool], ...]:
    """Disqualified, and in no case that was opened since."""
    return Bid.state == BidState.DISQUALIFIED, ~stands_in_case(KIND)
