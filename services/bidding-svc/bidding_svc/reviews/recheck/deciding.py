from collections.abc import Sequence

from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.findings import disqualify_failed
from chassis.database import Session


async def decide_recheck(session: Session, _case: ReviewCase, findings: Sequence[Finding]) -> None:
    """Disqualify winning bids that do not hold any more what they had to hold (domain/lifecycle.md 4.3).

    A bid that passes stays as it is. Its bidder is told by a further notice of disqualification.
    """
    await disqualify_failed(session, findings, session.at)
