"""A request to add a location to a line of a contract, or to remove one (42 CFR 414.422; contracts.md 3).

A move is a pair: one removes, one adds; both are reviewed and decided together. Everything one person files at once
carries one `request_id`.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.calendar import due_at, eastern_day
from chassis.duties import AnotherPersonThan
from chassis.errors import Conflict, NotAllowedNow
from chassis.ids import new_id
from contracts_svc.base import Base
from contracts_svc.contracts.line import ContractLine
from contracts_svc.locations.lifecycle import LIFECYCLE, ChangeState

DECIDER_IS_NOT_RECOMMENDER = AnotherPersonThan(
    "location-change.recommend",
    sentence="You recommended what to decide here. Somebody else must decide it.",
)


class Action(StrEnum):
    """What is asked for."""

    ADD = "add"
    REMOVE = "remove"


class Why(StrEnum):
    """Why a location comes or goes."""

    OPENED = "opened"
    CLOSED = "closed"
    MOVED = "moved"
    SOLD = "sold"
    ACQUIRED = "acquired"
    OTHER = "other"


class ChangeChanged(Conflict):
    """This request was changed after you opened it. Read it again before you decide."""


class NotRecommended(NotAllowedNow):
    """A contract administrator recommends what to decide first."""


class LocationChange(Aggregate, Base):
    """One location asked onto, or off, one line of a contract.

    `target_at` is when the review should be done; while the supplier is asked for more, `paused_at` stops it.
    """

    __tablename__ = "location_change"
    __table_args__ = (
        Index("location_change_mine_idx", "organization_id", "id"),
        Index("location_change_work_idx", "target_at", "id", postgresql_where=text("target_at is not null")),
        Index("location_change_contract_idx", "contract_id", "state"),
        Index("location_change_request_idx", "request_id"),
        Index(
            "location_change_one_idx",
            "line_id",
            "ptan",
            unique=True,
            postgresql_where=text("state in ('SUBMITTED', 'IN_REVIEW', 'INFO_REQUESTED')"),
        ),
        Index("location_change_answer_idx", "answer_due_at", postgresql_where=text("answer_due_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(comment="what was filed at once")
    pair_id: Mapped[UUID | None] = mapped_column(comment="the two halves of a move carry the same")
    organization_id: Mapped[UUID]
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    line_id: Mapped[UUID] = mapped_column(ForeignKey("contract_line.id"))
    contract_number: Mapped[str]
    round_code: Mapped[str]
    category_code: Mapped[str]
    cba_code: Mapped[str]
    label: Mapped[str] = mapped_column(comment="category and area, in words")
    action: Mapped[Action]
    ptan: Mapped[str]
    requested_on: Mapped[date | None] = mapped_column(comment="the last day a removed location furnishes")
    why: Mapped[Why]
    remark: Mapped[str]
    state: Mapped[ChangeState]
    row_version: Mapped[int]
    received_at: Mapped[datetime | None]
    target_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    answer_due_at: Mapped[datetime | None]
    exchange: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="what was asked and answered, in order")
    checks: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="check to yes, no or could-not-check")
    confirmed: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="check that was confirmed by hand, to how")
    recommendation: Mapped[str | None] = mapped_column(comment="approve or deny")
    explanation: Mapped[str]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    effective_on: Mapped[date | None]
    changed_at: Mapped[datetime]

    def __init__(
        self,
        line: ContractLine,
        action: Action,
        ptan: str,
        *,
        contract_number: str,
        request_id: UUID,
        pair_id: UUID | None,
        why: Why,
        remark: str,
        requested_on: date | None,
        at: datetime,
    ) -> None:
        self.id, self.request_id, self.pair_id = new_id(), request_id, pair_id
        self.organization_id, self.contract_id, self.line_id = line.organization_id, line.contract_id, line.id
        self.contract_number, self.round_code, self.label = contract_number, line.round_code, line.label
        self.category_code, self.cba_code = line.category_code, line.cba_code
        self.action, self.ptan, self.why, self.remark, self.requested_on = action, ptan, why, remark, requested_on
        self.state, self.row_version, self.exchange, self.checks, self.confirmed = LIFECYCLE.start, 0, [], {}, {}
        self.received_at = self.target_at = self.paused_at = self.answer_due_at = None
        self.recommendation = self.decided_at = self.decided_by = self.effective_on = None
        self.explanation, self.changed_at = "", at
        self.audit("location-change.draft", after={"action": action, "ptan": ptan, "line": str(line.id)})

    @property
    def received_on(self) -> date:
        """The day it was received. Raises NotAllowedNow before it was submitted."""
        if self.received_at is None:
            raise NotAllowedNow
        return eastern_day(self.received_at)

    def submit(self, at: datetime, target_on: date) -> None:
        """File it: from this moment it is received. Raises NotAllowedNow unless it is a draft."""
        self._move("submit", at)
        self.received_at, self.target_at = at, due_at(target_on)

    def take(self, checks: dict[str, Any], at: datetime) -> None:
        """Take it in review, with what the enrolment record says. Raises NotAllowedNow."""
        self._move("take", at)
        self.checks = checks

    def ask(self, question: str, answer_by: date, at: datetime) -> None:
        """Ask the supplier for more; the review's target stands still meanwhile. Raises NotAllowedNow."""
        self._move("ask", at)
        self.exchange = [*self.exchange, {"kind": "question", "text": question, "at": at.isoformat()}]
        self.paused_at, self.answer_due_at, self.recommendation = at, due_at(answer_by), None

    def answer(self, words: str, at: datetime) -> None:
        """The supplier answers: the target moves by as many days as it stood still. Raises NotAllowedNow."""
        self._move("answer", at)
        self.exchange = [*self.exchange, {"kind": "answer", "text": words, "at": at.isoformat()}]
        if self.paused_at is not None and self.target_at is not None:
            stood_still = eastern_day(at) - eastern_day(self.paused_at)
            self.target_at = due_at(eastern_day(self.target_at) + stood_still)
        self.paused_at = self.answer_due_at = None

    def close_unanswered(self) -> None:
        """Nobody answered in time: it is closed as of then. A new request gets its own date of receipt."""
        if self.answer_due_at is not None:
            at, self.answer_due_at, self.paused_at = self.answer_due_at, None, None
            self._move("close", at)

    def recommend(
        self, what: str, explanation: str, checks: dict[str, Any], confirmed: dict[str, str], at: datetime
    ) -> None:
        """Recommend to approve or to deny. `confirmed`: checks that could not be made here, and how they were made."""
        self._move("recommend", at)
        self.recommendation, self.explanation, self.checks = what, explanation, checks
        self.confirmed = {check: how for check, how in confirmed.items() if checks.get(check) == "could-not-check"}

    def approve(self, by: str, effective_on: date, checks: dict[str, Any], at: datetime) -> None:
        """CMS approves it, with effect from a day. Raises `NotRecommended`, NotAllowedNow."""
        self.checks = checks
        self._decide("approve", by, at)
        self.effective_on = effective_on

    def deny(self, by: str, explanation: str, at: datetime) -> None:
        """CMS denies it; it can be filed anew. Raises `NotRecommended`, NotAllowedNow."""
        self._decide("deny", by, at)
        self.explanation = explanation

    def withdraw(self, at: datetime) -> None:
        """The supplier takes it back. Raises NotAllowedNow once it is decided, or while an answer is awaited."""
        self._move("withdraw", at)

    def go_with_the_line(self, at: datetime) -> None:
        """Its line went to a successor, who asks for its own locations: it is closed."""
        self._move("go with the line", at)
        self.answer_due_at = self.paused_at = None

    def require_row_version(self, base: int) -> None:
        """Raise `ChangeChanged` when a decision was made from another state than it has now."""
        if base != self.row_version:
            raise ChangeChanged

    def _decide(self, verb: str, by: str, at: datetime) -> None:
        self._move(verb, at)
        if self.recommendation is None:
            raise NotRecommended
        self.decided_at, self.decided_by = at, by

    def _move(self, verb: str, at: datetime) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.row_version += 1
        self.changed_at = at
        self.audit(f"location-change.{verb.replace(' ', '-')}", before={"state": before}, after={"state": self.state})
