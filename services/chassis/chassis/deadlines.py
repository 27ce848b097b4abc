"""What a line of a deadline catalogue means for a date.

A catalogue is data that services share; its lengths are parameters of a record the caller hands in, so that nothing
here knows a number. A due date is computed once, told, and stored.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import reduce
from typing import Any, Protocol

from chassis.calendar import Closings, add_business_days, add_calendar_days


class Parameter(Protocol):
    """A parameter of a record, by its dotted name."""

    @property
    def name(self) -> str:
        """The dotted name."""
        ...


class Deadline(Protocol):
    """What a line of a catalogue tells of its length; a value is given, or named as a parameter."""

    @property
    def code(self) -> str:
        """How the program calls it."""
        ...

    @property
    def length(self) -> Parameter | None:
        """How many days; None where a calendar fixes the date itself."""
        ...

    @property
    def kind(self) -> "str | Parameter":
        """Which days are counted: "business" or "calendar"."""
        ...

    @property
    def rolls_forward(self) -> "bool | Parameter":
        """Whether a calendar day that is no business day moves to the next one."""
        ...

    @property
    def counts_back(self) -> bool:
        """Whether the days lie before the trigger."""
        ...

    @property
    def alerts(self) -> Parameter | None:
        """After how many days to warn."""
        ...


class NoSuchDeadline(LookupError):
    """A deadline that these rules do not have: its date is fixed elsewhere, or its length is not set."""


def due_day(deadline: Deadline, trigger: date, rules: object, closings: Closings = ()) -> date:
    """Return the last day of a deadline; `calendar.due_at` turns it into an instant. The trigger's day is day 0.

    Raises `NoSuchDeadline` where `rules` give it no length.
    """
    length = _read(rules, deadline.length)
    if length is None:
        raise NoSuchDeadline(f"{deadline.code} has no length in these rules")
    if deadline.counts_back:
        return trigger - timedelta(days=max(length, 1))
    if _read(rules, deadline.kind) == "business":
        return add_business_days(trigger, length, closings)
    return add_calendar_days(trigger, length, roll_forward=_read(rules, deadline.rolls_forward), closings=closings)


def alert_days(deadline: Deadline, trigger: date, rules: object) -> list[date]:
    """Return the days on which to warn that a deadline comes nearer; none for most deadlines."""
    after: Sequence[int] = _read(rules, deadline.alerts) or ()
    return [trigger + timedelta(days=days) for days in after]


def _read(rules: object, value: Any) -> Any:
    """Return a value, or what the rules say where it is the name of a parameter."""
    name = getattr(value, "name", None)
    return value if name is None else reduce(getattr, name.split("."), rules)
