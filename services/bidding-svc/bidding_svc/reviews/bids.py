"""The bids that the lines of a case are about."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from bidding_svc.form_b.bid import Bid
from bidding_svc.reviews.case import Finding
from bidding_svc.reviews.kinds import Outcome
from chassis.database import Session


async def bids_of(session: Session, findings: Iterable[Finding]) -> dict[UUID, Bid]:
    """Return the bids that findings are about, by id, locked for this transaction."""
    ids = [finding.bid_id for finding in findings if finding.bid_id]
    bids = await session.scalars(select(Bid).where(Bid.id.in_(ids)).order_by(Bid.id).with_for_update())
    return {bid.id: bid for bid in bids}


async def disqualify_failed(session: Session, findings: Sequence[Finding], at: datetime) -> None:
    """Disqualify the bids whose line failed; one that another review has taken out meanwhile stays as it is."""
    failed = [finding for finding in findings if finding.outcome is Outcome.FAIL]
    bids = await bids_of(session, failed)
    for finding in failed:
        bid = bids.get(finding.bid_id) if finding.bid_id else None
        if bid is not None and bid.may("disqualify"):
            bid.disqualify(finding.why, at)
