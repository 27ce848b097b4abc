from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, Field

from chassis import program_time
from chassis.door import SIGNED_IN, CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag
from notices_svc.notices import views
from notices_svc.notices.lifecycle import NoticeState
from notices_svc.notices.use_cases import answering

router = SliceRouter(prefix="/api/notices/notices", tags=["notices"])

MOST_FILES = 50
Words = Annotated[str, Field(max_length=50_000)]


class Draft(BaseModel):
    """The words of an answer that is not ready."""

    text: Words


class NewResponse(BaseModel):
    """An answer: words, files by the receipts of their uploads, or both."""

    text: Words = ""
    receipts: Annotated[list[Annotated[str, Field(max_length=16_384)]], Field(max_length=MOST_FILES)] = []


@router.get("", permission=SIGNED_IN)
async def list_notices(
    actor: CurrentActor,
    session: ReadingSession,
    state: NoticeState | None = None,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.NoticeLine]:
    """List the notices to your organization that your role may see."""
    return await views.list_notices(session, actor, state, after, limit)


@router.get("/count", permission=SIGNED_IN)
async def count_notices(actor: CurrentActor, session: ReadingSession) -> views.NoticeCount:
    """Count the notices that were not opened and those that wait for an answer, of those your role may see."""
    return await views.count_notices(session, actor)


@router.get("/{notice_id}", permission=SIGNED_IN)
async def read_notice(
    notice_id: UUID,
    actor: CurrentActor,
    session: ReadingSession,
    first_row: Annotated[int, Query(ge=0, le=1_000_000, description="Of a long table: from which row on.")] = 0,
) -> views.NoticeView:
    """Read a notice; its words only after it was opened, so that no prefetch counts as a first view."""
    return await views.read_notice(session, actor, notice_id, program_time.now(), first_row=first_row)


@router.post("/{notice_id}/opening", permission=SIGNED_IN)
async def open_notice(notice_id: UUID, actor: CurrentActor, session: WritingSession) -> views.NoticeView:
    """Open a notice and read its words. The first time is recorded; it moves no clock."""
    notice = await answering.open_notice(session, notice_id)
    return await views.notice_view(session, actor, notice, session.at)


@router.get(
    "/{notice_id}/document",
    permission=SIGNED_IN,
    response_class=Response,
    responses={200: {"description": "The notice as accessible PDF, to be saved", "content": {"application/pdf": {}}}},
)
async def print_notice(notice_id: UUID, actor: CurrentActor, session: ReadingSession) -> Response:
    """Save a notice as PDF (PDF/UA-1), once it was opened."""
    name, pdf = await views.printed(session, actor, notice_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.put("/{notice_id}/draft", permission=SIGNED_IN)
async def save_draft(
    notice_id: UUID, draft: Draft, base: IfMatch, session: WritingSession, response: Response
) -> views.DraftView:
    """Save the words of an answer. A draft counts for nothing; send `"0"` in If-Match for the first one."""
    saved = await answering.save_draft(session, notice_id, draft.text, base=base)
    response.headers["ETag"] = etag(saved.version)
    return views.DraftView.model_validate(saved, from_attributes=True)


@router.get("/{notice_id}/responses", permission=SIGNED_IN)
async def list_responses(
    notice_id: UUID, actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.ResponseView]:
    """List what your organization answered."""
    return await views.list_responses(session, actor, notice_id, after, limit)


@router.post("/{notice_id}/responses", permission=SIGNED_IN, status_code=201)
async def respond(notice_id: UUID, new: NewResponse, session: WritingSession) -> views.ResponseView:
    """Submit an answer, or add one. It is never replaced; the answer carries a receipt number."""
    return views.response_view(await answering.respond(session, notice_id, new.text, new.receipts))
