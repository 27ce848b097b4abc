"""An award: who is offered a contract where, prepared by one person and released by another (domain/lifecycle.md 3.5).

What was prepared is kept line by line: the dry run that the second person reads is what happens at the release.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.awards.lifecycle import LIFECYCLE, AwardKind, AwardState
from bidding_svc.base import Base
from chassis.aggregate import Aggregate
from chassis.duties import AnotherPersonThan
from chassis.errors import Conflict
from chassis.ids import new_id

RELEASER_DID_NOT_PREPARE = AnotherPersonThan(
    "award.prepare", sentence="You prepared this award. Somebody else must release it."
)


class AwardChanged(Conflict):
    """Somebody decided about this award after you read it. Load the page again."""


class Award(Aggregate, Base):
    """One release of offers in a round."""

    __tablename__ = "award"
    __table_args__ = (
        Index(
            "award_under_way_idx",
            "round_code",
            unique=True,
            postgresql_where=text("state in ('PREPARED', 'RELEASING')"),
        ),
        Index("award_round_idx", "round_code", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation_run.id"), comment="the released evaluation it follows")
    kind: Mapped[AwardKind]
    state: Mapped[AwardState]
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(comment="of what was prepared")
    bidders: Mapped[int]
    lines: Mapped[int]
    unchecked: Mapped[int] = mapped_column(comment="lines whose licenses and accreditation could not be checked again")
    prepared_at: Mapped[datetime]
    prepared_by: Mapped[str]
    prepared_person: Mapped[UUID]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    released_person: Mapped[UUID | None]
    disqualified_told_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    def __init__(
        self, round_code: str, run_id: UUID, kind: AwardKind, *, by: str, person: UUID, digest: str, at: datetime
    ) -> None:
        self.id, self.round_code, self.run_id, self.kind = new_id(), round_code, run_id, kind
        self.state, self.version, self.digest = LIFECYCLE.start, 1, digest
        self.bidders = self.lines = self.unchecked = 0
        self.prepared_at, self.prepared_by, self.prepared_person = at, by, person
        self.released_at = self.released_by = self.released_person = None
        self.disqualified_told_at = self.finished_at = None
        self.audit("award.prepare", after={"round": round_code, "kind": kind, "digest": digest})

    def require_version(self, base: int) -> None:
        """Raise `AwardChanged` when it is not any more as whoever decides has read it."""
        if base != self.version:
            raise AwardChanged

    def discard(self) -> None:
        """It is not released."""
        self._move("discard")

    def release(self, by: str, person: UUID | None, at: datetime) -> None:
        """Everything of it counts from this moment."""
        self._move("release")
        self.released_at, self.released_by, self.released_person = at, by, person

    def finish(self, at: datetime) -> None:
        """Every offer and every notice is out."""
        self._move("finish")
        self.finished_at = at

    def _move(self, verb: str) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.version += 1
        after = {"state": self.state, "digest": self.digest}
        self.audit(f"award.{verb}", before={"state": before}, after=after)


class AwardCompetition(Base):
    """What becomes of a competition with the award. Money is in cents."""

    __tablename__ = "award_competition"

    award_id: Mapped[UUID] = mapped_column(ForeignKey("award.id"), primary_key=True)
    category_code: Mapped[str] = mapped_column(primary_key=True)
    cba_code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    awarded: Mapped[bool]
    because: Mapped[list[str]] = mapped_column(JSONB, comment="why it is not awarded")
    paid: Mapped[str | None] = mapped_column(comment="by payment amounts for the expected units; exact cents")
    otherwise: Mapped[str | None] = mapped_column(comment="what would otherwise be paid; exact cents")
    offers: Mapped[int]
    prices: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="hcpcs and amount in cents")


class AwardLine(Base):
    """A bid that is offered a contract with the award, or is held back because it is not eligible any more."""

    __tablename__ = "award_line"
    __table_args__ = (
        Index("award_line_waiting_idx", "award_id", "bidder_id", postgresql_where=text("done_at is null")),
    )

    award_id: Mapped[UUID] = mapped_column(ForeignKey("award.id"), primary_key=True)
    bid_id: Mapped[UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    bidder_id: Mapped[UUID] = mapped_column(ForeignKey("bidder.id"))
    bidder_number: Mapped[str]
    category_code: Mapped[str]
    cba_code: Mapped[str]
    label: Mapped[str]
    why: Mapped[str] = mapped_column(comment="WINNING, ADDED, NEXT_IN_LINE or REINSTATED")
    at_or_below_median: Mapped[bool]
    locations: Mapped[list[str]] = mapped_column(JSONB)
    reasons: Mapped[list[str]] = mapped_column(JSONB, comment="why it is held back: what the record says now")
    unchecked: Mapped[bool] = mapped_column(comment="whether something could not be checked")
    done_at: Mapped[datetime | None] = mapped_column(comment="when it was offered, or disqualified")
