from chassis.door import ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page
from contracts_svc.program import views

router = SliceRouter(prefix="/api/contracts/rounds", tags=["rounds"])


@router.get("", permission="round.view")
async def list_rounds(session: ReadingSession, after: After = None, limit: Limit = 25) -> Page[views.RoundDuties]:
    """List the rounds with the period and the duties of their contracts."""
    return await views.list_rounds(session, after, limit)
