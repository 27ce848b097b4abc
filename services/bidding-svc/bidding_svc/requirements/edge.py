from uuid import UUID

from bidding_svc.requirements import views
from bidding_svc.requirements.requirement import VIEW
from chassis.door import CurrentActor, ReadingSession, SliceRouter
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
