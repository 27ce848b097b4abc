"""Completeness cases: one for each bidder with bids, once every one of its slots is settled."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.form_a.form_a import FormA
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState, FormBState
from bidding_svc.requirements.lifecycle import Need
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews.case import Proposal, ReviewCase
from bidding_svc.reviews.completeness.rules import Candidate, Paper, propose
from bidding_svc.reviews.kinds import Kind
from bidding_svc.reviews.opening import (
    opens_alone,
    rounds_in_evaluation,
    with_every_bid_closed,
    with_every_slot_settled,
    without_case,
    work_until,
)
from chassis.answers import Answer
from chassis.database import Session

KIND = Kind.COMPLETENESS


async def open_completeness(session: Session, as_of: datetime, limit: int) -> int:
    """Open the completeness cases of bidders of whom all that was sent in time is known. Returns how many."""
    if not await opens_alone(session, KIND):
        return 0
    opened = 0
    for round_ in await rounds_in_evaluation(session):
        bids = exists().where(Bid.bidder_id == Bidder.id, Bid.state == BidState.RECEIVED)
        found = await session.scalars(
            select(Bidder)
            .where(Bidder.round_code == round_.code, bids, without_case(KIND))
            .where(with_every_bid_closed(), with_every_slot_settled())
            .order_by(Bidder.id)
            .limit(limit - opened)
        )
        bidders = found.all()
        until = await work_until(session, KIND, round_)
        proposals = await _proposals(session, [bidder.id for bidder in bidders])
        session.add_all(ReviewCase(KIND, each, proposals[each.id], due_at=until, at=as_of) for each in bidders)
        opened += len(bidders)
    return opened


async def _proposals(session: Session, bidders: Collection[UUID]) -> dict[UUID, list[Proposal]]:
    forms = {form.id: form for form in await session.scalars(select(FormA).where(FormA.id.in_(bidders)))}
    papers, bonds = await _papers(session, bidders), await _bonds(session, bidders)
    bids = await session.scalars(
        select(Bid).where(Bid.bidder_id.in_(bidders), Bid.state == BidState.RECEIVED).order_by(Bid.id)
    )
    proposals: dict[UUID, list[Proposal]] = defaultdict(list)
    for bid in bids:
        candidate = Candidate(
            bid_id=bid.id,
            label=bid.label,
            form_a_approved=forms[bid.bidder_id].is_approved,
            form_b_certified=bid.form_at_close == FormBState.CERTIFIED,
            papers=papers[bid.bidder_id],
            bond=bonds.get((bid.bidder_id, bid.cba_code), Answer.COULD_NOT_CHECK),
        )
        proposals[bid.bidder_id].append(propose(candidate))
    return proposals


async def _papers(session: Session, bidders: Collection[UUID]) -> dict[UUID, list[Paper]]:
    rows = await session.execute(
        select(Requirement.bidder_id, Requirement.document, Requirement.state)
        .where(Requirement.bidder_id.in_(bidders), Requirement.stands_in_for.is_(None), Requirement.cba_code.is_(None))
        .order_by(Requirement.id)
    )
    papers: dict[UUID, list[Paper]] = defaultdict(list)
    for row in rows:
        papers[row.bidder_id].append(Paper(row.document, row.state))
    return papers


async def _bonds(session: Session, bidders: Collection[UUID]) -> dict[tuple[UUID, str | None], Answer]:
    """Whether the bond of a bidder for an area is here. Whether it is good is judged by itself."""
    rows = await session.execute(
        select(Requirement.bidder_id, Requirement.cba_code, Requirement.state).where(
            Requirement.bidder_id.in_(bidders), Requirement.cba_code.is_not(None)
        )
    )
    return {(row.bidder_id, row.cba_code): Answer.of(row.state is not Need.MISSING) for row in rows}
