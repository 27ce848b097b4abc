from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.ids import new_id
from contracts_svc.base import Base


class ContractEntry(Base):
    """Something that happened under a contract: written once, never changed, with the permission to see it."""

    __tablename__ = "contract_entry"
    __table_args__ = (Index("contract_entry_contract_idx", "contract_id", "occurred_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organization_id: Mapped[UUID]
    kind: Mapped[str]
    label: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    permission: Mapped[str] = mapped_column(comment="needed to see it")
    occurred_at: Mapped[datetime]

    def __init__(
        self,
        contract_id: UUID,
        organization_id: UUID,
        kind: str,
        *,
        label: str,
        permission: str,
        occurred_at: datetime,
        details: dict[str, Any] | None = None,
    ) -> None:
        self.id, self.contract_id, self.organization_id = new_id(), contract_id, organization_id
        self.kind, self.label, self.permission, self.occurred_at = kind, label, permission, occurred_at
        self.details = details or {}
