"""What every part of a breach case stands on: its state, its row version, and the clocks that run."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.calendar import LAST_SECOND, Closings, due_at, in_time
from chassis.deadlines import due_day
from chassis.errors import Conflict, NotAllowedNow
from contracts_svc.breaches.lifecycle import LIFECYCLE, BreachState
from events.deadlines import DEADLINES
from events.rule_set import RuleSet


class CaseChanged(Conflict):
    """This case was changed after you opened it. Read it again before you go on."""


class TooLate(NotAllowedNow):
    """The time for this is over. Load the page again to see how the case stands."""


class Rules:
    """The rules of the round a contract lives by, and the days without business."""

    def __init__(self, rules: RuleSet, closings: Closings) -> None:
        self.rules, self.closings = rules, closings

    def day(self, code: str, trigger: date) -> date:
        """Return the last day of a deadline of the catalogue."""
        return due_day(DEADLINES[code], trigger, self.rules, self.closings)

    def due(self, code: str, trigger: date) -> datetime:
        """Return the cut-off of a deadline of the catalogue."""
        return due_at(self.day(code, trigger))


class Steps(Aggregate):
    """The state of a case.

    `clock_at` is until when whoever has the next step should take it; without a deadline, since when it waits.
    `acts_at` is when the calendar itself moves the case.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[BreachState]
    row_version: Mapped[int]
    changed_at: Mapped[datetime]
    clock_at: Mapped[datetime] = mapped_column(
        comment="until when the next step should be taken, or since when it waits"
    )
    acts_at: Mapped[datetime | None] = mapped_column(comment="when the calendar moves it next")

    def require_row_version(self, base: int) -> None:
        """Raise `CaseChanged` when it is not as it was read."""
        if base != self.row_version:
            raise CaseChanged

    def _move(self, verb: str, at: datetime, told: Mapping[str, Any] | None = None) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.row_version += 1
        self.changed_at = self.clock_at = at
        self.acts_at = None
        self.audit(
            f"breach.{verb.lower().replace(' ', '-')}",
            before={"state": before},
            after={"state": self.state, **(told or {})},
        )


def require_in_time(at: datetime, until: datetime | None) -> None:
    """Raise `TooLate` once the last second of a deadline is over; without a deadline there was never time for it."""
    if until is None or not in_time(at, until):
        raise TooLate


def once_missed(until: datetime) -> datetime:
    """Return the first moment at which a deadline is missed."""
    return until + LAST_SECOND
