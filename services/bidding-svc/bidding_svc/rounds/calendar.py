"""The calendar of a round: its dates, target or actual, and every change of them."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from bidding_svc.rounds.phase import Phase
from chassis.calendar import LAST_SECOND, due_at, midnight
from chassis.errors import Invalid, NotAllowedNow
from chassis.ids import new_id

WINDOW_OPENS, WINDOW_CLOSES, CDRD = "window-opens", "window-closes", "cdrd"
REGISTRATION_OPENS, REGISTRATION_CLOSES = "registration-opens", "bidding-registration-closes"

DATES = {
    "announced": False,
    "request-for-bids": False,
    REGISTRATION_OPENS: False,
    WINDOW_OPENS: False,
    REGISTRATION_CLOSES: True,
    CDRD: True,
    WINDOW_CLOSES: True,
    "bona-fide-notices": False,
    "cdrd-notices": False,
    "pbe-notices": False,
    "offers": False,
    "offer-responses-due": True,
    "suppliers-announced": False,
    "inquiries-due": True,
    "period-starts": False,
    "period-ends": False,
}
"""The dates a round may have (domain/lifecycle.md 1), and whether somebody may act until the cut-off of the day."""

NEEDED = (REGISTRATION_OPENS, WINDOW_OPENS, WINDOW_CLOSES)
"""Without these a round cannot be announced."""

IN_ORDER = (
    ("announced", REGISTRATION_OPENS, WINDOW_OPENS, WINDOW_CLOSES),
    (WINDOW_OPENS, REGISTRATION_CLOSES, WINDOW_CLOSES),
    (WINDOW_CLOSES, "offers", "period-starts", "period-ends"),
)

CLOCK_MOVES = {
    Phase.ANNOUNCED: ((REGISTRATION_OPENS, "open registration"),),
    Phase.REGISTRATION: ((WINDOW_OPENS, "open window"),),
    Phase.BIDDING: ((REGISTRATION_CLOSES, "close bidding registration"), (WINDOW_CLOSES, "close")),
    Phase.ANNOUNCED_SUPPLIERS: (("period-starts", "start period"),),
    Phase.PERFORMANCE: (("period-ends", "end"),),
}
"""Moves the calendar makes: in this phase, at this date, this verb (domain/lifecycle.md 4.1)."""


class Certainty(StrEnum):
    """Whether a date may still move, or was told to bidders as it is."""

    TARGET = "target"
    ACTUAL = "actual"


class UnknownDate(Invalid):
    """A round's calendar has no such date."""


class ComputedDate(NotAllowedNow):
    """The covered document review date follows from the bid window. Change the window's dates."""


class DateHasPassed(NotAllowedNow):
    """This date has passed, and what it starts or ends has happened. It stays as it is."""


class DateInThePast(Invalid):
    """The platform acts on this date, so it must lie ahead. Choose a later day."""


class ActualStaysActual(Invalid):
    """This date was told as actual; it cannot be made a target again."""


class DatesOutOfOrder(Invalid):
    """The dates of a round follow one another."""


class ReasonMissing(Invalid):
    """Say why: the reason stays in the history."""


class RoundDate(Base):
    """A date of a round's calendar. `until` is its last instant, where somebody may act until then."""

    __tablename__ = "round_date"

    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    on: Mapped[date]
    until: Mapped[datetime | None]
    certainty: Mapped[Certainty] = mapped_column(comment="target or actual")

    def __init__(self, code: str, on: date, *, certainty: Certainty = Certainty.TARGET) -> None:
        if code not in DATES:
            raise UnknownDate(f"A round's calendar has no date “{code}”.", field="code")
        self.code = code
        self.move(on, certainty)

    def move(self, on: date, certainty: Certainty) -> None:
        """Put the date on a day."""
        self.on, self.certainty = on, certainty
        self.until = due_at(on) if DATES[self.code] else None

    @property
    def comes_at(self) -> datetime:
        """When the platform acts on it: as the day begins, just after its cut-off, or after a period's last day."""
        if self.code == "period-ends":
            return midnight(self.on + timedelta(days=1))
        return self.until + LAST_SECOND if self.until else midnight(self.on)


class DateChange(Base):
    """One change of a date: what stood there, what stands there now; who changed it, when and why. Never rewritten."""

    __tablename__ = "round_date_change"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), index=True)
    date_code: Mapped[str]
    old_on: Mapped[date | None]
    old_certainty: Mapped[Certainty | None]
    on: Mapped[date]
    certainty: Mapped[Certainty]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]
    reason: Mapped[str]

    def __init__(self, before: RoundDate | None, after: RoundDate, *, by: str, reason: str, at: datetime) -> None:
        self.id, self.date_code = new_id(), after.code
        self.old_on, self.old_certainty = (before.on, before.certainty) if before else (None, None)
        self.on, self.certainty = after.on, after.certainty
        self.changed_at, self.changed_by, self.reason = at, by, reason


def require_reason(reason: str) -> str:
    """Return the reason without blanks around it. Raises `ReasonMissing`."""
    if not reason.strip():
        raise ReasonMissing(field="reason")
    return reason.strip()


def require_order(days: dict[str, date]) -> None:
    """Refuse a calendar whose dates do not follow one another; the window lasts at least until the next day.

    Raises `DatesOutOfOrder` naming the first pair that does not.
    """
    for codes in IN_ORDER:
        for earlier, later in pairwise(code for code in codes if code in days):
            strictly = (earlier, later) == (WINDOW_OPENS, WINDOW_CLOSES)
            if days[later] < days[earlier] or (strictly and days[later] == days[earlier]):
                raise DatesOutOfOrder(f"“{later}” must come after “{earlier}”.", field=later)
