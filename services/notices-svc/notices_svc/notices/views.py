import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select

from chassis.actor import Actor
from chassis.calendar import eastern_day
from chassis.database import ReadSession, Session
from chassis.errors import NotAllowedNow
from chassis.paging import Order, Page, fetch_page
from notices_svc.notices.kinds import UNANSWERED, Answer
from notices_svc.notices.lifecycle import LIFECYCLE, READER, RESPONDER, WAITING, NoticeState
from notices_svc.notices.notice import Notice
from notices_svc.notices.response import Response, ResponseDraft
from notices_svc.notices.rows import cut, rows_of
from notices_svc.notices.seeing import mine, notice_of
from notices_svc.wording.paper import print_notice
from notices_svc.wording.words import write


class NotOpenedYet(NotAllowedNow):
    """Open this notice first."""


class NoticeLine(BaseModel):
    """A notice in a list. Nothing of what it says stands here."""

    id: UUID
    type: str
    title: str
    round_code: str
    state: NoticeState
    answer: Answer
    issued_at: datetime
    due_at: datetime | None
    viewed_at: datetime | None
    responded_at: datetime | None
    closed_at: datetime | None


class NoticeCount(BaseModel):
    """How many notices were not opened yet, and how many wait for an answer, of those the asker may see."""

    unread: int
    waiting: int


class SlotView(BaseModel):
    """Where a file for an answer is uploaded, and what for."""

    slot_id: UUID
    document: str
    label: str


class DraftView(BaseModel):
    """The words of an answer that is not submitted. `version` goes back in If-Match."""

    text: str
    version: int
    saved_at: datetime | None


class NoticeView(NoticeLine):
    """A notice. `html` is a fragment, headings from level 2 on; None until somebody permitted has opened it.

    Where its table has more than 200 rows, `html` holds those from `first_row` on; `rows` counts all of them.
    `allowed_actions` are the verbs the asker may use now.
    """

    html: str | None
    first_row: int
    rows: int
    slots: list[SlotView]
    draft: DraftView | None
    rescinded_because: str | None
    replaced_by: UUID | None
    allowed_actions: list[str]


class FileView(BaseModel):
    """A file that was sent with an answer."""

    file_id: UUID
    slot_id: UUID
    sha256: str
    size: int
    received_at: datetime


class ResponseView(BaseModel):
    """A submitted answer with the number of its receipt."""

    id: UUID
    receipt_number: str
    text: str
    responded_at: datetime
    files: list[FileView]


_LATEST: Order = [(Notice.issued_at, datetime.fromisoformat), (Notice.id, UUID)]


async def list_notices(
    session: ReadSession, actor: Actor, state: NoticeState | None, after: str | None, limit: int
) -> Page[NoticeLine]:
    """Return the notices of the actor's organization, of those the actor may see; latest first."""
    statement = select(Notice).where(mine(actor))
    if state is not None:
        statement = statement.where(Notice.state == state)
    return await fetch_page(session, statement, _LATEST, _line, after=after, limit=limit)


async def count_notices(session: ReadSession, actor: Actor) -> NoticeCount:
    """Count what was not opened and what waits, of what the actor may see."""
    asks = Notice.due_at.is_not(None) & Notice.kind.not_in(UNANSWERED)
    is_waiting = Notice.state.in_(WAITING) & asks & Notice.passed_at.is_(None)
    unread, waiting = (
        await session.execute(
            select(
                func.count().filter(Notice.viewed_at.is_(None), Notice.closed_at.is_(None)),
                func.count().filter(is_waiting),
            )
            .select_from(Notice)
            .where(mine(actor))
        )
    ).one()
    return NoticeCount(unread=unread, waiting=waiting)


async def read_notice(
    session: ReadSession, actor: Actor, notice_id: UUID, at: datetime, *, first_row: int = 0
) -> NoticeView:
    """Return a notice the actor may see, with its words once it was opened. Raises `NotFound`."""
    return await notice_view(session, actor, await notice_of(session, actor, notice_id), at, first_row=first_row)


async def notice_view(
    session: ReadSession | Session, actor: Actor, notice: Notice, at: datetime, *, first_row: int = 0
) -> NoticeView:
    """Return what the actor sees of a notice at this moment, with one page of its rows."""
    draft = await session.get(ResponseDraft, notice.id) if _may_answer(actor, notice) else None
    return NoticeView(
        **_line(notice).model_dump(),
        html=_page_of(notice, first_row) if notice.viewed_at else None,
        first_row=first_row,
        rows=len(rows_of(notice.content)),
        slots=[SlotView.model_validate(slot) for slot in notice.slots],
        draft=DraftView.model_validate(draft, from_attributes=True) if draft else None,
        rescinded_because=notice.rescinded_because,
        replaced_by=notice.replaced_by,
        allowed_actions=_allowed(actor, notice, at),
    )


async def list_responses(
    session: ReadSession, actor: Actor, notice_id: UUID, after: str | None, limit: int
) -> Page[ResponseView]:
    """Return the answers to a notice the actor may see, latest first. Raises `NotFound`."""
    notice = await notice_of(session, actor, notice_id)
    return await responses_of(session, notice, after, limit)


async def responses_of(session: ReadSession, notice: Notice, after: str | None, limit: int) -> Page[ResponseView]:
    """Return the answers to a notice, latest first."""
    statement = select(Response).where(Response.notice_id == notice.id)
    return await fetch_page(session, statement, [(Response.id, UUID)], response_view, after=after, limit=limit)


async def printed(session: ReadSession, actor: Actor, notice_id: UUID) -> tuple[str, bytes]:
    """Return a file name and the notice as PDF. Raises `NotFound`, `NotOpenedYet`."""
    notice = await notice_of(session, actor, notice_id)
    if notice.viewed_at is None or notice.issued_at is None:
        raise NotOpenedYet
    html = html_of(notice)
    pdf = await asyncio.to_thread(print_notice, notice.title, html, issued_at=notice.issued_at, due_at=notice.due_at)
    return f"{notice.round_code}-{notice.kind}-{eastern_day(notice.issued_at)}.pdf", pdf


def response_view(response: Response) -> ResponseView:
    """Return what is shown of an answer."""
    return ResponseView.model_validate(response, from_attributes=True)


def _page_of(notice: Notice, first_row: int) -> str:
    content = cut(notice.content, first_row)
    return write(content, notice.wording or 1, issued_at=notice.issued_at or notice.drafted_at, due_at=notice.due_at)


def html_of(notice: Notice, *, at: datetime | None = None, due_at: datetime | None = None) -> str:
    """Return the words of a notice; before it is issued with the dates it would have."""
    issued_at = notice.issued_at or at or notice.drafted_at
    return write(notice.content, notice.wording or 1, issued_at=issued_at, due_at=notice.due_at or due_at)


def _allowed(actor: Actor, notice: Notice, at: datetime) -> list[str]:
    held = {READER} | ({RESPONDER} if _may_answer(actor, notice) and notice.takes_answers(at) else set())
    return LIFECYCLE.allowed(notice.state, held)


def _may_answer(actor: Actor, notice: Notice) -> bool:
    return notice.type.respond is not None and actor.may(notice.type.respond)


def _line(found: Notice) -> NoticeLine:
    about: dict[str, Any] = {name: getattr(found, name) for name in NoticeLine.model_fields if hasattr(found, name)}
    return NoticeLine.model_validate(about | {"type": found.kind, "answer": found.type.answer})
