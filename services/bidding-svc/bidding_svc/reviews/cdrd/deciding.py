"""Covered document findings: what is told, and what follows (domain/lifecycle.md 3.4, 4.4; domain/documents.md 7).

Only presence is looked at, never quality: once everything asked for was sent or is missing, nothing is left to judge.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.bid import Bid
from bidding_svc.requirements.lifecycle import Need
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews.case import Finding, ReviewCase
from bidding_svc.reviews.kinds import Kind
from bidding_svc.reviews.lifecycle import NOTICE_ISSUED
from chassis.database import Session
from events.notice_fields import CdrdFields, NoticeSlot, ReviewedDocument

RECEIVED = (Need.RECEIVED, Need.RECEIVED_LATE_ALLOWED)


async def ask(session: Session, case: ReviewCase, _findings: Sequence[Finding]) -> None:
    """Tell the bidder which covered documents were received and which are missing; only these may be sent."""
    asked = await _covered(session, case.bidder_id)
    fields = CdrdFields(
        bidder_number=case.bidder_number,
        documents=tuple(
            ReviewedDocument(document=each.document, label=each.label, received=each.state in RECEIVED)
            for each in asked
        ),
    )
    slots = [
        NoticeSlot(slot_id=each.plan_slot(), document=each.document, label=each.label)
        for each in asked
        if _missing(each)
    ]
    case.request_notice(fields, slots, session.at)


async def issued(session: Session, case: ReviewCase, _findings: Sequence[Finding]) -> None:
    """The notice is issued: a slot for each missing document is open until the answer is due, and for nothing else."""
    if case.answer_due_at is None:
        raise ValueError("a notice of missing documents has a due date")
    for requirement in await _covered(session, case.bidder_id):
        if _missing(requirement):
            requirement.request(case.answer_due_at, session.at)


async def decide(_session: Session, case: ReviewCase, _findings: Sequence[Finding]) -> None:
    """Not by a person: every line of such a case asks."""
    raise ValueError(f"a {case.kind} case is decided by what arrives")


async def decide_by_what_arrived(session: Session, bidder_id: UUID) -> None:
    """Once nothing is asked for any more, the case is decided; what is still missing removes the bidder's bids.

    One missing document takes out every bid of the bidder (domain/documents.md 2).
    """
    covered = await _covered(session, bidder_id)
    if any(each.state is Need.REQUESTED for each in covered):
        return
    case = await session.scalar(
        select(ReviewCase)
        .where(ReviewCase.bidder_id == bidder_id, ReviewCase.kind == Kind.CDRD, ReviewCase.state == NOTICE_ISSUED)
        .with_for_update()
    )
    if case is None:
        return
    complete = not any(each.state is Need.MISSING for each in covered)
    case.settle(session.at, satisfied=complete)
    if complete:
        return
    bids = await session.scalars(select(Bid).where(Bid.bidder_id == bidder_id).order_by(Bid.id).with_for_update())
    for bid in bids.all():
        if bid.may("disqualify"):
            bid.disqualify((Reason.FIN_DOC_MISSING,), session.at)


async def _covered(session: Session, bidder_id: UUID) -> Sequence[Requirement]:
    """Return the covered documents that were asked of a bidder for themselves, locked for this transaction."""
    found = await session.scalars(
        select(Requirement)
        .where(Requirement.bidder_id == bidder_id, Requirement.covered, Requirement.stands_in_for.is_(None))
        .order_by(Requirement.id)
        .with_for_update()
    )
    return [each for each in found if each.needed]


def _missing(requirement: Requirement) -> bool:
    return requirement.state in (Need.MISSING_NOTIFIABLE, Need.REQUESTED)
