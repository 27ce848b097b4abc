"""What a bidder does with a notice: open it, write at an answer, submit one, add more until it is due."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from chassis.database import Session
from chassis.errors import Conflict, NotAllowed
from notices_svc.notices.notice import Notice
from notices_svc.notices.receipts import read_receipts
from notices_svc.notices.response import Response, ResponseDraft, ResponseFile
from notices_svc.notices.seeing import notice_of
from notices_svc.notices.telling import nothing_to_do, record


class SentBefore(Conflict):
    """One of these files was already sent with an earlier answer. Choose only files you have not sent yet."""


async def open_notice(session: Session, notice_id: UUID) -> Notice:
    """Somebody permitted opens a notice; the first time is recorded and said. Raises `NotFound`."""
    notice = await notice_of(session, session.actor, notice_id, lock=True)
    if not notice.open(session.at):
        notice.audit("notice.read")
    return notice


async def save_draft(session: Session, notice_id: UUID, text: str, *, base: int) -> ResponseDraft:
    """Keep the words of an answer that is not submitted yet; it counts for nothing.

    Raises `NotFound`, `NotAllowed`, `DueDatePassed`, `AnsweredElsewhere`, `NotAllowedNow`, `DraftChanged`.
    """
    notice = await _answerable(session, notice_id)
    notice.save_draft(session.at)
    draft = await session.get(ResponseDraft, notice_id, with_for_update=True)
    if draft is None:
        session.add(draft := ResponseDraft(notice))
    draft.save(text, base=base, by=session.actor.person_id, at=session.at)
    return draft


async def respond(session: Session, notice_id: UUID, text: str, receipts: Sequence[str]) -> Response:
    """Submit an answer, or add one more, until the due date. Nothing that was sent is ever replaced.

    Raises `NotFound`, `NotAllowed`, `DueDatePassed`, `AnsweredElsewhere`, `NotAllowedNow`, `EmptyResponse`,
    `NotAReceiptForThis`, `SentBefore`.
    """
    notice = await _answerable(session, notice_id)
    notice.respond(session.at)
    files = await read_receipts(session, notice, receipts)
    sent = select(ResponseFile.id).where(
        ResponseFile.notice_id == notice_id, ResponseFile.file_id.in_([file.file_id for file in files])
    )
    if files and await session.scalar(sent.limit(1)) is not None:
        raise SentBefore
    response = Response(notice, text, files, session.actor.person_id, session.at)
    session.add(response)
    draft = await session.get(ResponseDraft, notice_id, with_for_update=True)
    if draft is not None:
        await session.delete(draft)
    await nothing_to_do(session, notice, session.at)
    record(session, notice, "notice-responded", session.at, about=f"response:{response.id}")
    return response


async def _answerable(session: Session, notice_id: UUID) -> Notice:
    """Return the notice under lock for somebody who may answer it: a rescission that comes meanwhile waits, or wins."""
    notice = await notice_of(session, session.actor, notice_id, lock=True)
    respond = notice.type.respond
    if respond is not None and not session.actor.may(respond):
        raise NotAllowed
    return notice
