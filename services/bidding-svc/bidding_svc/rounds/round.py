"""A round: its phase, calendar and rule set, and what CMS decides about it (domain/lifecycle.md 4.1)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, WriteOnlyMapped, mapped_column, relationship

from bidding_svc.base import Base
from bidding_svc.deadlines.due import review_date
from bidding_svc.rounds import telling
from bidding_svc.rounds.calendar import (
    CDRD,
    WINDOW_CLOSES,
    WINDOW_OPENS,
    Certainty,
    DateChange,
    RoundDate,
    require_reason,
)
from bidding_svc.rounds.category import RoundCategory, RoundCba
from bidding_svc.rounds.completeness import RoundNotComplete, what_is_missing
from bidding_svc.rounds.extension import (
    ExtensionUnderWay,
    NotAnExtension,
    WindowExtension,
    WindowIsNotOpen,
)
from bidding_svc.rounds.phase import LIFECYCLE, MANAGE, Phase
from bidding_svc.rounds.rule_sets import RuleSetRecord
from bidding_svc.rounds.schedule import SYSTEM, Schedule
from chassis.aggregate import Aggregate
from chassis.calendar import eastern_day, in_time
from chassis.errors import Conflict, Invalid, NotAllowedNow
from events.rule_set import RuleSet

TAKES_BIDDERS = frozenset({Phase.REGISTRATION, Phase.BIDDING})
"""Phases in which an organization that registers gets its bidder number at once."""

SET_UP = frozenset({Phase.DRAFT, Phase.ANNOUNCED, Phase.REGISTRATION})
"""Phases in which what is bid on may still be completed: before anybody can bid."""


class NotMovedByTheCalendar(NotAllowedNow):
    """This round waits for a person's decision, not for a date."""


class RoundChanged(Conflict):
    """Somebody changed this round after you read it. Load it again and look at it as it is now."""


class RuleSetIsFixed(NotAllowedNow):
    """The round was announced with its rule set. A changed rule set serves later rounds only."""


class BiddingHasBegun(NotAllowedNow):
    """Bidders already bid by this: categories, areas and competitions are completed before the window opens."""


class RoundIsOver(NotAllowedNow):
    """The round has ended or was cancelled: nothing is taken out of it any more."""


class UnknownCategory(Invalid):
    """The round has no such category."""


class Round(Schedule, Aggregate, Base):
    """One cycle of bidding, with the rule set it runs by."""

    __tablename__ = "round"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    phase: Mapped[Phase]
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"))
    registration_closed: Mapped[bool] = mapped_column(default=False, comment="registration of the bidding system")
    next_move_at: Mapped[datetime | None] = mapped_column(index=True, comment="when the calendar moves it on")
    announced_at: Mapped[datetime | None] = mapped_column(comment="from then on it is known outside")
    cancelled_at: Mapped[datetime | None] = mapped_column(comment="when it was cancelled; nothing is asked since then")
    closings: Mapped[list[str]] = mapped_column(comment="days without business, as told with the round, in order")
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, comment="of what people decide about; for If-Match")

    rule_set: Mapped[RuleSetRecord] = relationship(lazy="selectin")
    dates: Mapped[list[RoundDate]] = relationship(lazy="selectin", order_by=RoundDate.on, cascade="all, delete-orphan")
    categories: Mapped[list[RoundCategory]] = relationship(lazy="selectin", order_by=RoundCategory.code)
    cbas: Mapped[list[RoundCba]] = relationship(lazy="selectin", order_by=RoundCba.code)
    extensions: Mapped[list[WindowExtension]] = relationship(lazy="selectin", order_by=WindowExtension.decided_at)
    changes: WriteOnlyMapped[DateChange] = relationship(order_by=DateChange.changed_at)

    @classmethod
    def draft(cls, code: str, name: str, rule_set: RuleSetRecord, at: datetime) -> "Round":
        """Begin a round; nobody outside hears of it before it is announced."""
        round_ = cls(
            code=code,
            name=name,
            phase=LIFECYCLE.start,
            rule_set_id=rule_set.id,
            rule_set=rule_set,
            registration_closed=False,
            announced_at=None,
            cancelled_at=None,
            closings=[],
            changed_at=at,
            version=1,
            dates=[],
            categories=[],
            cbas=[],
            extensions=[],
        )
        round_.audit("round.draft", after={"name": name, "rule_set": f"{rule_set.name} v{rule_set.version}"})
        return round_

    @property
    def id(self) -> str:
        """The code is the identity."""
        return self.code

    @property
    def rules(self) -> RuleSet:
        """The rule set of this round."""
        return self.rule_set.rules

    @property
    def is_cancelled(self) -> bool:
        """Whether CMS has cancelled it."""
        return self.phase is Phase.CANCELLED

    @property
    def bidding_ended_at(self) -> datetime:
        """When bidding came to its end: at the close, or when the round was cancelled before it."""
        return min(self.closes_at, self.cancelled_at) if self.cancelled_at else self.closes_at

    @property
    def takes_bidders(self) -> bool:
        """Whether an organization that registers now gets a bidder number."""
        return self.phase in TAKES_BIDDERS

    def allowed_actions(self, permissions: frozenset[str], at: datetime) -> list[str]:
        """Return what somebody with these permissions may do with the round now."""
        forbidden = set() if self.takes_bids(at) and not self.pending_extension else {"extend window"}
        return [verb for verb in LIFECYCLE.allowed(self.phase, permissions & {MANAGE}) if verb not in forbidden]

    def require_version(self, version: int) -> None:
        """Raise `RoundChanged` when the round is not any more as whoever decides has read it."""
        if version != self.version:
            raise RoundChanged

    def require_set_up(self) -> None:
        """Raise `BiddingHasBegun` where what is bid on may not be changed any more."""
        if self.phase not in SET_UP:
            raise BiddingHasBegun

    def note_import(self, what: str, changed: list[str], at: datetime) -> None:
        """Note that a file of reference data changed these entries. Competitions are too many to be told here."""
        self.audit("round.import", after={"what": what, "changed": changed})
        self.changed(at, told=what != "competitions")

    def note_closings(self, days: Sequence[date], at: datetime) -> None:
        """Note on which days offices are closed, and tell it with the round; due dates that were told stay."""
        self.closings = [day.isoformat() for day in days]
        self.audit("round.note-closings", after={"closings": self.closings})
        self.changed(at)

    def use_rule_set(self, rule_set: RuleSetRecord, at: datetime) -> None:
        """Run by another rule set, or another version. Raises `RuleSetIsFixed` once the round was announced."""
        if self.phase is not Phase.DRAFT:
            raise RuleSetIsFixed
        before, self.rule_set = self.rule_set, rule_set
        self.rule_set_id = rule_set.id
        self.audit(
            "round.use-rule-set",
            before={"rule_set": f"{before.name} v{before.version}"},
            after={"rule_set": f"{rule_set.name} v{rule_set.version}"},
        )
        self.changed(at)

    def set_date(self, code: str, on: date, certainty: Certainty, *, by: str, reason: str, at: datetime) -> None:
        """Set a date or change it, for everyone.

        Raises `UnknownDate`, and what `Schedule.put_date` raises.
        """
        self.put_date(RoundDate(code, on, certainty=certainty), by=by, reason=reason, at=at)
        self.audit("round.set-date", after={"date": code, "on": on.isoformat(), "certainty": certainty}, reason=reason)
        self.changed(at)

    def publish(self, at: datetime, priced_areas: Mapping[str, int]) -> None:
        """Announce the round to the public, by what is complete.

        `priced_areas` counts the competitions of each category. Raises `RoundNotComplete` naming each thing missing.
        """
        LIFECYCLE.next(self.phase, "publish")
        if missing := what_is_missing(self, priced_areas):
            raise RoundNotComplete(fields=missing)
        if not self.has_date("announced"):
            today = RoundDate("announced", eastern_day(at), certainty=Certainty.ACTUAL)
            self.write_date(today, by=SYSTEM, reason="The round was announced.", at=at)
        self.compute_review_date(at)
        self.announced_at = at
        self._move("publish", at)
        self.say(telling.announcement(self, at))

    def take_as_history(self, phase: Phase, at: datetime) -> None:
        """Take over a round that ran before this platform, in the phase it has reached."""
        self.phase, self.announced_at = phase, at
        self.audit("round.take-as-history", after={"phase": phase})
        self.changed(at)

    def extend_window(self, closes_on: date, *, by: str, reason: str, at: datetime) -> WindowExtension:
        """Give every bidder until `closes_on`. The old close stands until the extension is in force.

        The covered document review date moves with it only if it has not passed. Raises `WindowIsNotOpen`,
        `ExtensionUnderWay`, `NotAnExtension` or `ReasonMissing`.
        """
        LIFECYCLE.next(self.phase, "extend window")
        reason = require_reason(reason)
        if not self.takes_bids(at):
            raise WindowIsNotOpen
        if self.pending_extension:
            raise ExtensionUnderWay
        closed_on = self.date_of(WINDOW_CLOSES).on
        if closes_on <= closed_on:
            raise NotAnExtension(field="closes_on")
        moves_review = in_time(at, self.cdrd_at)
        cdrd_on = review_date(self.date_of(WINDOW_OPENS).on, closes_on, self.rules) if moves_review else None
        extension = WindowExtension(
            closed_on=closed_on, closes_on=closes_on, cdrd_on=cdrd_on, reason=reason, by=by, at=at
        )
        self.extensions.append(extension)
        self.audit(
            "round.extend-window",
            before={"closes_on": closed_on.isoformat()},
            after={"closes_on": closes_on.isoformat(), "cdrd_on": cdrd_on and cdrd_on.isoformat()},
            reason=reason,
        )
        self.changed(at, told=False)
        return extension

    def extension_in_force(self, at: datetime) -> None:
        """Every upload slot holds the new close: from now on the window closes then. Does nothing without one."""
        extension = self.pending_extension
        if extension is None:
            return
        extension.in_force_at = at
        moved = {WINDOW_CLOSES: extension.closes_on} | ({CDRD: extension.cdrd_on} if extension.cdrd_on else {})
        for code, on in moved.items():
            fresh = RoundDate(code, on, certainty=self.date_of(code).certainty)
            self.write_date(fresh, by=extension.decided_by, reason=extension.reason, at=at)
        self.audit("round.extension-in-force", after={"closes_on": extension.closes_on.isoformat()})
        self.changed(at)
        self.say(telling.extended(self, extension.reason, at))

    def publish_payment_amounts(self, at: datetime) -> None:
        """The payment amounts are public, and the offers go out. Raises `NotAllowedNow` unless it is in evaluation."""
        self._note_day("offers", "The payment amounts were published.", at)
        self._move("publish payment amounts", at)

    def announce_suppliers(self, at: datetime) -> None:
        """Tell the public who the contract suppliers are. The bonds' clocks start with this day."""
        self._note_day("suppliers-announced", "The contract suppliers were announced.", at)
        self._move("announce suppliers", at)

    def _note_day(self, code: str, reason: str, at: datetime) -> None:
        day = RoundDate(code, eastern_day(at), certainty=Certainty.ACTUAL)
        self.write_date(day, by=SYSTEM, reason=reason, at=at)

    def cancel(self, reason: str, at: datetime) -> None:
        """End the round before its period begins; an extension under way comes to nothing. Raises `ReasonMissing`.

        Sweeps then remove its competitions with their bids, lock the forms and close what is asked for.
        """
        self.cancelled_at = at
        self._move("cancel", at, require_reason(reason))

    def remove_category(self, code: str, reason: str, at: datetime) -> None:
        """Take a category out of the round; its competitions are removed with it. Raises `UnknownCategory`."""
        reason = require_reason(reason)
        if LIFECYCLE.is_end(self.phase):
            raise RoundIsOver
        found = {each.code: each for each in self.categories if each.removed_on is None}.get(code)
        if found is None:
            raise UnknownCategory(f"The round has no category “{code}” that could be removed.", field="category")
        found.removed_on = eastern_day(at)
        self.audit("round.remove-category", after={"category": code}, reason=reason)
        self.changed(at)

    def move_on(self) -> None:
        """Make the move the calendar asks for, as of its due time.

        Raises `NotMovedByTheCalendar` when no date of the calendar comes next.
        """
        coming = self.coming_move()
        if coming is None:
            raise NotMovedByTheCalendar
        self._move(coming[1], coming[0])

    def changed(self, at: datetime, *, told: bool = True) -> None:
        """Note that the round is another one now, plan its next move, and tell everybody once it was announced."""
        self.changed_at, self.version = at, self.version + 1
        coming = self.coming_move()
        self.next_move_at = coming[0] if coming else None
        if told and self.announced_at is not None:
            self.say(telling.snapshot(self, at))

    def _move(self, verb: str, at: datetime, reason: str | None = None) -> None:
        before, self.phase = self.phase, LIFECYCLE.next(self.phase, verb)
        if verb == "open window":
            for code in (WINDOW_OPENS, CDRD):
                self.write_date(
                    RoundDate(code, self.date_of(code).on, certainty=Certainty.ACTUAL),
                    by=SYSTEM,
                    reason="The bid window opened.",
                    at=at,
                )
        if verb == "close bidding registration":
            self.registration_closed = True
        self.audit(
            f"round.{verb.replace(' ', '-')}", before={"phase": before}, after={"phase": self.phase}, reason=reason
        )
        self.changed(at)
        if LIFECYCLE.is_end(self.phase) and self.announced_at is not None:
            self.say(telling.records_closed(self, at))
