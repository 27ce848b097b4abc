from chassis import program_time
from chassis.door import ReadingSession, SliceRouter
from documents_svc.arrivals import views

router = SliceRouter(prefix="/api/documents/arrivals", tags=["arrivals"])


@router.get("", permission="staff.round.watch")
async def read_arrivals(session: ReadingSession) -> views.Arrivals:
    """Tell how many files arrived today, hour by hour, and how many wait for their checks. Names no file."""
    return await views.arrivals_of_day(session, program_time.now())
