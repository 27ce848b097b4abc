"""How a due date came about, in words: "10 business days after …, skipping Juneteenth"."""

from collections.abc import Iterator
from datetime import date, timedelta

from chassis.calendar import Closings, holiday_name, is_business_day, write_day

CLOSED = "a day on which offices are closed"


def explain_business_days(trigger: date, due: date, closings: Closings = ()) -> str:
    """Explain a date that lies so many business days after another; holidays and closings on the way are named."""
    days = list(_days(trigger, due))
    count = sum(is_business_day(day, closings) for day in days)
    off = [day for day in days if day.weekday() < 5 and not is_business_day(day, closings)]
    skipped = [f"{holiday_name(day) or CLOSED} ({day:%B} {day.day})" for day in off]
    words = f"{count} business days after {write_day(trigger)}"
    return f"{words}, skipping {' and '.join(skipped)}" if skipped else words


def explain_calendar_days(trigger: date, length: int, due: date) -> str:
    """Explain a date that lies so many days after another, and why it was moved where it was."""
    words = f"{length} days after {write_day(trigger)}"
    landed = trigger + timedelta(days=length)
    return words if landed == due else f"{words}, moved from {write_day(landed)} to the next business day"


def _days(trigger: date, due: date) -> Iterator[date]:
    return (trigger + timedelta(days=passed) for passed in range(1, (due - trigger).days + 1))
