"""Bond reviews: one case for each bidder, over the bonds of areas in which its bids take part."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.bonds.bond import Bond
from bidding_svc.bonds.consequences import TAKES_PART
from bidding_svc.bonds.lifecycle import UPLOADED
from bidding_svc.form_b.bid import Bid
from bidding_svc.reviews.bonds.proposing import unread
from bidding_svc.reviews.case import Proposal, ReviewCase
from bidding_svc.reviews.kinds import Kind
from bidding_svc.reviews.opening import opens_alone, rounds_in_evaluation, without_case, work_until
from chassis.database import Session

KIND = Kind.BONDS


async def open_bond_reviews(session: Session, as_of: datetime, limit: int) -> int:
    """Open the bond reviews of bidders whose bonds were opened. Returns how many."""
    if not await opens_alone(session, KIND):
        return 0
    opened = 0
    for round_ in await rounds_in_evaluation(session):
        found = await session.scalars(
            select(Bidder)
            .where(Bidder.round_code == round_.code, without_case(KIND))
            .where(exists().where(Bond.bidder_id == Bidder.id, *_to_review()))
            .order_by(Bidder.id)
            .limit(limit - opened)
        )
        bidders = found.all()
        until = await work_until(session, KIND, round_)
        proposals = await _proposals(session, [bidder.id for bidder in bidders])
        session.add_all(ReviewCase(KIND, each, proposals[each.id], due_at=until, at=as_of) for each in bidders)
        opened += len(bidders)
    return opened


def _to_review() -> tuple[ColumnElement[bool], ...]:
    """Whether a bond is needed: without a bid that takes part it is returned unread."""
    needed = exists().where(Bid.bidder_id == Bond.bidder_id, Bid.cba_code == Bond.cba_code, Bid.state.in_(TAKES_PART))
    return Bond.state == UPLOADED, needed


async def _proposals(session: Session, bidders: Collection[UUID]) -> dict[UUID, list[Proposal]]:
    bonds = await session.scalars(
        select(Bond).where(Bond.bidder_id.in_(bidders), *_to_review()).order_by(Bond.area, Bond.id)
    )
    proposals: dict[UUID, list[Proposal]] = defaultdict(list)
    for bond in bonds:
        proposals[bond.bidder_id] += unread(bond)
    return proposals
