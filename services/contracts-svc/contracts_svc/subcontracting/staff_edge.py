"""The routes of contract administrators: the work list of subcontracting disclosures."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag
from contracts_svc.subcontracting import reviewing, views
from contracts_svc.subcontracting.disclosure import Disclosure
from contracts_svc.subcontracting.lifecycle import REVIEW, STAFF_VIEW, DisclosureState

router = SliceRouter(prefix="/api/contracts/subcontract-work", tags=["subcontracting, inside"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
InState = Annotated[DisclosureState | None, Query(description="Only disclosures in this state")]


class Question(BaseModel):
    """What the supplier is asked."""

    text: Annotated[Words, Field(min_length=1)]


class Acknowledgement(BaseModel):
    """For checks that could not be made here, how somebody made them."""

    confirmed: Annotated[dict[str, Words], Field(max_length=10)] = {}


class Refusal(BaseModel):
    """Why an arrangement is not permitted, in words for the supplier."""

    explanation: Words


@router.get("", permission=STAFF_VIEW)
async def list_work(
    actor: CurrentActor,
    session: ReadingSession,
    *,
    state: InState = None,
    late: Annotated[bool, Query(description="Only late disclosures")] = False,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.StaffDisclosureView]:
    """List disclosures in the order they came."""
    return await views.list_work(session, actor, state, late=late, after=after, limit=limit)


@router.get("/{disclosure_id}", permission=STAFF_VIEW)
async def read_work(
    disclosure_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.StaffDisclosureView:
    """Read a disclosure with the results of its checks."""
    view = await views.read_for_staff(session, actor, disclosure_id)
    response.headers["ETag"] = etag(view.row_version)
    return view


@router.post("/{disclosure_id}/taking", permission=REVIEW)
async def take(disclosure_id: UUID, base: IfMatch, session: WritingSession) -> views.StaffDisclosureView:
    """Take a disclosure in review: the enrolment record is asked."""
    return await _view(session, await reviewing.take(session, disclosure_id, base))


@router.post("/{disclosure_id}/question", permission=REVIEW)
async def ask(disclosure_id: UUID, body: Question, base: IfMatch, session: WritingSession) -> views.StaffDisclosureView:
    """Ask the supplier for more."""
    return await _view(session, await reviewing.ask(session, disclosure_id, base, body.text))


@router.post("/{disclosure_id}/acknowledgement", permission=REVIEW)
async def acknowledge(
    disclosure_id: UUID, body: Acknowledgement, base: IfMatch, session: WritingSession
) -> views.StaffDisclosureView:
    """Acknowledge a disclosure."""
    return await _view(session, await reviewing.acknowledge(session, disclosure_id, base, body.confirmed))


@router.post("/{disclosure_id}/refusal", permission=REVIEW)
async def refuse(
    disclosure_id: UUID, body: Refusal, base: IfMatch, session: WritingSession
) -> views.StaffDisclosureView:
    """Say that an arrangement is not permitted."""
    return await _view(session, await reviewing.refuse(session, disclosure_id, base, body.explanation))


async def _view(session: Session, disclosure: Disclosure) -> views.StaffDisclosureView:
    await session.flush()
    return views.staff_view_of(disclosure, session.actor)
