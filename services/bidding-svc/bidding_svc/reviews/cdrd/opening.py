"""Covered document review: one case for each bidder who is to be told what is missing."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.requirements.lifecycle import Need
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews.case import Proposal, ReviewCase
from bidding_svc.reviews.kinds import Kind, Outcome
from bidding_svc.reviews.opening import (
    opens_alone,
    rounds_in_evaluation,
    with_every_bid_closed,
    with_every_slot_settled,
    without_case,
    work_until,
)
from chassis.database import Session

KIND = Kind.CDRD


async def open_cdrd(session: Session, as_of: datetime, limit: int) -> int:
    """Open the cases of bidders with the CDRD right who lack a covered document. Returns how many."""
    if not await opens_alone(session, KIND):
        return 0
    opened = 0
    for round_ in await rounds_in_evaluation(session):
        lacking = exists().where(Requirement.bidder_id == Bidder.id, Requirement.state == Need.MISSING_NOTIFIABLE)
        bids = exists().where(Bid.bidder_id == Bidder.id, Bid.state == BidState.RECEIVED)
        of_the_round = (Bidder.round_code == round_.code, lacking, bids, without_case(KIND))
        found = await session.scalars(
            select(Bidder)
            .where(*of_the_round, with_every_bid_closed(), with_every_slot_settled())
            .order_by(Bidder.id)
            .limit(limit - opened)
        )
        bidders, until = found.all(), await work_until(session, KIND, round_)
        proposals = await _proposals(session, [bidder.id for bidder in bidders])
        session.add_all(ReviewCase(KIND, each, proposals[each.id], due_at=until, at=as_of) for each in bidders)
        opened += len(bidders)
    return opened


async def _proposals(session: Session, bidders: list[UUID]) -> dict[UUID, list[Proposal]]:
    missing = await session.scalars(
        select(Requirement)
        .where(Requirement.bidder_id.in_(bidders), Requirement.state == Need.MISSING_NOTIFIABLE)
        .order_by(Requirement.id)
    )
    proposals: dict[UUID, list[Proposal]] = defaultdict(list)
    for each in missing:
        files = [
            {"file": file.file_id, "received_at": file.received_at, "rejected": file.rejected} for file in each.files
        ]
        inputs = {
            "document": each.document,
            "files": [{key: str(value) for key, value in file.items()} for file in files],
        }
        proposals[each.bidder_id].append(Proposal(each.label, Outcome.ASK, (), inputs, requirement_id=each.id))
    return proposals
