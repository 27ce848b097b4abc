"""What notices-svc and documents-svc tell about the notice of a case. All of it is heard behind the bidder's fence."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from bidding_svc.reviews.case import ReviewCase
from bidding_svc.reviews.findings import findings_of
from bidding_svc.reviews.lifecycle import NOTICE_ISSUED
from bidding_svc.reviews.ways import WAYS
from chassis.calendar import latest_missed
from chassis.database import Session
from chassis.errors import NotFound
from chassis.sweeps import due, each
from events.documents import DocumentReceived
from events.notices import NoticeIssued, NoticeOverdue, NoticeRescinded, NoticeResponded, NoticeReturned


async def note_issue(session: Session, issued: NoticeIssued) -> None:
    """The notice of a case is before the bidder."""
    case = await _asked_by(session, issued.about.id, issued.notice_id)
    if case is None:
        return
    case.note_issue(issued.issued_at, issued.due_at)
    if step := WAYS[case.kind].issued:
        await step(session, case, await findings_of(session, case))


async def note_answer(session: Session, responded: NoticeResponded) -> None:
    """The bidder answered in time."""
    case = await _asked_by(session, responded.about.id, responded.notice_id)
    if case is not None:
        case.note_answer(responded.responded_at)


async def note_overdue(session: Session, overdue: NoticeOverdue) -> None:
    """Nothing came until the answer was due."""
    case = await _asked_by(session, overdue.about.id, overdue.notice_id)
    if case is not None:
        case.note_overdue()


async def note_return(session: Session, returned: NoticeReturned) -> None:
    """A second person sent the notice of a case back."""
    case = await _asked_by(session, returned.about.id, returned.notice_id)
    if case is not None:
        case.note_return()


async def note_rescission(session: Session, rescinded: NoticeRescinded) -> None:
    """CMS took the notice back."""
    case = await _asked_by(session, rescinded.about.id, rescinded.notice_id)
    if case is not None and not case.is_decided:
        case.rescind()


async def take_file(session: Session, case_id: UUID, received: DocumentReceived) -> None:
    """Evidence arrived in the slot of a case. Raises `NotFound`."""
    case = await _case(session, case_id)
    if case is None:
        raise NotFound
    case.note_file(received.file_id, received.slot_id)


async def close_answers(session: Session, as_of: datetime, limit: int) -> int:
    """Hand cases back to their analysts once no more answers can come. Returns how many.

    Whether something came in time notices-svc alone knows: a case waits for its word, and for the due time. It is
    proposed anew here, where every supplier's enrolment record can be read.
    """
    judged_by_people = [kind for kind, way in WAYS.items() if way.due is not None]
    told = or_(ReviewCase.answered_at.is_not(None), ReviewCase.overdue)
    ended = await due(
        session,
        ReviewCase,
        ReviewCase.answer_due_at,
        latest_missed(as_of),
        limit,
        ReviewCase.state == NOTICE_ISSUED,
        ReviewCase.kind.in_(judged_by_people),
        told,
    )
    return await each(session, ended, lambda case: _come_due(session, case))


async def _come_due(session: Session, case: ReviewCase) -> None:
    case.come_due()
    if step := WAYS[case.kind].due:
        await step(session, case, await findings_of(session, case))


async def _asked_by(session: Session, case_id: UUID, notice_id: UUID) -> ReviewCase | None:
    """Return the case that asked for a notice; None where the case stands by another notice by now."""
    case = await _case(session, case_id)
    return case if case is not None and case.notice_id == notice_id else None


async def _case(session: Session, case_id: UUID) -> ReviewCase | None:
    found: ReviewCase | None = await session.scalar(
        select(ReviewCase).where(ReviewCase.id == case_id).with_for_update()
    )
    return found
