from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from bidding_svc.requirements import use_cases, views
from bidding_svc.requirements.lifecycle import WAIVE
from bidding_svc.requirements.requirement import VIEW
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page

router = SliceRouter(prefix="/api/bidding/requirements", tags=["requirements"])


@router.get("", permission=VIEW)
async def list_requirements(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.RequirementView]:
    """List the documents asked of your organization."""
    return await views.list_requirements(session, actor, after, limit)


@router.get("/{requirement_id}", permission=VIEW)
async def read_requirement(requirement_id: UUID, actor: CurrentActor, session: ReadingSession) -> views.RequirementView:
    """Read one document requirement."""
    return await views.read_requirement(session, actor, requirement_id)


class Waiver(BaseModel):
    """Why a document does not apply to the bidder, and the bidder's file that says so."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    letter_id: UUID


@router.post("/{requirement_id}/waiver", permission=WAIVE)
async def waive_requirement(requirement_id: UUID, waiver: Waiver, session: WritingSession) -> views.RequirementView:
    """Waive a document for one bidder, for good, by a letter that is on file."""
    requirement = await use_cases.waive(session, requirement_id, waiver.reason, waiver.letter_id)
    await session.flush()
    return await views.view_of(session, session.actor, requirement)
