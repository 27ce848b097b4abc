from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Sequence, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from bidding_svc.rounds.round import Round
from chassis.aggregate import Aggregate
from chassis.ids import new_id
from events.bidding import BidderNumbered

BIDDER_NUMBERS = Sequence("bidder_number_seq", start=2840001, metadata=Base.metadata)


class Organization(Base):
    """What bidding-svc knows of a registered organization: a projection of identity-adapter's events."""

    __tablename__ = "organization"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    legal_business_name: Mapped[str]
    ptan: Mapped[str]


class Bidder(Aggregate, Base):
    """One organization in one round, under its bidder number; documents and inquiries attach to that number."""

    __tablename__ = "bidder"
    __table_args__ = (
        UniqueConstraint("organization_id", "round_code"),
        Index("bidder_round_idx", "round_code", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"))
    number: Mapped[str] = mapped_column(unique=True)
    numbered_at: Mapped[datetime]

    def __init__(self, organization_id: UUID, round_: Round, number: int, at: datetime) -> None:
        self.id = new_id()
        self.organization_id, self.round_code, self.number, self.numbered_at = (
            organization_id,
            round_.code,
            str(number),
            at,
        )
        self.audit("bidder.number", after={"round": round_.code, "number": self.number})
        self.say(
            BidderNumbered(
                organization_id=organization_id, round_code=round_.code, bidder_number=self.number, numbered_at=at
            )
        )
