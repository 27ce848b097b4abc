"""What a round does by its dates, and how its dates change."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped, WriteOnlyMapped

from bidding_svc.deadlines.due import review_date
from bidding_svc.rounds.calendar import (
    CDRD,
    CLOCK_MOVES,
    WINDOW_CLOSES,
    WINDOW_OPENS,
    ActualStaysActual,
    Certainty,
    ComputedDate,
    DateChange,
    DateHasPassed,
    DateInThePast,
    RoundDate,
    require_order,
    require_reason,
)
from bidding_svc.rounds.extension import WindowExtension, WindowIsExtendedForEveryone
from bidding_svc.rounds.phase import Phase
from chassis.calendar import due_at, in_time, midnight
from events.rule_set import RuleSet

SYSTEM = "calendar"
"""Who changes a date that follows from another one."""


BEFORE_THE_CLOSE = frozenset({Phase.REGISTRATION, Phase.BIDDING})


class Schedule:
    """The calendar side of a `Round`."""

    if TYPE_CHECKING:
        phase: Mapped[Phase]
        registration_closed: Mapped[bool]
        dates: Mapped[list[RoundDate]]
        extensions: Mapped[list[WindowExtension]]
        changes: WriteOnlyMapped[DateChange]

        @property
        def rules(self) -> RuleSet:
            """The rule set of the round."""
            ...

    def date_of(self, code: str) -> RoundDate:
        """Return a date of the calendar. Raises KeyError when the calendar has no such date."""
        return self._dates[code]

    @property
    def opens_at(self) -> datetime:
        """The first instant of the bid window: midnight Eastern."""
        return midnight(self.date_of(WINDOW_OPENS).on)

    @property
    def closes_at(self) -> datetime:
        """The last instant of the bid window (8:59:59 p.m. Eastern), extensions in force included."""
        return due_at(self.date_of(WINDOW_CLOSES).on)

    @property
    def cdrd_at(self) -> datetime:
        """The last instant of the covered document review date."""
        return due_at(self.date_of(CDRD).on)

    @property
    def pending_extension(self) -> WindowExtension | None:
        """The extension that was decided and is not in force yet. While there is one, the round does not close."""
        return next((each for each in self.extensions if each.in_force_at is None), None)

    @property
    def last_close_at(self) -> datetime:
        """The close that was decided last, in force already or not: what upload slots are to be held open until."""
        return self.pending_extension.closes_at if self.pending_extension else self.closes_at

    @property
    def slot_times(self) -> tuple[datetime, datetime, datetime]:
        """What upload slots are to be asked for: opening, close, and the review date that goes with them."""
        extension = self.pending_extension
        cdrd_at = due_at(extension.cdrd_on) if extension and extension.cdrd_on else self.cdrd_at
        return self.opens_at, self.last_close_at, cdrd_at

    def takes_bids(self, at: datetime) -> bool:
        """Whether forms may be edited and bids certified at `at`: the window is open, by the close now in force.

        The calendar decides, not the phase: a sweep that moves the round late neither lengthens nor shortens the
        window. Between the old close and an extension that is not in force yet nothing is taken, and nothing is locked.
        """
        return self.phase in BEFORE_THE_CLOSE and self.opens_at <= at and in_time(at, self.closes_at)

    def takes_bids_entered(self, at: datetime) -> bool:
        """Whether something entered elsewhere at `at` was entered while the window was open, told later or not."""
        return self.phase not in (Phase.DRAFT, Phase.CANCELLED) and self.opens_at <= at and in_time(at, self.closes_at)

    def put_date(self, fresh: RoundDate, *, by: str, reason: str, at: datetime) -> None:
        """Set or move a date, for everyone; the old value stays in the history with who, when and why.

        Raises `ReasonMissing`, `ComputedDate`, `WindowIsExtendedForEveryone`, `DateHasPassed`, `DateInThePast`,
        `ActualStaysActual` or `DatesOutOfOrder`.
        """
        reason, code, stands = require_reason(reason), fresh.code, self._dates.get(fresh.code)
        if code == CDRD:
            raise ComputedDate
        if code == WINDOW_CLOSES and self.phase is Phase.BIDDING:
            raise WindowIsExtendedForEveryone
        if stands is not None and (stands.certainty, fresh.certainty) == (Certainty.ACTUAL, Certainty.TARGET):
            raise ActualStaysActual(field="certainty")
        if self._acts_on(code) and (stands is None or stands.on != fresh.on):
            if stands is not None and stands.comes_at <= at:
                raise DateHasPassed
            if fresh.comes_at <= at:
                raise DateInThePast(field="on")
        require_order({each: date.on for each, date in self._dates.items()} | {code: fresh.on})
        self.write_date(fresh, by=by, reason=reason, at=at)
        if code in {WINDOW_OPENS, WINDOW_CLOSES}:
            self.compute_review_date(at)

    def write_date(self, fresh: RoundDate, *, by: str, reason: str, at: datetime) -> None:
        """Put a date on its day and keep what stood there: without asking whether it may move."""
        stands = self._dates.get(fresh.code)
        self.changes.add(DateChange(stands, fresh, by=by, reason=reason, at=at))
        if stands is None:
            self.dates.append(fresh)
        else:
            stands.move(fresh.on, fresh.certainty)

    def compute_review_date(self, at: datetime) -> None:
        """Bring the covered document review date in line with the window, once both its ends are known."""
        if not {WINDOW_OPENS, WINDOW_CLOSES} <= self._dates.keys():
            return
        day = review_date(self.date_of(WINDOW_OPENS).on, self.date_of(WINDOW_CLOSES).on, self.rules)
        stands = self._dates.get(CDRD)
        if stands is None or stands.on != day:
            certainty = stands.certainty if stands else Certainty.TARGET
            fresh = RoundDate(CDRD, day, certainty=certainty)
            self.write_date(fresh, by=SYSTEM, reason="It follows from the bid window.", at=at)

    def coming_move(self) -> tuple[datetime, str] | None:
        """The calendar's next move and its moment; a round does not close under an extension not in force yet."""
        done = {"close bidding registration"} if self.registration_closed else set()
        waits = {"close"} if self.pending_extension else set()
        coming = [
            (self.date_of(code).comes_at, verb)
            for code, verb in CLOCK_MOVES.get(self.phase, ())
            if code in self._dates and verb not in done | waits
        ]
        return min(coming, default=None)

    def has_date(self, code: str) -> bool:
        """Whether the calendar has this date."""
        return code in self._dates

    @property
    def _dates(self) -> dict[str, RoundDate]:
        return {date.code: date for date in self.dates}

    def _acts_on(self, code: str) -> bool:
        """Whether the platform acts on this date by itself, once the round was announced."""
        by_clock = {code for moves in CLOCK_MOVES.values() for code, _ in moves}
        return self.phase is not Phase.DRAFT and code in by_clock
