from datetime import date
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base


class Preclusion(Base):
    """A supplier that may not take part in a named round: what contracts-svc said of the outcome of a breach case.

    The round may not exist here yet: whoever bids in it later is found precluded all the same.
    """

    __tablename__ = "preclusion"
    __table_args__ = (Index("preclusion_round_idx", "round_code", "organization_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="given by contracts-svc")
    organization_id: Mapped[UUID]
    round_code: Mapped[str] = mapped_column(comment="the round that is closed to the supplier")
    contract_number: Mapped[str]
    effective_on: Mapped[date]
