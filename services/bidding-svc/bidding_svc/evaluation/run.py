"""An evaluation of a round: a long run with state, which survives a crash and gives the same digest anywhere.

Amounts, capacities and results stand in no event and in no audit row: those tell digests.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from bidding_svc.evaluation.lifecycle import LIFECYCLE, RunState
from chassis.aggregate import Aggregate
from chassis.duties import AnotherPersonThan
from chassis.errors import Conflict, NotAllowedNow
from chassis.ids import new_id
from events.bidding import EvaluationRequested

RELEASER_DID_NOT_RUN_IT = AnotherPersonThan(
    "evaluation.request", "evaluation.check", sentence="You ran this evaluation. Somebody else must release it."
)


class RunChanged(Conflict):
    """Something happened to this evaluation after you read it. Load it again and look at it as it is now."""


class InputsChanged(NotAllowedNow):
    """Bids, scores, demand or fees changed since this evaluation was run. Run it again."""


class BidsNotScored(NotAllowedNow):
    """Some eligible bids have no decided financial score. Score them, and run the evaluation again."""


class EvaluationRun(Aggregate, Base):
    """One run over all competitions of a round. Digests are SHA-256 of canonical JSON."""

    __tablename__ = "evaluation_run"
    __table_args__ = (
        Index(
            "evaluation_run_under_way_idx",
            "round_code",
            unique=True,
            postgresql_where=text("state in ('REQUESTED', 'RUNNING', 'CHECKING')"),
        ),
        Index("evaluation_run_round_idx", "round_code", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"))
    state: Mapped[RunState]
    version: Mapped[int]
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="the rule set as it stood")
    competitions: Mapped[int]
    bids: Mapped[int]
    inputs_digest: Mapped[str | None]
    digest: Mapped[str | None] = mapped_column(comment="of rules, inputs and results")
    requested_at: Mapped[datetime]
    requested_by: Mapped[str]
    frozen_at: Mapped[datetime | None] = mapped_column(comment="as of when its inputs were taken")
    completed_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
    stale_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]

    def __init__(self, round_code: str, rules: dict[str, Any], by: str, at: datetime) -> None:
        self.id, self.round_code, self.rules = new_id(), round_code, rules
        self.state, self.version, self.competitions, self.bids = LIFECYCLE.start, 1, 0, 0
        self.requested_at, self.requested_by = at, by
        self.inputs_digest = self.digest = self.released_by = None
        self.frozen_at = self.completed_at = self.checked_at = self.stale_at = self.released_at = None
        self.audit("evaluation.request", after={"round": round_code})
        self.say(EvaluationRequested(run_id=self.id, round_code=round_code, requested_at=at))

    def require_version(self, base: int) -> None:
        """Raise `RunChanged` when it is not any more as whoever decides has read it."""
        if base != self.version:
            raise RunChanged

    def start(self) -> None:
        """The worker heard of it."""
        self._move("start")

    def freeze(self, *, competitions: int, bids: int, inputs_digest: str, at: datetime) -> None:
        """Its inputs are kept: from now on nothing else is read."""
        self.competitions, self.bids, self.inputs_digest, self.frozen_at = competitions, bids, inputs_digest, at
        self.audit("evaluation.freeze", after={"inputs": inputs_digest, "competitions": competitions, "bids": bids})

    def complete(self, digest: str, at: datetime) -> None:
        """Every competition is evaluated."""
        self.digest, self.completed_at = digest, at
        self._move("complete", digest=digest)

    def check(self) -> None:
        """Compute every result again from the kept inputs, and compare."""
        self._move("check")

    def checked(self, *, same: bool, at: datetime) -> None:
        """Every competition was computed again."""
        self.checked_at = at
        self._move("confirm" if same else "differ")

    def make_stale(self, at: datetime) -> None:
        """Its inputs are not those of the round any more: it can never be released."""
        self.stale_at = at
        self._move("make stale")

    def release(self, by: str, at: datetime) -> None:
        """The round goes on by this run."""
        self._move("release", digest=self.digest)
        self.released_at, self.released_by = at, by

    def _move(self, verb: str, **told: Any) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.version += 1
        action = f"evaluation.{verb.replace(' ', '-')}"
        self.audit(action, before={"state": before}, after={"state": self.state} | told)


class EvaluatedCompetition(Base):
    """A competition in a run: its kept inputs, and its result once it is evaluated."""

    __tablename__ = "evaluation_competition"
    __table_args__ = (
        Index("evaluation_competition_open_idx", "run_id", postgresql_where=text("digest is null")),
        Index("evaluation_competition_unchecked_idx", "run_id", postgresql_where=text("same is null")),
    )

    run_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation_run.id"), primary_key=True)
    category_code: Mapped[str] = mapped_column(primary_key=True)
    cba_code: Mapped[str] = mapped_column(primary_key=True)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)
    inputs_digest: Mapped[str]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    digest: Mapped[str | None] = mapped_column(comment="null until it is evaluated")
    same: Mapped[bool | None] = mapped_column(comment="whether computing it again gave the same; null until then")


class EvaluatedBid(Base):
    """A bid in a run: what became of it, and why. Money is in cents, capacity in units a year."""

    __tablename__ = "evaluation_bid"
    __table_args__ = (Index("evaluation_bid_competition_idx", "run_id", "category_code", "cba_code", "rank"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation_run.id"), primary_key=True)
    bid_id: Mapped[UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    category_code: Mapped[str]
    cba_code: Mapped[str]
    bidder_number: Mapped[str]
    rank: Mapped[int | None] = mapped_column(comment="null: takes no part in the array")
    amount_cents: Mapped[int]
    counted: Mapped[Decimal | None]
    cumulative: Mapped[Decimal | None]
    outcome: Mapped[str]
    why: Mapped[str]
