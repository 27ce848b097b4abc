from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import DISQUALIFIED, IN_EVALUATION, OFFERED
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


@dataclass(frozen=True)
class Areas:
    """Areas by what becomes of a bidder's bids there, each as bidder and area code."""

    taking_part: frozenset[tuple[UUID, str]]
    offered: frozenset[tuple[UUID, str]]


async def areas_of(session: Session | ReadSession, bidder_ids: Collection[UUID]) -> Areas:
    """Return where bids of these bidders still take part in the evaluation, and where an offer waits for an answer."""
    rows = await session.execute(
        select(Bid.bidder_id, Bid.cba_code, Bid.state)
        .where(Bid.bidder_id.in_(bidder_ids), Bid.state.in_((*TAKES_PART, OFFERED)))
        .distinct()
    )
    found = [(row.state, (row.bidder_id, row.cba_code)) for row in rows]
    return Areas(
        taking_part=frozenset(area for state, area in found if state is not OFFERED),
        offered=frozenset(area for state, area in found if state is OFFERED),
    )
