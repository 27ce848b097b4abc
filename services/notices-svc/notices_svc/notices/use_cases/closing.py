"""How a notice ends: answered elsewhere, decided, taken back, or left unanswered; and the reminder before that."""

from datetime import datetime
from uuid import UUID

from chassis.calendar import latest_missed
from chassis.database import Session
from chassis.errors import Invalid, NotFound
from chassis.sweeps import due, each
from events.notice_fields import NoticeAnsweredElsewhere, NoticeClosed
from notices_svc.mail.use_cases import queue
from notices_svc.notices.lifecycle import BEFORE_ISSUE, RESPONDED, WAITING
from notices_svc.notices.notice import Notice
from notices_svc.notices.telling import nothing_to_do, record


class NoSuchReplacement(Invalid):
    """The notice that is to stand instead is not one of this organization."""


async def hear_answer(session: Session, answered: NoticeAnsweredElsewhere) -> None:
    """It was answered in the service that asked for it. Said again for an amended answer, it changes nothing more.

    What it asks for may be done before it is issued: then it asks for nothing when it is.
    """
    notice = await _notice(session, answered.notice_id)
    if notice.state is RESPONDED:
        return
    if notice.state in BEFORE_ISSUE:
        notice.note_answer(answered.answered_at)
        return
    notice.hear_answer(answered.answered_at)
    await nothing_to_do(session, notice, answered.answered_at)
    record(session, notice, "notice-responded", answered.answered_at)


async def close(session: Session, decided: NoticeClosed) -> None:
    """The reviewers decided about it: it is closed. Raises `NotFound`, `NotAllowedNow`."""
    notice = await _notice(session, decided.notice_id)
    notice.close(decided.outcome, decided.decided_at)


async def rescind(session: Session, notice_id: UUID, reason: str, replaced_by: UUID | None, *, base: int) -> Notice:
    """Take a notice back. Raises `NotFound`, `NoticeChanged`, `NotAllowedNow`, `NoSuchReplacement`."""
    notice = await _notice(session, notice_id)
    notice.require_version(base)
    if replaced_by is not None:
        other = await session.get(Notice, replaced_by)
        if other is None or other.organization_id != notice.organization_id or other.id == notice.id:
            raise NoSuchReplacement(field="replaced_by")
    notice.rescind(reason, replaced_by, session.at)
    await nothing_to_do(session, notice, session.at)
    record(session, notice, "notice-rescinded", session.at)
    return notice


async def pass_due_notices(session: Session, as_of: datetime, limit: int) -> int:
    """Move notices whose due date passed without an answer, as of the due date; a sweep."""

    async def pass_due(notice: Notice) -> None:
        notice.pass_due()
        until = notice.due_at or as_of
        await nothing_to_do(session, notice, until)
        if notice.type.must_answer:
            record(session, notice, "notice-overdue", until)

    waiting = Notice.state.in_(WAITING), Notice.passed_at.is_(None)
    found = await due(session, Notice, Notice.due_at, latest_missed(as_of), limit, *waiting)
    return await each(session, found, pass_due)


async def remind(session: Session, as_of: datetime, limit: int) -> int:
    """Remind of notices that are due soon and not answered, once; a sweep."""

    def remind_of(notice: Notice) -> None:
        notice.reminded_at = as_of
        notice.audit("notice.remind")
        record(session, notice, "notice-due-soon", as_of)

    waiting = Notice.state.in_(WAITING), Notice.reminded_at.is_(None), Notice.passed_at.is_(None)
    found = await due(session, Notice, Notice.remind_at, as_of, limit, *waiting)
    chosen = [notice.id for notice in found]  # one that fails is not to be asked any more
    done = await each(session, found, remind_of)
    await queue(session, chosen, "due-soon")
    return done


async def _notice(session: Session, notice_id: UUID) -> Notice:
    found = await session.get(Notice, notice_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found
