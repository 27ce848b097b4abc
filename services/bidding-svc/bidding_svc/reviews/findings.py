"""The lines of a case, and the bids they are about."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from bidding_svc.form_b.bid import Bid
from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.kinds import Outcome
from chassis.database import Session
from chassis.errors import NotAllowedNow


class NothingToAsk(NotAllowedNow):
    """The bids this case asks about were decided otherwise meanwhile. Return the case: its lines pass now."""


async def findings_of(session: Session, case: ReviewCase) -> Sequence[Finding]:
    """Return every line of a case."""
    found = await session.scalars(select(Finding).where(Finding.case_id == case.id).order_by(Finding.id))
    return found.all()


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


async def move_bids(session: Session, findings: Iterable[Finding], verb: str, move: Callable[[Bid], None]) -> None:
    """Move the bids that findings are about, those that can still be moved so."""
    for bid in (await bids_of(session, findings)).values():
        if bid.may(verb):
            move(bid)
