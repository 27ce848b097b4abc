"""A round: its phase, calendar and rule set; and the competitions bidders bid in."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding_svc.base import Base
from bidding_svc.deadlines.due import review_date
from bidding_svc.rounds.phase import LIFECYCLE, Phase
from chassis.aggregate import Aggregate
from chassis.calendar import LAST_SECOND, due_at, midnight
from chassis.errors import NotAllowedNow
from chassis.ids import new_id
from events.public import AnnouncedCategory, RoundAnnounced
from events.rounds import CalendarDate, Category, Cba, RoundPhase, RoundState
from events.rule_set import RuleSet

TAKES_BIDDERS = frozenset({Phase.REGISTRATION, Phase.BIDDING})
"""Phases in which an organization that registers gets its bidder number at once."""

CLOCK_MOVES = {
    Phase.ANNOUNCED: ("registration-opens", "open registration"),
    Phase.REGISTRATION: ("window-opens", "open window"),
    Phase.BIDDING: ("window-closes", "close"),
}
"""Moves the calendar makes: in this phase, at this date, this verb (domain/lifecycle.md 4.1)."""


class NotMovedByTheCalendar(NotAllowedNow):
    """This round waits for a person's decision, not for a date."""


class RuleSetRecord(Base):
    """A rule set in one version. A changed rule set is a new version and serves later rounds only."""

    __tablename__ = "rule_set"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)

    def __init__(self, name: str, rules: RuleSet) -> None:
        self.id, self.name, self.version = new_id(), name, rules.version
        self.parameters = rules.model_dump(mode="json")

    @property
    def rules(self) -> RuleSet:
        """The parameters as a typed record."""
        return RuleSet.model_validate(self.parameters)


class RoundDate(Base):
    """A date of a round's calendar. `until` is its last instant, where somebody may act until then."""

    __tablename__ = "round_date"

    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    on: Mapped[date]
    until: Mapped[datetime | None]
    certainty: Mapped[str] = mapped_column(comment="target or actual")

    def __init__(self, code: str, on: date, *, cut_off: bool, certainty: str) -> None:
        self.code, self.on, self.certainty = code, on, certainty
        self.until = due_at(on) if cut_off else None


class RoundCategory(Base):
    """A product category of a round."""

    __tablename__ = "category"

    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    lead_item: Mapped[str | None]
    remote_item: Mapped[bool]
    contract_count: Mapped[int | None]
    removed_on: Mapped[date | None]
    made_up: Mapped[bool]


class RoundCba(Base):
    """A competitive bidding area of a round."""

    __tablename__ = "cba"

    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    state: Mapped[str | None]
    made_up: Mapped[bool]


class Competition(Base):
    """One category in one area: the unit of bidding, pricing and award. Money is in cents."""

    __tablename__ = "competition"
    __table_args__ = (
        ForeignKeyConstraint(["round_code", "category_code"], ["category.round_code", "category.code"]),
        ForeignKeyConstraint(["round_code", "cba_code"], ["cba.round_code", "cba.code"]),
    )

    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), primary_key=True)
    category_code: Mapped[str] = mapped_column(primary_key=True)
    cba_code: Mapped[str] = mapped_column(primary_key=True)
    bid_limit_cents: Mapped[int] = mapped_column(comment="fee schedule amount of the lead item, unadjusted")
    demand: Mapped[int] = mapped_column(comment="lead item units a calendar year")
    made_up: Mapped[bool]


class Round(Aggregate, Base):
    """One cycle of bidding, with the rule set it runs by."""

    __tablename__ = "round"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    phase: Mapped[Phase]
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"))
    next_move_at: Mapped[datetime | None] = mapped_column(index=True, comment="when the calendar moves it on")
    changed_at: Mapped[datetime]

    rule_set: Mapped[RuleSetRecord] = relationship(lazy="selectin")
    dates: Mapped[list[RoundDate]] = relationship(lazy="selectin", order_by=RoundDate.on, cascade="all, delete-orphan")
    categories: Mapped[list[RoundCategory]] = relationship(lazy="selectin", order_by=RoundCategory.code)
    cbas: Mapped[list[RoundCba]] = relationship(lazy="selectin", order_by=RoundCba.code)

    @property
    def id(self) -> str:
        """The code is the identity."""
        return self.code

    @property
    def rules(self) -> RuleSet:
        """The rule set of this round."""
        return self.rule_set.rules

    @property
    def takes_bidders(self) -> bool:
        """Whether an organization that registers now gets a bidder number."""
        return self.phase in TAKES_BIDDERS

    def date_of(self, code: str) -> RoundDate:
        """Return a date of the calendar. Raises KeyError when the calendar has no such date."""
        return {date.code: date for date in self.dates}[code]

    @property
    def opens_at(self) -> datetime:
        """The first instant of the bid window: midnight Eastern."""
        return midnight(self.date_of("window-opens").on)

    @property
    def closes_at(self) -> datetime:
        """The last instant of the bid window (8:59:59 p.m. Eastern)."""
        return due_at(self.date_of("window-closes").on)

    @property
    def cdrd_at(self) -> datetime:
        """The last instant of the covered document review date."""
        return due_at(self.date_of("cdrd").on)

    def announce(self, at: datetime) -> None:
        """Publish the round: its calendar gets the covered document review date, and the public hears of it."""
        if all(date.code != "cdrd" for date in self.dates):
            day = review_date(self.date_of("window-opens").on, self.date_of("window-closes").on, self.rules)
            self.dates.append(RoundDate("cdrd", day, cut_off=True, certainty="target"))
        self._move("publish", at)
        self.say(self._announcement(at))

    def take_as_history(self, phase: Phase, at: datetime) -> None:
        """Take over a round that ran before this platform, in the phase it has reached."""
        self.phase, self.changed_at = phase, at
        self.plan_next_move()
        self.audit("round.take-as-history", after={"phase": phase})
        self.say(self.snapshot(at))

    def move_on(self) -> None:
        """Make the move the calendar asks for, as of its due time.

        Raises `NotAllowedNow` when no date of the calendar ends the phase.
        """
        if self.phase not in CLOCK_MOVES or self.next_move_at is None:
            raise NotMovedByTheCalendar
        self._move(CLOCK_MOVES[self.phase][1], self.next_move_at)

    def snapshot(self, at: datetime) -> RoundState:
        """Return the round as every other service may know it."""
        return RoundState(
            round_code=self.code,
            name=self.name,
            phase=cast("RoundPhase", self.phase.value.lower()),
            rule_set=self.rules,
            calendar=tuple(
                CalendarDate.model_validate(
                    {"code": date.code, "on": date.on, "due_at": date.until, "certainty": date.certainty}
                )
                for date in sorted(self.dates, key=lambda date: date.on)
            ),
            categories=tuple(Category.model_validate(each, from_attributes=True) for each in self.categories),
            cbas=tuple(Cba.model_validate(each, from_attributes=True) for each in self.cbas),
            changed_at=at,
        )

    def plan_next_move(self) -> None:
        """Set when the calendar moves the round on: as a day begins, or just after the last instant of the window."""
        if self.phase not in CLOCK_MOVES:
            self.next_move_at = None
            return
        date = self.date_of(CLOCK_MOVES[self.phase][0])
        self.next_move_at = date.until + LAST_SECOND if date.until else midnight(date.on)

    def _move(self, verb: str, at: datetime) -> None:
        before, self.phase = self.phase, LIFECYCLE.next(self.phase, verb)
        self.changed_at = at
        if verb == "open window":
            self.date_of("cdrd").certainty = self.date_of("window-opens").certainty = "actual"
        self.plan_next_move()
        self.audit(f"round.{verb.replace(' ', '-')}", before={"phase": before}, after={"phase": self.phase})
        self.say(self.snapshot(at))

    def _announcement(self, at: datetime) -> RoundAnnounced:
        return RoundAnnounced(
            round_code=self.code,
            name=self.name,
            announced_at=at,
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            cdrd_at=self.cdrd_at,
            categories=tuple(
                AnnouncedCategory(code=each.code, name=each.name, lead_item=each.lead_item or "")
                for each in self.categories
            ),
        )
