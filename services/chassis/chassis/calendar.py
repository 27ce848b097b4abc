"""Calendar arithmetic of the program: prevailing Eastern time, business days, cut-offs, and how they are written.

The rules are those of the domain's lifecycle chapter, section 2. The codes and lengths of deadlines are data of a
round's rule set, not of this module. A due date once told is stored, and never computed again.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

EASTERN = ZoneInfo("America/New_York")
CUT_OFF = time(20, 59, 59)  # "8:59:59 p.m. prevailing Eastern Time"
LAST_SECOND = timedelta(seconds=1)  # the second 8:59:59 is in time to its end
SOON = timedelta(days=3)

Closings = Collection[date]
"""Days on which offices are closed besides weekends and federal holidays: an operators' table."""


def due_at(day: date) -> datetime:
    """Return the cut-off of a day, 20:59:59 in New York, in UTC."""
    return datetime.combine(day, CUT_OFF, EASTERN).astimezone(UTC)


def midnight(day: date) -> datetime:
    """Return the first instant of a day in New York, in UTC."""
    return datetime.combine(day, time(0), EASTERN).astimezone(UTC)


def in_time(received_at: datetime, due_at: datetime) -> bool:
    """Whether something received at `received_at` met `due_at`: before it plus one second (20:59:59.5 is in time).

    The one place that decides this. Raises ValueError for a time without an offset.
    """
    return _utc(received_at) < _utc(due_at) + LAST_SECOND


def latest_missed(as_of: datetime) -> datetime:
    """Return the latest due time that is missed at `as_of`; a query compares `due_at` with it by `<=`.

    The same rule as `in_time`, turned round: a due time is up to `latest_missed(t)` exactly when it is not met at `t`.
    """
    return _utc(as_of) - LAST_SECOND


def is_business_day(day: date, closings: Closings = ()) -> bool:
    """Whether `day` is Monday to Friday, no federal holiday as observed, and not in the table of extra closings.

    The Friday after Thanksgiving is a business day. Juneteenth counts from 2021.
    """
    return day.weekday() < 5 and day not in _federal_holidays(day.year) and day not in closings


def holiday_name(day: date) -> str | None:
    """Return the name of the federal holiday that is held or observed on a day; None where there is none."""
    return _federal_holidays(day.year).get(day)


def add_business_days(day: date, count: int, closings: Closings = ()) -> date:
    """Return the `count`-th business day after `day`. The day itself is day 0, whatever kind of day it is.

    Raises ValueError when `count` is below one.
    """
    if count < 1:
        raise ValueError("a deadline lies at least one business day ahead")
    for _ in range(count):
        day = _next_business_day(day + timedelta(days=1), closings)
    return day


def business_days_before(day: date, count: int, closings: Closings = ()) -> date:
    """Return the `count`-th business day before `day`, whatever kind of day it is; with 0 the day itself."""
    for _ in range(count):
        day -= timedelta(days=1)
        while not is_business_day(day, closings):
            day -= timedelta(days=1)
    return day


def add_calendar_days(day: date, count: int, *, roll_forward: bool, closings: Closings = ()) -> date:
    """Return the day `count` calendar days after `day`.

    With `roll_forward` a day that is no business day moves to the next one. That is for dates on which somebody
    outside must act; CDRD, CDRD_NOTICE, BOND_RETURN and BREACH_EFFECT stand unrolled.
    """
    landed = day + timedelta(days=count)
    return _next_business_day(landed, closings) if roll_forward else landed


def eastern_day(at: datetime) -> date:
    """Return the day it is in New York at that moment."""
    return at.astimezone(EASTERN).date()


def within(day: date, first: date | None, last: date | None) -> bool:
    """Whether a day lies in a period of days, both ends inclusive; a period without an end is open on that side."""
    return (first is None or first <= day) and (last is None or day <= last)


def write_day(day: date) -> str:
    """Write a day in full: "Tuesday, December 17, 2019"."""
    return f"{day:%A, %B} {day.day}, {day.year}"


def write_moment(at: datetime, *, short: bool = False) -> str:
    """Write a moment in Eastern time: "Tuesday, December 17, 2019, 8:59:59 p.m. EST"; `short`: "Tue, Dec 17, 2019, …".

    EST or EDT is computed for that moment.
    """
    local = at.astimezone(EASTERN)
    day = f"{local:%a, %b} {local.day}, {local.year}" if short else write_day(local.date())
    return f"{day}, {write_time(at)}"


def write_time(at: datetime) -> str:
    """Write the time of day in Eastern time with seconds and zone: "8:59:59 p.m. EST"."""
    local = at.astimezone(EASTERN)
    half = "a.m." if local.hour < 12 else "p.m."
    return f"{local.hour % 12 or 12}:{local:%M:%S} {half} {local:%Z}"


def time_left(at: datetime, due_at: datetime) -> str:
    """Say how long something may still be sent: "8 days 9 hours left", and "closed" when it no longer may.

    Days and hours above 48 hours, hours and minutes below, minutes and seconds in the last hour. What is zero is left
    out. Never says more than there is.
    """
    if not in_time(at, due_at):
        return "closed"
    seconds = int((_utc(due_at) + LAST_SECOND - _utc(at)).total_seconds())
    if seconds > 48 * 3600:
        parts = [(seconds // 86400, "day"), (seconds % 86400 // 3600, "hour")]
    elif seconds >= 3600:
        parts = [(seconds // 3600, "hour"), (seconds % 3600 // 60, "minute")]
    else:
        parts = [(seconds // 60, "minute"), (seconds % 60, "second")]
    said = " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count)
    return f"{said or 'less than a second'} left"


def stage(at: datetime, due_at: datetime) -> Literal["open", "soon", "past"]:
    """Return how a deadline is shown: "soon" in its last three days, "past" when it is missed, otherwise "open"."""
    if not in_time(at, due_at):
        return "past"
    return "open" if in_time(_utc(at) + SOON, due_at) else "soon"


def _utc(at: datetime) -> datetime:
    """Return the instant in UTC, where adding and comparing mean what they say also when clocks change."""
    if at.tzinfo is None:
        raise ValueError("a time without an offset is no instant that could be judged")
    return at.astimezone(UTC)


def _next_business_day(day: date, closings: Closings) -> date:
    while not is_business_day(day, closings):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=128)
def _federal_holidays(year: int) -> dict[date, str]:
    """Return the days of `year` on which a federal holiday is held or observed, next New Year's Day included."""
    return dict(holidays.country_holidays("US", years=year, observed=True))
