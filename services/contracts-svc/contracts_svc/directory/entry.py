from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts_svc.base import Base


class DirectoryEntry(Base):
    """What the Supplier Directory was told of a contract line: which accepted report, and as of which contract.

    It is told again when `told_revision` is no longer the contract's.
    """

    __tablename__ = "directory_entry"
    __table_args__ = (
        Index("directory_entry_contract_idx", "contract_id"),
        Index("directory_entry_mine_idx", "organization_id", "line_id"),
    )

    line_id: Mapped[UUID] = mapped_column(ForeignKey("contract_line.id"), primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organization_id: Mapped[UUID]
    report_id: Mapped[UUID] = mapped_column(ForeignKey("form_c_report.id"))
    starts_on: Mapped[date] = mapped_column(comment="of the report's period")
    revision: Mapped[int] = mapped_column(comment="counts what was told")
    told_revision: Mapped[int | None] = mapped_column(comment="of the contract's snapshot; null: to be told")
