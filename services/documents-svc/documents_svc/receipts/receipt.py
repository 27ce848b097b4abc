import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.key_ring import KeyRing
from documents_svc.base import Base
from documents_svc.files.uploaded_file import UploadedFile
from documents_svc.slots.slot import Slot
from documents_svc.slots.verdict import Verdict

KIND = "connexion-receipt"
"""The JWS `typ` of a receipt."""
ISSUER = "/connexion/documents"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing to mix up when read aloud


class Receipt(Base):
    """What its uploader got for a file: a signed statement that never changes.

    A file has a second one only when an extension of its slot improved its verdict. Numbers are random, so that they
    tell nothing about how many there are.
    """

    __tablename__ = "receipt"
    __table_args__ = (Index(None, "file_id", "issued_at"),)

    number: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    file_id: Mapped[UUID]
    verdict: Mapped[Verdict]
    issued_at: Mapped[datetime]
    jws: Mapped[str]


def issue(file: UploadedFile, slot: Slot, keys: KeyRing, issued_at: datetime) -> Receipt:
    """Sign a receipt for the verdict in force, and announce the file with it. `issued_at` is machine time."""
    number = receipt_number()
    said = statement(file, slot, number, file.note_receipt(number), issued_at)
    jws = keys.sign(said, KIND)
    file.announce(jws)
    return Receipt(
        number=number,
        organization_id=file.organization_id,
        file_id=file.id,
        verdict=file.verdict,
        issued_at=issued_at,
        jws=jws,
    )


def statement(file: UploadedFile, slot: Slot, number: str, audit_id: UUID, issued_at: datetime) -> dict[str, Any]:
    """Return what a receipt says. Times are UTC with offset; no name of a person or a file is in it."""
    return {
        "issuer": ISSUER,
        "number": number,
        "file_id": str(file.id),
        "slot_id": str(slot.id),
        "slot_subject": slot.slot_subject,
        "organization_id": str(file.organization_id),
        "sha256": file.sha256,
        "size": file.size,
        "started_at": file.started_at.isoformat(),
        "received_at": file.received_at.isoformat(),
        "closes_at": slot.closes_at.isoformat(),
        "verdict": file.verdict.value,
        "audit_id": str(audit_id),
        "issued_at": issued_at.isoformat(),
    }


def receipt_number() -> str:
    """Return a fresh number, such as `7K3M-9QXZ-1TAB`."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    return "-".join((letters[:4], letters[4:8], letters[8:]))
