"""The routes of contract administrators and contracting officers: the work list of location requests."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag
from contracts_svc.locations import reviewing, views
from contracts_svc.locations.lifecycle import DECIDE, REVIEW, STAFF_VIEW, ChangeState
from contracts_svc.locations.location_change import LocationChange

router = SliceRouter(prefix="/api/contracts/location-work", tags=["locations, inside"])

InState = Annotated[ChangeState | None, Query(description="Only requests in this state")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Question(BaseModel):
    """What the supplier is asked."""

    text: Annotated[Words, Field(min_length=1)]


class Recommendation(BaseModel):
    """What to decide. `confirmed`: for checks that could not be made here, how somebody made them."""

    what: Literal["approve", "deny"]
    explanation: Words = ""
    confirmed: Annotated[dict[str, Words], Field(max_length=10)] = {}


class Denial(BaseModel):
    """Why a request is denied, in words for the supplier."""

    explanation: Words


class Reviewed(BaseModel):
    """The request, with the other half of the move where it is one."""

    changes: list[views.StaffChangeView]


@router.get("", permission=STAFF_VIEW)
async def list_work(
    session: ReadingSession, state: InState = None, after: After = None, limit: Limit = 25
) -> Page[views.StaffChangeSummary]:
    """List the requests that were received, by when they should be decided."""
    return await views.list_work(session, state, after, limit)


@router.get("/{change_id}", permission=STAFF_VIEW)
async def read_work(
    change_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.StaffChangeView:
    """Read a request with the results of its checks."""
    view = await views.read_for_staff(session, actor, change_id)
    response.headers["ETag"] = etag(view.row_version)
    return view


@router.post("/{change_id}/taking", permission=REVIEW)
async def take(change_id: UUID, base: IfMatch, session: WritingSession) -> Reviewed:
    """Take a request in review: the enrolment record is asked."""
    return await _reviewed(session, await reviewing.take(session, change_id, base))


@router.post("/{change_id}/question", permission=REVIEW)
async def ask(change_id: UUID, body: Question, base: IfMatch, session: WritingSession) -> Reviewed:
    """Ask the supplier for more; the target of the review stands still until the answer."""
    return await _reviewed(session, await reviewing.ask(session, change_id, base, body.text))


@router.post("/{change_id}/recommendation", permission=REVIEW)
async def recommend(change_id: UUID, body: Recommendation, base: IfMatch, session: WritingSession) -> Reviewed:
    """Recommend to approve or to deny a request."""
    changes = await reviewing.recommend(
        session, change_id, base, what=body.what, explanation=body.explanation, confirmed=body.confirmed
    )
    return await _reviewed(session, changes)


@router.post("/{change_id}/approval", permission=DECIDE)
async def approve(change_id: UUID, base: IfMatch, session: WritingSession) -> Reviewed:
    """Approve a request that somebody else recommended: the contract gets a new version."""
    return await _reviewed(session, await reviewing.approve(session, change_id, base))


@router.post("/{change_id}/denial", permission=DECIDE)
async def deny(change_id: UUID, body: Denial, base: IfMatch, session: WritingSession) -> Reviewed:
    """Deny a request; the supplier may file it anew."""
    return await _reviewed(session, await reviewing.deny(session, change_id, base, body.explanation))


async def _reviewed(session: Session, changes: list[LocationChange]) -> Reviewed:
    await session.flush()
    return Reviewed(changes=[await views.staff_view_of(session, session.actor, change) for change in changes])
