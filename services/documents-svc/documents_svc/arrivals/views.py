from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy import func, literal_column, select

from chassis.calendar import EASTERN, eastern_day, midnight
from chassis.database import ReadSession
from documents_svc.files.uploaded_file import FileState, UploadedFile
from documents_svc.slots.verdict import Verdict


class Hour(BaseModel):
    """An hour of the day in Eastern time in which files arrived: in time for their slot, and after its close."""

    hour: int
    in_time: int
    late: int


class Arrivals(BaseModel):
    """The files of a day, and what waits for its checks now. `waiting_since`: when the oldest of those arrived."""

    day: date
    hours: list[Hour]
    waiting: int
    waiting_since: datetime | None
    could_not_scan: int


async def arrivals_of_day(session: ReadSession, at: datetime) -> Arrivals:
    """Count the files that arrived on the Eastern day of `at`, and those that wait for their checks."""
    day = eastern_day(at)
    hour = func.extract("hour", func.timezone(literal_column(f"'{EASTERN.key}'"), UploadedFile.received_at))
    in_time = UploadedFile.verdict == Verdict.IN_TIME
    hours = await session.execute(
        select(hour, func.count().filter(in_time), func.count().filter(~in_time))
        .where(UploadedFile.received_at >= midnight(day), UploadedFile.received_at <= at)
        .group_by(hour)
        .order_by(hour)
    )
    unchecked = {state: UploadedFile.state == state for state in (FileState.SCANNING, FileState.NOT_SCANNED)}
    scanning, not_scanned = unchecked[FileState.SCANNING], unchecked[FileState.NOT_SCANNED]
    waits = (
        await session.execute(
            select(
                func.count().filter(scanning),
                func.min(UploadedFile.received_at).filter(scanning),
                func.count().filter(not_scanned),
            ).where(UploadedFile.check_due_at.is_not(None))
        )
    ).one()
    return Arrivals(
        day=day,
        hours=[Hour(hour=int(row[0]), in_time=row[1], late=row[2]) for row in hours],
        waiting=waits[0],
        waiting_since=waits[1],
        could_not_scan=waits[2],
    )
