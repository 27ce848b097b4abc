from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base


class Fee(Base):
    """The fee schedule amount of an item in a year and a state, without competitive-bidding adjustment."""

    __tablename__ = "fee"

    year: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    amount_cents: Mapped[int]
