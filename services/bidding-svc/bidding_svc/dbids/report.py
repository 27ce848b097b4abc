from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from bidding_svc.bidders.bidder import Bidder
from events.dbids import Signed

FORM_A = "form-a"


class Report(Base):
    """What was last taken of a form entered in DBidS: its version there, and who signed that version."""

    __tablename__ = "dbids_report"

    bidder_id: Mapped[UUID] = mapped_column(ForeignKey("bidder.id"), primary_key=True)
    about: Mapped[str] = mapped_column(primary_key=True, comment="form-a, or the competition: category/area")
    organization_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(comment="of DBidS; a lower one changes nothing")
    entered_at: Mapped[datetime]
    signed_by: Mapped[str | None] = mapped_column(comment="who approved or certified it there")
    signed_at: Mapped[datetime | None]

    def __init__(self, bidder: Bidder, about: str) -> None:
        self.bidder_id, self.organization_id, self.about = bidder.id, bidder.organization_id, about
        self.version = 0

    def take(self, version: int, entered_at: datetime, signed: Signed | None) -> None:
        """Note a newer report."""
        self.version, self.entered_at = version, entered_at
        self.signed_by, self.signed_at = (signed.by, signed.at) if signed else (None, None)


def about_bid(category_code: str, cba_code: str) -> str:
    """Return how a report about a bid is named."""
    return f"{category_code}/{cba_code}"
