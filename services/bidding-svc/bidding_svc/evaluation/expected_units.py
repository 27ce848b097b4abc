from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base


class ExpectedUnits(Base):
    """How many units of an item are expected a year in a competition; for the savings test."""

    __tablename__ = "expected_units"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_code", "category_code", "cba_code"],
            ["competition.round_code", "competition.category_code", "competition.cba_code"],
        ),
    )

    round_code: Mapped[str] = mapped_column(primary_key=True)
    category_code: Mapped[str] = mapped_column(primary_key=True)
    cba_code: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    units: Mapped[int]
