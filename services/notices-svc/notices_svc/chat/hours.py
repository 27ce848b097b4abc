"""When customer service answers chats: Monday to Friday 9:00 to 17:30 Eastern, not on federal holidays (roles.md 5).

Operators may have it open longer, shorter, or closed on a day: such days are rows, everything else follows from the
chassis calendar. The end of the 2021 bid window had 21:00 (roles.md 5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from chassis import calendar
from chassis.database import ReadSession, Session
from chassis.errors import Invalid
from notices_svc.base import Base

OPENS, CLOSES = time(9), time(17, 30)
LOOKS_AHEAD = timedelta(days=30)


class ClosesBeforeItOpens(Invalid):
    """The time it closes must be later than the time it opens. Leave both empty for a day that is closed."""


class DayIsOver(Invalid):
    """This day is over. Choose today or a later day."""


class ChatDay(Base):
    """A day that has other hours than usual, in Eastern time; neither time: closed all day."""

    __tablename__ = "chat_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    opens: Mapped[time | None]
    closes: Mapped[time | None]
    set_by: Mapped[UUID | None]
    set_at: Mapped[datetime]


@dataclass(frozen=True)
class Hours:
    """The hours of one day."""

    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class Opening:
    """Whether chats are answered now; until when, or from when on."""

    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None


OtherHours = Mapping[date, ChatDay]


def hours_of(day: date, other: OtherHours) -> Hours | None:
    """Return when a day opens and closes; None for a day that is closed."""
    if known := other.get(day):
        if known.opens is None or known.closes is None:
            return None
        return _hours(day, known.opens, known.closes)
    return _hours(day, OPENS, CLOSES) if calendar.is_business_day(day) else None


def opening_at(now: datetime, other: OtherHours) -> Opening:
    """Return whether it is open: from the first second of the opening time up to, not including, the closing time."""
    today = calendar.eastern_day(now)
    for ahead in range(LOOKS_AHEAD.days):
        hours = hours_of(today + timedelta(days=ahead), other)
        if hours is None or hours.closes_at <= now:
            continue
        return Opening(hours.opens_at <= now, hours.opens_at, hours.closes_at)
    return Opening(False, None, None)


async def other_hours(session: ReadSession | Session, now: datetime) -> dict[date, ChatDay]:
    """Return the days from today on that have other hours than usual."""
    rows = await session.scalars(select(ChatDay).where(ChatDay.day >= calendar.eastern_day(now)).order_by(ChatDay.day))
    return {row.day: row for row in rows}


async def set_hours(session: Session, day: date, opens: time | None, closes: time | None) -> None:
    """Give a day other hours; both empty: it is closed. Raises `ClosesBeforeItOpens`, `DayIsOver`."""
    if day < calendar.eastern_day(session.at):
        raise DayIsOver(field="day")
    if (opens is None) != (closes is None) or (opens is not None and closes is not None and opens >= closes):
        raise ClosesBeforeItOpens(field="closes")
    told = {"opens": opens, "closes": closes, "set_by": session.actor.person_id, "set_at": session.at}
    statement = insert(ChatDay).values(day=day, **told)
    await session.execute(statement.on_conflict_do_update(index_elements=["day"], set_=told))
    shown = {"opens": str(opens) if opens else None, "closes": str(closes) if closes else None}
    session.audit("chat-day.set", day, after=shown)


async def usual_hours(session: Session, day: date) -> None:
    """Give a day its usual hours back."""
    if (row := await session.get(ChatDay, day)) is not None:
        await session.delete(row)
        session.audit("chat-day.clear", day)


def _hours(day: date, opens: time, closes: time) -> Hours:
    return Hours(
        datetime.combine(day, opens, calendar.EASTERN).astimezone(UTC),
        datetime.combine(day, closes, calendar.EASTERN).astimezone(UTC),
    )
