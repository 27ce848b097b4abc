from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, Field, StringConstraints

from chassis import program_time
from chassis.actor import Actor
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag
from events.kinds import RoundCode
from notices_svc.notices import desk_views
from notices_svc.notices.desk_views import DeskNotice, Filters, notice_for_staff
from notices_svc.notices.kinds import APPROVE, DECIDE
from notices_svc.notices.lifecycle import EDIT
from notices_svc.notices.use_cases import closing, drafting
from notices_svc.notices.use_cases.drafting import Reviewed
from notices_svc.notices.views import ResponseView

VIEW = "staff.notice.view"

router = SliceRouter(prefix="/api/notices/desk", tags=["notice desk"])

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Chosen(BaseModel):
    """A notice, and the version that was looked at."""

    id: UUID
    version: int


class Review(BaseModel):
    """What is decided about one notice or many: all of them, or none. Returning them needs a reason."""

    notices: Annotated[list[Chosen], Field(min_length=1, max_length=200)]
    outcome: Literal["approved", "returned"]
    reason: Reason = ""


class Rescission(BaseModel):
    """Why a notice is taken back, and which one stands instead."""

    reason: Said
    replaced_by: UUID | None = None


class ReviewDone(BaseModel):
    """The notices decided about, each with its new version."""

    notices: list[Chosen]


@router.get("", permission=VIEW)
async def list_desk(
    actor: CurrentActor,
    session: ReadingSession,
    filters: Annotated[Filters, Query()],
    after: After = None,
    limit: Limit = 25,
) -> Page[desk_views.DeskLine]:
    """List notices and their drafts, by state, type, round or batch."""
    return await desk_views.list_desk(session, actor, filters, after, limit)


@router.get("/count", permission=VIEW)
async def count_desk(
    actor: CurrentActor, session: ReadingSession, round_code: RoundCode | None = None
) -> desk_views.DeskCounts:
    """Count notices and drafts by state and type."""
    return await desk_views.count_desk(session, actor, round_code)


@router.get("/{notice_id}", permission=VIEW)
async def read_desk_notice(
    notice_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> DeskNotice:
    """Read a notice or a draft with its words. This is no first view."""
    return _tagged(response, await desk_views.read_desk_notice(session, actor, notice_id, program_time.now()))


@router.get("/{notice_id}/responses", permission=VIEW)
async def list_responses(
    notice_id: UUID, actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[ResponseView]:
    """List what the bidder answered; drafts are nobody's business but the bidder's."""
    return await desk_views.list_desk_responses(session, actor, notice_id, after, limit)


@router.post("/{notice_id}/submission", permission=EDIT)
async def submit(
    notice_id: UUID, base: IfMatch, actor: CurrentActor, session: WritingSession, response: Response
) -> DeskNotice:
    """Put a draft that was sent back before a second person again."""
    await notice_for_staff(session, actor, notice_id)
    await drafting.submit(session, notice_id, base=base)
    return await _read(session, actor, notice_id, response)


@router.post("/reviews", permission=APPROVE)
async def review(body: Review, session: WritingSession) -> ReviewDone:
    """Release notices for issue, or send them back. Whoever drafted one of them may not."""
    return await _review(body, session, APPROVE)


@router.post("/decisions", permission=DECIDE)
async def decide(body: Review, session: WritingSession) -> ReviewDone:
    """Release breach notices and offers for issue, or send them back."""
    return await _review(body, session, DECIDE)


@router.post("/{notice_id}/rescission", permission=DECIDE)
async def rescind(
    notice_id: UUID, body: Rescission, base: IfMatch, session: WritingSession, response: Response
) -> DeskNotice:
    """Take an issued notice back; its readers see the reason."""
    await closing.rescind(session, notice_id, body.reason, body.replaced_by, base=base)
    return await _read(session, session.actor, notice_id, response)


async def _review(body: Review, session: Session, office: str) -> ReviewDone:
    chosen = [Reviewed(each.id, each.version) for each in body.notices]
    done = await drafting.review(session, chosen, body.outcome, body.reason, office=office)
    return ReviewDone(notices=[Chosen(id=each.id, version=each.version) for each in done])


async def _read(session: Session, actor: Actor, notice_id: UUID, response: Response) -> DeskNotice:
    notice = await notice_for_staff(session, actor, notice_id)
    return _tagged(response, await desk_views.desk_notice(session, actor, notice, session.at))


def _tagged(response: Response, shown: DeskNotice) -> DeskNotice:
    response.headers["ETag"] = etag(shown.version)
    return shown
