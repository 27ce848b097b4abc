"""The days on which customer service answers at other hours than usual."""

from datetime import date

from fastapi import Response
from pydantic import BaseModel

from chassis import program_time
from chassis.door import ReadingSession, SliceRouter, WritingSession
from events.kinds import LocalTime
from notices_svc.chat.chat import SUPERVISE
from notices_svc.chat.hours import other_hours, set_hours, usual_hours

router = SliceRouter(prefix="/api/notices/chat-hours", tags=["chat desk"])


class DayHours(BaseModel):
    """Hours of one day, Eastern time; both empty: closed."""

    opens: LocalTime | None = None
    closes: LocalTime | None = None


class OtherDay(DayHours):
    """A day with other hours than usual."""

    day: date


class OtherDays(BaseModel):
    """The days from today on."""

    days: list[OtherDay]


@router.get("", permission=SUPERVISE)
async def list_hours(session: ReadingSession) -> OtherDays:
    """List the days from today on that have other hours than usual."""
    found = await other_hours(session, program_time.now())
    return OtherDays(days=[OtherDay(day=row.day, opens=row.opens, closes=row.closes) for row in found.values()])


@router.put("/{day}", permission=SUPERVISE)
async def set_day(day: date, body: DayHours, session: WritingSession) -> OtherDay:
    """Open longer or shorter on a day, or not at all."""
    await set_hours(session, day, body.opens, body.closes)
    return OtherDay(day=day, opens=body.opens, closes=body.closes)


@router.delete("/{day}", permission=SUPERVISE, status_code=204)
async def clear_day(day: date, session: WritingSession) -> Response:
    """Give a day its usual hours back."""
    await usual_hours(session, day)
    return Response(status_code=204)
