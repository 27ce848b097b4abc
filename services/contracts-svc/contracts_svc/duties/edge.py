from uuid import UUID

from fastapi import Response

from chassis import program_time
from chassis.door import CurrentActor, ReadingSession, SliceRouter
from contracts_svc.contracts.permissions import VIEW
from contracts_svc.duties import views

router = SliceRouter(prefix="/api/contracts/calendars", tags=["duty calendar"])

ICS = {200: {"description": "The calendar, for a calendar program", "content": {"text/calendar": {}}}}


@router.get("/{contract_id}", permission=VIEW)
async def read_calendar(contract_id: UUID, actor: CurrentActor, session: ReadingSession) -> views.DutyCalendar:
    """Read every date of a contract that you may see, each explained."""
    return await views.read_calendar(session, actor, contract_id)


@router.get("/{contract_id}/feed.ics", permission=VIEW, response_class=Response, responses=ICS)
async def read_feed(contract_id: UUID, actor: CurrentActor, session: ReadingSession) -> Response:
    """Read the same dates as an iCalendar feed."""
    calendar = await views.read_calendar(session, actor, contract_id)
    content = views.as_ics(calendar, program_time.now())
    headers = {"Content-Disposition": f'attachment; filename="contract-{calendar.number}.ics"'}
    return Response(content, media_type="text/calendar", headers=headers)
