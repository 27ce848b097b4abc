from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bidding_svc.base import Base

if TYPE_CHECKING:
    from bidding_svc.requirements.requirement import Requirement


class ReceivedFile(Base):
    """A file that arrived for a requirement. The last one that was in time and not rejected counts."""

    __tablename__ = "received_file"

    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    requirement_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"), index=True)
    organization_id: Mapped[UUID]
    received_at: Mapped[datetime]
    in_time: Mapped[bool]
    rejected: Mapped[bool] = mapped_column(default=False)
    by_notice: Mapped[bool] = mapped_column(
        default=False, comment="after the close, in time for a notice asking for it"
    )

    requirement: Mapped["Requirement"] = relationship(viewonly=True, lazy="raise")

    @property
    def counts(self) -> bool:
        """Whether this file can meet the requirement."""
        return self.in_time and not self.rejected
