"""What is bid on, and where: product categories and competitive bidding areas of a round."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base


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
