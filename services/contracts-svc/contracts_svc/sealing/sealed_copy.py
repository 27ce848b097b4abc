from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.ids import new_id
from chassis.lifecycle import Lifecycle, Move
from contracts_svc.base import Base
from contracts_svc.contracts.version import ContractVersion


class CopyState(StrEnum):
    """Where the sealed copy of a version stands."""

    TO_BE_SEALED = "TO_BE_SEALED"
    SEALED = "SEALED"


TO_BE_SEALED, SEALED = CopyState

LIFECYCLE = Lifecycle(
    "sealed copy",
    start=TO_BE_SEALED,
    ends={SEALED},
    moves=[
        Move(
            TO_BE_SEALED,
            "seal",
            SEALED,
            guard="printed, sealed and stored",
            effects="a version that was signed is in force",
        )
    ],
)


class SealedCopy(Aggregate, Base):
    """The PDF of a version under CMS's seal. Until it is sealed nothing is shown as signed."""

    __tablename__ = "sealed_copy"
    __table_args__ = (
        Index("sealed_copy_version_idx", "contract_id", "number", unique=True),
        Index("sealed_copy_waiting_idx", "asked_at", postgresql_where=text("state = 'TO_BE_SEALED'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("contract_version.id"))
    contract_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    number: Mapped[int]
    state: Mapped[CopyState]
    asked_at: Mapped[datetime]
    sealed_at: Mapped[datetime | None]
    sha256: Mapped[str | None]
    size: Mapped[int | None] = mapped_column(comment="bytes")
    level: Mapped[str | None] = mapped_column(comment="PAdES B-B or PAdES B-LTA")

    def __init__(self, version: ContractVersion, at: datetime) -> None:
        self.id, self.version_id, self.state, self.asked_at = new_id(), version.id, LIFECYCLE.start, at
        self.contract_id, self.organization_id = version.contract_id, version.organization_id
        self.number = version.number
        self.sealed_at = self.sha256 = self.size = self.level = None

    def seal(self, *, sha256: str, size: int, level: str, at: datetime) -> None:
        """The copy is printed, sealed and stored under this digest. Raises NotAllowedNow when it was sealed before."""
        self.state = LIFECYCLE.next(self.state, "seal")
        self.sha256, self.size, self.level, self.sealed_at = sha256, size, level, at
        self.audit("sealed-copy.seal", after={"version": self.number, "sha256": sha256, "level": level})
