from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts_svc.base import Base


class ContractDuty(Base):
    """A date of a contract on which something is due. Once planned it stands: it is never computed again."""

    __tablename__ = "contract_duty"
    __table_args__ = (Index("contract_duty_contract_idx", "contract_id", "due_on", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organization_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(comment="of the deadline catalogue; PERIOD_STARTS and PERIOD_ENDS beside it")
    title: Mapped[str]
    due_on: Mapped[date]
    due_at: Mapped[datetime | None] = mapped_column(comment="the last instant; null: nobody has to act")
    explanation: Mapped[str] = mapped_column(comment="how the date came about, in words")
    permission: Mapped[str] = mapped_column(comment="needed to see it")
