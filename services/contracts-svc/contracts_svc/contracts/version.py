"""Versions: every approved change of a contract makes a new, numbered one; what it says never changes again."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.ids import new_id
from contracts_svc.base import Base


class ContractVersion(Base):
    """A contract's content as somebody of CMS signed or approved it."""

    __tablename__ = "contract_version"
    __table_args__ = (Index("contract_version_number_idx", "contract_id", "number", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    organization_id: Mapped[UUID]
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(comment="why it was made: signed, extended, changed")
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    content_sha256: Mapped[str]
    signed_by: Mapped[str] = mapped_column(comment="the user id of who signed or approved it")
    signed_at: Mapped[datetime]
    in_force_at: Mapped[datetime | None] = mapped_column(comment="null: not in force yet")

    def __init__(
        self, contract_id: UUID, organization_id: UUID, number: int, reason: str, content: Mapping[str, Any]
    ) -> None:
        self.id, self.contract_id, self.organization_id = new_id(), contract_id, organization_id
        self.number, self.reason, self.content = number, reason, dict(content)
        self.content_sha256 = digest_of(content)
        self.in_force_at = None


def in_force(contract_id: UUID) -> Select[ContractVersion]:
    """Return the statement for the versions of a contract that are or were in force."""
    return select(ContractVersion).where(
        ContractVersion.contract_id == contract_id, ContractVersion.in_force_at.is_not(None)
    )


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what is signed, in one way of writing: sorted keys, no spaces, UTF-8."""
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_iso)
    return hashlib.sha256(written.encode()).hexdigest()


def _iso(value: object) -> str:
    if isinstance(value, date | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no part of a contract's content")
