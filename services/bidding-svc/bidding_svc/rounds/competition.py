from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from bidding_svc.rounds.calendar import require_reason
from bidding_svc.rounds.phase import MANAGE
from chassis.aggregate import Aggregate
from chassis.lifecycle import Lifecycle, Move
from events.bidding import CompetitionRemoved


class Contest(StrEnum):
    """Where a competition stands (domain/lifecycle.md 4.1)."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"
    EVALUATED = "EVALUATED"
    AWARDABLE = "AWARDABLE"
    AWARDED = "AWARDED"
    NOT_AWARDED = "NOT_AWARDED"
    REMOVED = "REMOVED"


BEFORE_AWARD = (Contest.OPEN, Contest.CLOSED, Contest.EVALUATED, Contest.AWARDABLE)
DECIDE = "staff.offer.decide"

LIFECYCLE = Lifecycle(
    "competition",
    start=Contest.OPEN,
    ends={Contest.AWARDED, Contest.NOT_AWARDED, Contest.REMOVED},
    moves=[
        Move(Contest.OPEN, "close", Contest.CLOSED, guard="the round closes", effects="bids frozen"),
        Move(Contest.CLOSED, "evaluate", Contest.EVALUATED, guard="every bid judged"),
        Move(Contest.EVALUATED, "make awardable", Contest.AWARDABLE, by=DECIDE, guard="savings and enough suppliers"),
        Move(Contest.AWARDABLE, "award", Contest.AWARDED, guard="a contract was signed"),
        Move(
            (Contest.EVALUATED, Contest.AWARDABLE),
            "do not award",
            Contest.NOT_AWARDED,
            by=DECIDE,
            guard="savings test fails, or too few suppliers",
        ),
        Move(BEFORE_AWARD, "remove", Contest.REMOVED, by=MANAGE, guard="reason, before award"),
    ],
)


class Competition(Aggregate, Base):
    """One category in one area: the unit of bidding, pricing and award. Money is in cents."""

    __tablename__ = "competition"
    __table_args__ = (
        ForeignKeyConstraint(["round_code", "category_code"], ["category.round_code", "category.code"]),
        ForeignKeyConstraint(["round_code", "cba_code"], ["cba.round_code", "cba.code"]),
        Index(
            "competition_bids_left_idx",
            "round_code",
            postgresql_where=text("state = 'REMOVED' and bids_removed_at is null"),
        ),
    )

    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), primary_key=True)
    category_code: Mapped[str] = mapped_column(primary_key=True)
    cba_code: Mapped[str] = mapped_column(primary_key=True)
    bid_limit_cents: Mapped[int] = mapped_column(comment="fee schedule amount of the lead item, unadjusted")
    demand: Mapped[int] = mapped_column(comment="lead item units a calendar year")
    made_up: Mapped[bool]
    state: Mapped[Contest] = mapped_column(default=LIFECYCLE.start)
    bids_removed_at: Mapped[datetime | None] = mapped_column(comment="when no bid was left of one that was removed")

    @property
    def id(self) -> str:
        """Round, category and area are the identity."""
        return f"{self.round_code}/{self.category_code}/{self.cba_code}"

    @classmethod
    def opened(cls, round_code: str, category_code: str, cba_code: str, bid_limit_cents: int, demand: int) -> Self:
        """Open a category in an area for bids, with the bid limit and the demand that CMS publishes."""
        opened = cls(
            round_code=round_code,
            category_code=category_code,
            cba_code=cba_code,
            bid_limit_cents=bid_limit_cents,
            demand=demand,
            made_up=False,
            state=LIFECYCLE.start,
        )
        opened.audit("competition.open", after={"bid_limit_cents": bid_limit_cents, "demand": demand})
        return opened

    def price(self, bid_limit_cents: int, demand: int) -> bool:
        """Set what bids are held against, as CMS publishes it; False when it stands so already."""
        stands = (self.bid_limit_cents, self.demand, self.made_up)
        if stands == (bid_limit_cents, demand, False):
            return False
        before = {"bid_limit_cents": self.bid_limit_cents, "demand": self.demand}
        self.bid_limit_cents, self.demand, self.made_up = bid_limit_cents, demand, False
        self.audit("competition.price", before=before, after={"bid_limit_cents": bid_limit_cents, "demand": demand})
        return True

    def close(self) -> None:
        """Take no more bids: the round has closed."""
        self._move("close")

    def evaluate(self) -> None:
        """Every bid is judged: the round goes on by a released evaluation."""
        self._move("evaluate")

    def make_awardable(self) -> None:
        """Its payment amounts save, and there are enough suppliers: contracts are offered (domain/bidding.md 4.6)."""
        self._move("make awardable")

    def do_not_award(self, because: Sequence[str]) -> None:
        """It is not awarded: no savings, or too few suppliers."""
        self._move("do not award", ", ".join(because))

    def award(self) -> None:
        """CMS has signed a contract in it."""
        self._move("award")

    def remove(self, reason: str, at: datetime) -> None:
        """Take it out of the round. Raises `NotAllowedNow` once it was awarded, not awarded or removed."""
        reason = require_reason(reason)
        self._move("remove", reason)
        self.say(
            CompetitionRemoved(
                round_code=self.round_code,
                category_code=self.category_code,
                cba_code=self.cba_code,
                reason=reason,
                removed_at=at,
            )
        )

    def _move(self, verb: str, reason: str | None = None) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.audit(f"competition.{verb}", before={"state": before}, after={"state": self.state}, reason=reason)
