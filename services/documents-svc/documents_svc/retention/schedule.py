"""When a record's time is over: by its type, counted from the end of the body of records it belongs to."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from chassis.calendar import eastern_day, midnight
from documents_svc.base import Base

EVERY_OTHER = ""
"""The type that stands for every document without a line of its own."""


class ScheduleLine(Base):
    """How long one type of record of a closed body of records is kept.

    Written once, when the body was closed, and never computed again: a due date that was told stays.
    """

    __tablename__ = "records_schedule"

    records: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[str] = mapped_column(primary_key=True, comment="kind of document; empty: every other")
    years: Mapped[int]
    closed_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(comment="from then on it may be erased")

    def __init__(self, records: str, document: str, years: int, closed_at: datetime) -> None:
        self.records, self.document, self.years, self.closed_at = records, document, years, closed_at
        self.due_at = due_after(closed_at, years)


def due_after(closed_at: datetime, years: int) -> datetime:
    """Return when records closed at `closed_at` may be erased: the end of that Eastern day so many years later."""
    return midnight(date.fromordinal(years_later(eastern_day(closed_at), years).toordinal() + 1))


def years_later(day: date, years: int) -> date:
    """Return the same day so many years later; 28 February for a 29th that the year has not."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
