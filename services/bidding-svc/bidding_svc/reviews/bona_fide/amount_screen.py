from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from bidding_svc.reviews.bona_fide.screen import Statistics


class AmountScreen(Base):
    """The screen of a round's lead item amounts, with what they said together: it is done once."""

    __tablename__ = "amount_screen"

    round_code: Mapped[str] = mapped_column(ForeignKey("round.code"), primary_key=True)
    screened_at: Mapped[datetime]
    statistics: Mapped[dict[str, Any]] = mapped_column(comment="by lead item; money in cents")
    bids: Mapped[int]
    flagged: Mapped[int]

    def __init__(
        self, round_code: str, statistics: Mapping[str, Statistics], *, bids: int, flagged: int, at: datetime
    ) -> None:
        self.round_code, self.screened_at, self.bids, self.flagged = round_code, at, bids, flagged
        self.statistics = {item: each.told() for item, each in statistics.items()}
