from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.ids import new_id
from contracts_svc.base import Base
from contracts_svc.transfers.lifecycle import SUBMIT, VIEW
from contracts_svc.transfers.terms import Side
from contracts_svc.transfers.wanted import Phase, Wanted
from events.contract_documents import FileTaken, SlotRequested
from events.documents import DocumentReceived

SUBJECT = "transfer-document"
"""What the subject of such an upload slot begins with."""
MOST_BYTES = 50 * 1024 * 1024 - 1
MOST_FILES = 20


class TransferDocument(Aggregate, Base):
    """A document that one side of a transfer has to send, with its upload slot.

    Only that side and staff read it: it lies behind the fence of `organization_id` alone. `settled_at` is the due time
    by which its slot was settled: only then can it be said that it did not come.
    """

    __tablename__ = "transfer_document"
    __table_args__ = (
        Index("transfer_document_one_idx", "transfer_id", "side", "code", unique=True),
        Index("transfer_document_mine_idx", "organization_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    transfer_id: Mapped[UUID] = mapped_column(ForeignKey("contract_transfer.id"))
    organization_id: Mapped[UUID] = mapped_column(comment="the side whose document it is")
    side: Mapped[Side]
    phase: Mapped[Phase]
    code: Mapped[str]
    label: Mapped[str]
    read_by: Mapped[str] = mapped_column(comment="the permission of staff who read its files")
    slot_id: Mapped[UUID] = mapped_column(unique=True)
    due_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(comment="the due time by which its slot was settled")
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="what was received in time, in order")
    received_at: Mapped[datetime | None] = mapped_column(comment="of the first file that still stands")
    waived: Mapped[str | None] = mapped_column(comment="why CMS needs it no more: it holds sufficient ones")

    def __init__(
        self, transfer_id: UUID, organization_id: UUID, wanted: Wanted, due_at: datetime, opens_at: datetime
    ) -> None:
        self.id, self.slot_id = new_id(), new_id()
        self.transfer_id, self.organization_id = transfer_id, organization_id
        self.side, self.phase, self.code, self.label = wanted.side, wanted.phase, wanted.code, wanted.label
        self.read_by, self.files, self.due_at = wanted.read_by, [], due_at
        self.settled_at = self.received_at = self.waived = None
        self.audit("transfer-document.ask", after={"document": self.code, "side": self.side})
        self._ask(opens_at)

    @property
    def subject(self) -> str:
        """How its upload slot names it."""
        return f"{SUBJECT}:{self.id}"

    @property
    def is_there(self) -> bool:
        """Whether nothing more is needed: it was received in time, or waived."""
        return self.received_at is not None or self.waived is not None

    def be_due(self, due_at: datetime, opens_at: datetime) -> None:
        """It may come until another time now: its slot follows."""
        if due_at != self.due_at:
            self.due_at = due_at
            self._ask(opens_at)

    def receive(self, told: DocumentReceived) -> None:
        """A file arrived. What is not in time is taken note of, and does not count."""
        if all(file["file_id"] != str(told.file_id) for file in self.files) and told.verdict == "in-time":
            file = {
                "file_id": str(told.file_id),
                "sha256": told.sha256,
                "received_at": told.received_at.isoformat(),
            }
            self.files = [*self.files, file]
            self.received_at = self.received_at or told.received_at
            self.audit("transfer-document.receive", after={"file": str(told.file_id)})
        self.say(
            FileTaken(
                file_id=told.file_id,
                slot_id=self.slot_id,
                organization_id=self.organization_id,
                taken_by_subject=self.subject,
            )
        )

    def reject(self, file_id: UUID) -> None:
        """A received file failed its checks: it stands for nothing any more."""
        self.files = [file for file in self.files if file["file_id"] != str(file_id)]
        first = self.files[0]["received_at"] if self.files else None
        self.received_at = datetime.fromisoformat(first) if first else None
        self.audit("transfer-document.reject", after={"file": str(file_id)})

    def waive(self, because: str) -> None:
        """CMS holds sufficient documents already (414.414(b)-(d), TR-2)."""
        self.waived = because
        self.audit("transfer-document.waive", after={"document": self.code}, reason=because)

    def _ask(self, opens_at: datetime) -> None:
        self.say(
            SlotRequested(
                slot_id=self.slot_id,
                slot_subject=self.subject,
                organization_id=self.organization_id,
                upload_permission=SUBMIT,
                read_permission=VIEW,
                staff_read_permission=self.read_by,
                label=self.label,
                accepted_types=("application/pdf",),
                max_bytes=MOST_BYTES,
                max_files=MOST_FILES,
                opens_at=min(opens_at, self.due_at),
                closes_at=self.due_at,
                late_minutes=0,
                asked_by="contract",
            )
        )
