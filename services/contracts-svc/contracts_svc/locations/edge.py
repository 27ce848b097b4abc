"""The routes of suppliers: their requests to add, remove or move a location."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.signature import CurrentSigner, Typed
from chassis.versions import IfMatch, etag
from contracts_svc.locations import filing, views
from contracts_svc.locations.lifecycle import SUBMIT, VIEW
from contracts_svc.locations.location_change import LocationChange, Why
from events.kinds import Ptan

router = SliceRouter(prefix="/api/contracts/location-changes", tags=["locations"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class NewRequest(BaseModel):
    """A location that comes, one that goes, or both (a move), on lines of a contract.

    `goes_on` is the last day the location that goes furnishes; the day of receipt where left out. `replaces` is a
    request that was drafted before and is dropped.
    """

    contract_id: UUID
    lines: Annotated[list[UUID], Field(min_length=1, max_length=500)]
    comes: Ptan | None = None
    goes: Ptan | None = None
    goes_on: date | None = None
    why: Why
    remark: Words = ""
    replaces: UUID | None = None


class Requested(BaseModel):
    """What was drafted or filed at once: one request for each line and location."""

    request_id: UUID
    changes: list[views.ChangeView]


class Submission(BaseModel):
    """What the official typed under the statement."""

    signature: Typed


class Answer(BaseModel):
    """The answer to what was asked."""

    text: Annotated[Words, Field(min_length=1)]


@router.get("", permission=VIEW)
async def list_changes(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.ChangeSummary]:
    """List your organization's requests, latest first; a draft that was dropped is not among them."""
    return await views.list_mine(session, actor, after, limit)


@router.get("/requests/{request_id}", permission=VIEW)
async def read_request(request_id: UUID, actor: CurrentActor, session: ReadingSession) -> views.RequestView:
    """Read everything that is filed at once, to review and sign it."""
    return await views.read_request(session, actor, request_id)


@router.post("", permission=SUBMIT, status_code=201)
async def draft_request(body: NewRequest, session: WritingSession) -> Requested:
    """Draft a request; nothing is received before it is submitted."""
    wish = filing.Wish(body.lines, body.comes, body.goes, body.goes_on, body.why, body.remark)
    return await _requested(session, await filing.draft(session, body.contract_id, wish, body.replaces))


@router.post("/{request_id}/submission", permission=SUBMIT)
async def submit_request(
    request_id: UUID, body: Submission, session: WritingSession, signer: CurrentSigner
) -> Requested:
    """Submit everything of a request under your signature: it is received now."""
    return await _requested(session, await filing.submit(session, request_id, signer, body.signature))


@router.get("/{change_id}", permission=VIEW)
async def read_change(
    change_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.ChangeView:
    """Read a request."""
    view = await views.read_mine(session, actor, change_id)
    response.headers["ETag"] = etag(view.row_version)
    return view


@router.post("/{change_id}/answer", permission=SUBMIT)
async def answer_question(change_id: UUID, body: Answer, base: IfMatch, session: WritingSession) -> Requested:
    """Answer what was asked about a request; for a move this answers for both halves."""
    return await _requested(session, await filing.answer(session, change_id, body.text, base))


@router.post("/{change_id}/withdrawal", permission=SUBMIT)
async def withdraw_change(change_id: UUID, base: IfMatch, session: WritingSession) -> Requested:
    """Take a request back; for a move this takes back both halves."""
    return await _requested(session, await filing.withdraw(session, change_id, base))


async def _requested(session: Session, changes: list[LocationChange]) -> Requested:
    await session.flush()
    return Requested(
        request_id=changes[0].request_id, changes=[views.view_of(change, session.actor) for change in changes]
    )
