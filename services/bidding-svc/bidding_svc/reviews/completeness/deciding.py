from collections.abc import Sequence

from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.findings import disqualify_failed
from chassis.database import Session


async def decide_completeness(session: Session, _case: ReviewCase, findings: Sequence[Finding]) -> None:
    """Disqualify what is incomplete; a complete bid stays received and goes on to the next review.

    domain/lifecycle.md 4.3, "completeness fail".
    """
    await disqualify_failed(session, findings, session.at)
