from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from bidding_svc.disqualification.reason import WORDS
from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.findings import bids_of, findings_of
from bidding_svc.reviews.kinds import Kind
from bidding_svc.reviews.lifecycle import DECIDED
from bidding_svc.reviews.parts import in_parts
from chassis.database import Session
from events.notice_fields import (
    Competition,
    DisqualificationFields,
    DisqualificationReason,
    DisqualifiedBid,
    NoticeFields,
)


async def tell(session: Session, case: ReviewCase, findings: Sequence[Finding]) -> None:
    """Ask for the notice that tells every disqualified bid with every reason.

    It waits with notices-svc until the awards are released (`tell_together`), or is issued with a batch before.
    """
    case.tell(await _fields(session, case, findings), session.at)


async def tell_together(session: Session, round_code: str, released_by: UUID) -> int:
    """Have the notices of a round go out now, together with its offers (domain/lifecycle.md 3.5). Returns how many.

    They are asked for again with who released the awards: notices-svc issues what it did not issue before.
    """
    waiting = (ReviewCase.round_code == round_code, ReviewCase.kind == Kind.DISQUALIFICATION)
    cases = await session.scalars(
        select(ReviewCase)
        .where(*waiting, ReviewCase.state == DECIDED, ReviewCase.answer_due_at.is_(None))
        .order_by(ReviewCase.id)
    )
    told = cases.all()
    for case in told:
        case.tell_now(await _fields(session, case, await findings_of(session, case)), session.at, released_by)
    return len(told)


async def _fields(session: Session, case: ReviewCase, findings: Sequence[Finding]) -> list[NoticeFields]:
    bids = await bids_of(session, findings)
    told = [
        DisqualifiedBid(
            competition=Competition(category_code=bid.category_code, cba_code=bid.cba_code, label=bid.label),
            reasons=tuple(
                DisqualificationReason(reason=reason.code, label=WORDS[reason][0], explanation=WORDS[reason][1])
                for reason in finding.why
            ),
        )
        for finding in findings
        if finding.bid_id and (bid := bids[finding.bid_id])
    ]
    return in_parts(told, lambda some: DisqualificationFields(bidder_number=case.bidder_number, bids=some))
