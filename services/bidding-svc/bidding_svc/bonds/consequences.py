from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import DISQUALIFIED, IN_EVALUATION
from chassis.database import ReadSession, Session

TAKES_PART = tuple(state for state in IN_EVALUATION if state is not DISQUALIFIED)
"""States of a bid that still needs its bond."""


async def disqualify_areas(session: Session, bidder_id: UUID, cba_codes: Collection[str], at: datetime) -> None:
    """Disqualify the bids of areas whose bond is not acceptable, those that still take part (lifecycle.md 4.7)."""
    if not cba_codes:
        return
    bids = await session.scalars(
        select(Bid)
        .where(Bid.bidder_id == bidder_id, Bid.cba_code.in_(cba_codes), Bid.state.in_(TAKES_PART))
        .order_by(Bid.id)
        .with_for_update()
    )
    for bid in bids.all():
        if bid.may("disqualify"):
            bid.disqualify([Reason.BOND_UNACCEPTABLE], at)


async def areas_taking_part(session: Session | ReadSession, bidder_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Return the areas in which bids of these bidders still take part in the evaluation, as bidder and area."""
    rows = await session.execute(
        select(Bid.bidder_id, Bid.cba_code).where(Bid.bidder_id.in_(bidder_ids), Bid.state.in_(TAKES_PART)).distinct()
    )
    return {(row.bidder_id, row.cba_code) for row in rows}
