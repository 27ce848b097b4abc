from chassis.door import CurrentActor, ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page
from notices_svc.activity import views
from notices_svc.activity.activity import VIEW

router = SliceRouter(prefix="/api/notices/activity", tags=["activity"])


@router.get("", permission=VIEW)
async def list_activity(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.ActivityView]:
    """List what happened for your organization, as far as your role may know of it."""
    return await views.list_activity(session, actor, after, limit)
