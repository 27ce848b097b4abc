"""The contract offers to one bidder, released at one moment: a line for each competition, and until when to decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding_svc.base import Base
from bidding_svc.bidders.bidder import Bidder
from bidding_svc.offers import telling
from bidding_svc.offers.lifecycle import ACCEPTED, DECIDE, OPEN
from bidding_svc.offers.line import OfferLine
from chassis.actor import Actor
from chassis.aggregate import Aggregate
from chassis.calendar import in_time
from chassis.errors import Conflict, Invalid, NotAllowedNow
from chassis.ids import new_id

Choice = Literal["accept", "decline"]


class OfferChanged(Conflict):
    """Somebody of your organization decided about these offers after you opened them. Load the page again."""


class OfferIsOver(NotAllowedNow):
    """The time to decide about these offers is over. What was chosen by then is final."""


class OfferIsSubmitted(NotAllowedNow):
    """The decisions about these offers were submitted. They are final."""


class NoSuchLine(Invalid):
    """This is no line of the offer."""


class NothingDecided(Invalid):
    """Choose to accept or decline at least one offer."""


class LinesUndecided(NotAllowedNow):
    """Decide about every offer before you submit. What is not decided when it is due counts as declined."""


@dataclass(frozen=True)
class Decision:
    """What somebody decides about a line; `risk_acknowledged`: the warning about the bond was read."""

    line_id: UUID
    choice: Choice
    risk_acknowledged: bool = False


class Offer(Aggregate, Base):
    """The offers of one award to one bidder. `due_at` is told once and stays."""

    __tablename__ = "offer"
    __table_args__ = (
        Index("offer_mine_idx", "organization_id", "id"),
        Index("offer_due_idx", "due_at", postgresql_where="settled_at is null"),
        Index("offer_award_idx", "award_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    award_id: Mapped[UUID] = mapped_column(ForeignKey("award.id"))
    organization_id: Mapped[UUID]
    bidder_id: Mapped[UUID] = mapped_column(ForeignKey("bidder.id"))
    bidder_number: Mapped[str]
    legal_business_name: Mapped[str]
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"))
    version: Mapped[int]
    period_starts_on: Mapped[date]
    period_ends_on: Mapped[date]
    issued_at: Mapped[datetime]
    due_at: Mapped[datetime]
    notice_id: Mapped[UUID] = mapped_column(comment="the notice that points to it")
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None]
    settled_at: Mapped[datetime | None] = mapped_column(comment="when nothing was left to decide")

    lines: Mapped[list[OfferLine]] = relationship(lazy="selectin", order_by=(OfferLine.label, OfferLine.id))

    def __init__(
        self,
        award_id: UUID,
        bidder: Bidder,
        name: str,
        *,
        period: tuple[date, date],
        issued_at: datetime,
        due_at: datetime,
    ) -> None:
        self.id, self.award_id, self.notice_id, self.version = new_id(), award_id, new_id(), 1
        self.organization_id, self.bidder_id, self.bidder_number = bidder.organization_id, bidder.id, bidder.number
        self.legal_business_name, self.round_code = name, bidder.round_code
        self.period_starts_on, self.period_ends_on = period
        self.issued_at, self.due_at, self.lines = issued_at, due_at, []
        self.submitted_at = self.submitted_by = self.settled_at = None
        self.audit("offer.issue", after={"bidder": bidder.number, "due_at": due_at.isoformat()})

    def decide(self, decisions: Sequence[Decision], by: Actor, at: datetime, *, base: int) -> None:
        """Accept and decline lines. It may be changed until it is submitted or due.

        Raises `OfferChanged`, `OfferIsSubmitted`, `OfferIsOver`, `NothingDecided`, `NoSuchLine`,
        `RiskNotAcknowledged`, `NotAllowedNow`.
        """
        self._require_open(at, base)
        if not decisions:
            raise NothingDecided(field="decisions")
        lines = self._by_id
        for decision in decisions:
            line = lines.get(decision.line_id)
            if line is None:
                raise NoSuchLine(field="decisions")
            if decision.choice == "accept":
                line.accept(by, at)
            else:
                line.decline(by, at, risk_acknowledged=decision.risk_acknowledged)
        self.version += 1

    def submit(self, by: Actor, at: datetime, *, base: int) -> list[OfferLine]:
        """Make every decision final, and return the lines that became so.

        Raises `OfferChanged`, `OfferIsSubmitted`, `OfferIsOver`, `LinesUndecided`.
        """
        self._require_open(at, base)
        if any(line.state is OPEN for line in self.lines):
            raise LinesUndecided
        self.submitted_at, self.submitted_by = at, by.user_id
        self.audit("offer.submit", after={"accepted": sum(line.state is ACCEPTED for line in self.lines)})
        self.say(telling.answered(self, at))
        return self._finish(at)

    def come_due(self) -> list[OfferLine]:
        """Its time is over: chosen lines are final, the others lapse. Returns the lines that became final."""
        self.audit("offer.come-due", after={"due_at": self.due_at.isoformat()})
        return self._finish(self.due_at)

    def rescind(self, line: OfferLine, reason: str, at: datetime) -> None:
        """CMS takes a line back before it has signed. Raises `ReasonMissing`, `NotAllowedNow`."""
        told = line.is_final
        line.rescind(reason, at)
        self.version += 1
        if told:
            self.say(telling.rescinded(self, line, at))
        if all(each.is_final for each in self.lines):
            self.settled_at = self.settled_at or at

    def go_with_competition(self, line: OfferLine, reason: str, at: datetime) -> None:
        """A line goes with its competition, also one that was declined but not for good. Raises `NotAllowedNow`."""
        told = line.is_final
        line.go_with_competition(reason, at)
        self.version += 1
        if told:
            self.say(telling.rescinded(self, line, at))
        if all(each.is_final for each in self.lines):
            self.settled_at = self.settled_at or at

    def allowed_actions(self, permissions: frozenset[str], at: datetime) -> list[str]:
        """Return what somebody with these permissions may do now."""
        if DECIDE not in permissions or self.settled_at is not None or not in_time(at, self.due_at):
            return []
        return ["decide", *(["submit"] if all(line.state is not OPEN for line in self.lines) else [])]

    @property
    def _by_id(self) -> Mapping[UUID, OfferLine]:
        return {line.id: line for line in self.lines}

    def _finish(self, at: datetime) -> list[OfferLine]:
        open_still = [line for line in self.lines if not line.is_final]
        for line in open_still:
            line.finish(at)
        self.settled_at = at
        self.version += 1
        return open_still

    def _require_open(self, at: datetime, base: int) -> None:
        if self.submitted_at is not None:
            raise OfferIsSubmitted
        if self.settled_at is not None or not in_time(at, self.due_at):
            raise OfferIsOver
        if base != self.version:
            raise OfferChanged
