"""A financial score: one subject of one round, from what was keyed to what is released.

Figures, scores and reasons stand in no event and in no audit row: those tell who did what, and when.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from bidding_svc.bidders.bidder import Bidder
from bidding_svc.rounds.calendar import require_reason
from bidding_svc.scores.lifecycle import LIFECYCLE, ScoreState
from bidding_svc.scores.sheet import ScoreSheet
from chassis.aggregate import Aggregate
from chassis.duties import AnotherPersonThan
from chassis.errors import Conflict, Invalid, NotAllowedNow
from chassis.ids import new_id
from events.rule_set import RuleSet

CHECKER_IS_NOT_KEYER = AnotherPersonThan(
    "financial_score.key",
    "financial_score.submit",
    "financial_score.propose-correction",
    sentence="You keyed this sheet. Somebody else must check it.",
)


class ScoreChanged(Conflict):
    """Somebody changed this score after you read it. Load it again and look at it as it is now."""


class InquiryNeeded(Invalid):
    """A released score is calculated anew only through an upheld inquiry. Name it."""


class NothingProposed(NotAllowedNow):
    """Nobody has proposed a correction of this score."""


class FinancialScore(Aggregate, Base):
    """The score of a bidder, or of one member of a network (`member`, its PTAN; otherwise empty)."""

    __tablename__ = "financial_score"
    __table_args__ = (
        UniqueConstraint("bidder_id", "member"),
        Index("financial_score_round_idx", "round_code", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    bidder_id: Mapped[UUID] = mapped_column(ForeignKey("bidder.id"))
    bidder_number: Mapped[str]
    member: Mapped[str]
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"))
    state: Mapped[ScoreState]
    version: Mapped[int]
    sheet: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="what was keyed beside the documents")
    keyed_by: Mapped[str | None]
    approved_by: Mapped[str | None]
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("scoring_run.id"))
    outcome: Mapped[str | None]
    total: Mapped[str | None] = mapped_column(comment="decimal, rounded once")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="the score with its explanation")
    correction: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="proposed after an upheld inquiry")
    earlier: Mapped[list[Any]] = mapped_column(JSONB, comment="sheets and results before recalculation, oldest first")
    changed_at: Mapped[datetime]

    def __init__(self, bidder: Bidder, member: str, at: datetime) -> None:
        self.id = new_id()
        self.organization_id, self.bidder_id, self.bidder_number = bidder.organization_id, bidder.id, bidder.number
        self.round_code, self.member, self.state, self.version = bidder.round_code, member, LIFECYCLE.start, 1
        self.sheet, self.earlier, self.changed_at = {}, [], at
        self.keyed_by = self.approved_by = self.run_id = self.outcome = self.total = None
        self.result = self.correction = None
        self.audit("financial_score.begin", after={"bidder": bidder.number, "member": member or None})

    @property
    def keyed(self) -> ScoreSheet:
        """The sheet as a typed record."""
        return ScoreSheet.model_validate(self.sheet)

    def require_version(self, base: int) -> None:
        """Raise `ScoreChanged` when it is not any more as whoever decides has read it."""
        if base != self.version:
            raise ScoreChanged

    def key(self, sheet: ScoreSheet, by: str, at: datetime) -> None:
        """Keep what the analyst keyed so far."""
        self._move("key", at)
        self.sheet, self.keyed_by = sheet.model_dump(mode="json"), by

    def submit(self, rules: RuleSet, at: datetime) -> None:
        """Put it before a second person. Raises `SheetNotReady`."""
        LIFECYCLE.next(self.state, "submit")
        self.keyed.require_ready(rules)
        self._move("submit", at)

    def return_it(self, because: str, at: datetime) -> None:
        """Give it back to be keyed. Raises `ReasonMissing`."""
        self._move("return", at, require_reason(because))

    def approve(self, by: str, at: datetime) -> None:
        """The sheet is what the documents say."""
        self._move("approve", at)
        self.approved_by = by

    def reopen(self, because: str, at: datetime) -> None:
        """Key it again before it is released; its score falls away. Raises `ReasonMissing`."""
        self._move("re-open", at, require_reason(because))
        self.approved_by = self.run_id = self.outcome = self.total = self.result = None

    def score(self, run_id: UUID, result: dict[str, Any], at: datetime) -> None:
        """Take the score the round's distribution gave it."""
        self._move("score", at)
        self._take(run_id, result)

    def release(self, at: datetime) -> None:
        """Its bidder may see it from now on."""
        self._move("release", at)

    def propose_correction(self, sheet: ScoreSheet, rules: RuleSet, *, inquiry: str, by: str, at: datetime) -> None:
        """Key what an upheld inquiry showed. Raises `InquiryNeeded`, `SheetNotReady`."""
        LIFECYCLE.next(self.state, "propose correction")
        if not inquiry.strip():
            raise InquiryNeeded(field="inquiry")
        sheet.require_ready(rules)
        self._move("propose correction", at, inquiry.strip())
        self.correction = {"sheet": sheet.model_dump(mode="json"), "inquiry": inquiry.strip(), "by": by}

    @property
    def corrected(self) -> ScoreSheet:
        """The proposed sheet. Raises `NothingProposed`."""
        if self.correction is None:
            raise NothingProposed
        return ScoreSheet.model_validate(self.correction["sheet"])

    def recalculate(self, result: dict[str, Any], by: str, at: datetime) -> None:
        """Put the correction in the place of what was released, which is kept. Raises `NothingProposed`."""
        sheet, run_id = self.corrected, self.run_id
        self._move("recalculate", at)
        self.earlier = [*self.earlier, {"sheet": self.sheet, "result": self.result, "until": at.isoformat()}]
        self.sheet, self.correction, self.approved_by = sheet.model_dump(mode="json"), None, by
        if run_id is not None:
            self._take(run_id, result)

    def _take(self, run_id: UUID, result: dict[str, Any]) -> None:
        self.run_id, self.result = run_id, result
        self.outcome, self.total = result["outcome"], result["total"]

    def _move(self, verb: str, at: datetime, reason: str | None = None) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.version, self.changed_at = self.version + 1, at
        action = f"financial_score.{verb.replace(' ', '-')}"
        self.audit(action, before={"state": before}, after={"state": self.state}, reason=reason)


class ScoringRun(Aggregate, Base):
    """One scoring of a whole round: by which rules, over whom, with which distribution; frozen by a release."""

    __tablename__ = "scoring_run"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), index=True)
    rule_set_id: Mapped[UUID] = mapped_column(ForeignKey("rule_set.id"))
    distribution: Mapped[dict[str, Any]] = mapped_column(JSONB)
    subjects: Mapped[int]
    median_total: Mapped[str | None] = mapped_column(comment="null where too few are behind it to be told")
    digest: Mapped[str] = mapped_column(comment="SHA-256 of rules, sheets and results in canonical JSON")
    run_at: Mapped[datetime]
    run_by: Mapped[str]
    frozen_at: Mapped[datetime | None]

    def freeze(self, at: datetime) -> None:
        """From now on the round's distribution is this one: later scores find their place in it."""
        if self.frozen_at is None:
            self.frozen_at = at
            self.audit("scoring_run.freeze", after={"digest": self.digest})


class ScoreSummary(Base):
    """What a bidder may see of its score: written when it is released, and never before."""

    __tablename__ = "score_summary"
    __table_args__ = (Index("score_summary_mine_idx", "organization_id", "round_code"),)

    score_id: Mapped[UUID] = mapped_column(ForeignKey("financial_score.id"), primary_key=True)
    organization_id: Mapped[UUID]
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"))
    bidder_number: Mapped[str]
    member: Mapped[str]
    summary: Mapped[dict[str, Any]] = mapped_column(JSONB)
    released_at: Mapped[datetime]
