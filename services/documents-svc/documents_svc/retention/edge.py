"""The routes of staff: legal holds, what the records schedule lets go, and disposals by two persons."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, StringConstraints

from chassis import program_time
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch
from documents_svc.retention import use_cases, views
from documents_svc.retention.disposal import APPROVE, PROPOSE
from documents_svc.retention.hold import DECIDE, VIEW

router = SliceRouter(prefix="/api/documents/retention", tags=["retention"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Body = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
DueBefore = Annotated[AwareDatetime | None, Query(description="what is due by then; default: now")]


class NewHold(BaseModel):
    """What is held: an organization, a body of records such as `R2028`, or what is in both; and for which matter."""

    organization_id: UUID | None = None
    records: Body | None = None
    matter: Words


class Lifting(BaseModel):
    """Why a hold ends."""

    because: Words


class NewDisposal(BaseModel):
    """What is to be erased: everything that was due by then."""

    due_before: AwareDatetime


@router.get("/dry-run", permission=VIEW)
async def dry_run(session: ReadingSession, due_before: DueBefore = None) -> views.DryRun:
    """Tell what erasing would take, by type of record. Nothing is changed."""
    return await views.dry_run(session, _by(due_before))


@router.get("/due", permission=VIEW)
async def list_due(
    session: ReadingSession, due_before: DueBefore = None, after: After = None, limit: Limit = 25
) -> Page[views.RecordView]:
    """List each record that is due, with what would happen to it and why."""
    return await views.due_records(session, _by(due_before), after, limit)


@router.get("/holds", permission=VIEW)
async def list_holds(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.HoldView]:
    """List legal holds, newest first, lifted ones too."""
    return await views.holds(session, actor, after=after, limit=limit)


@router.post("/holds", permission=DECIDE, status_code=201)
async def place_hold(body: NewHold, actor: CurrentActor, session: WritingSession) -> views.HoldView:
    """Place a legal hold; from the answer on nothing it covers is erased."""
    placed = await use_cases.place_hold(
        session, organization_id=body.organization_id, records=body.records, matter=body.matter
    )
    return await views.view_of_hold(session, actor, placed)


@router.post("/holds/{hold_id}/lifting", permission=DECIDE)
async def lift_hold(
    hold_id: UUID, body: Lifting, base: IfMatch, actor: CurrentActor, session: WritingSession
) -> views.HoldView:
    """Lift a hold that somebody else placed."""
    return await views.view_of_hold(session, actor, await use_cases.lift_hold(session, hold_id, base, body.because))


@router.get("/disposals", permission=VIEW)
async def list_disposals(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.DisposalView]:
    """List disposals, newest first."""
    return await views.disposals(session, actor, after=after, limit=limit)


@router.post("/disposals", permission=PROPOSE, status_code=201)
async def propose(body: NewDisposal, actor: CurrentActor, session: WritingSession) -> views.DisposalView:
    """Propose to erase what was due by then."""
    return await views.view_of_disposal(session, actor, await use_cases.propose(session, body.due_before))


@router.post("/disposals/{disposal_id}/approval", permission=APPROVE)
async def approve(disposal_id: UUID, base: IfMatch, actor: CurrentActor, session: WritingSession) -> views.DisposalView:
    """Approve a disposal that somebody else proposed; a sweep carries it out, sparing what a hold keeps by then."""
    return await views.view_of_disposal(session, actor, await use_cases.approve(session, disposal_id, base))


@router.post("/disposals/{disposal_id}/withdrawal", permission=PROPOSE)
async def withdraw(
    disposal_id: UUID, base: IfMatch, actor: CurrentActor, session: WritingSession
) -> views.DisposalView:
    """Withdraw a disposal; what it erased by then stays erased."""
    return await views.view_of_disposal(session, actor, await use_cases.withdraw(session, disposal_id, base))


def _by(due_before: datetime | None) -> datetime:
    return due_before or program_time.now()
