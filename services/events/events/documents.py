"""What documents-svc says: slots in force, and the way of each file from its receipt to its verdict."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from events.envelope import Event, Instant, Part
from events.kinds import CompactJws, Sha256
from events.signing_keys import KeyPublished

STREAM = "connexion.documents"

# Received before the close plus one second, or within the late minutes after it.
Verdict = Literal["in-time", "late"]


class SlotOpened(Event):
    """A slot stands with these times: the echo of `slot-requested`, also after an extension.

    Said by documents-svc. Heard by whoever asked for the slot: times count as in force only from here on.
    """

    TYPE: ClassVar[str] = "connexion.documents.slot-opened.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "slot_id"

    slot_id: UUID
    slot_subject: str
    organization_id: UUID
    opens_at: Instant
    closes_at: Instant


class DocumentReceived(Event):
    """A file arrived whole and is held; its receipt is signed. It is not scanned yet.

    Said by documents-svc in the transaction that answers the uploader. Heard by bidding-svc and contracts-svc (which
    answer with `file-taken`) and by notices-svc. `started_at` is when the upload began, `received_at` when its last
    byte was held; `receipt` is the signed receipt the uploader got. `verdict` is judged by the times in force when it
    arrived.
    """

    TYPE: ClassVar[str] = "connexion.documents.document-received.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "slot_id"
    SUBJECT: ClassVar[str] = "file_id"

    file_id: UUID
    slot_id: UUID
    slot_subject: str
    organization_id: UUID
    sha256: Sha256
    size: Annotated[int, Field(gt=0, description="Bytes.")]
    started_at: Instant
    received_at: Instant
    verdict: Verdict
    receipt: CompactJws


class DocumentAccepted(Event):
    """A received file passed the checks of its type and the malware scan: it can be read and downloaded.

    Said by documents-svc. Heard by bidding-svc and notices-svc.
    """

    TYPE: ClassVar[str] = "connexion.documents.document-accepted.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "slot_id"
    SUBJECT: ClassVar[str] = "file_id"

    file_id: UUID
    slot_id: UUID
    slot_subject: str
    organization_id: UUID
    accepted_at: Instant


class DocumentRejected(Event):
    """A received file failed a check and will never be opened.

    Said by documents-svc. Heard by bidding-svc and contracts-svc (what it was sent for stands open again) and by
    notices-svc. `code` is the rule that failed (UPL-01 and so on); `reason` is the sentence shown to the uploader.
    """

    TYPE: ClassVar[str] = "connexion.documents.document-rejected.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "slot_id"
    SUBJECT: ClassVar[str] = "file_id"

    file_id: UUID
    slot_id: UUID
    slot_subject: str
    organization_id: UUID
    code: Annotated[str, Field(pattern=r"^UPL-[0-9]{2}$")]
    reason: str
    rejected_at: Instant


class DocumentSuperseded(Event):
    """A later file of the same slot took the place of this one, which is kept.

    Said by documents-svc. Heard by bidding-svc.
    """

    TYPE: ClassVar[str] = "connexion.documents.document-superseded.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "slot_id"
    SUBJECT: ClassVar[str] = "file_id"

    file_id: UUID
    slot_id: UUID
    slot_subject: str
    organization_id: UUID
    superseded_by: UUID
    superseded_at: Instant


class SettledFile(Part):
    """A file of a settled slot, with what became of it."""

    file_id: UUID
    received_at: Instant
    verdict: Verdict
    state: Literal["accepted", "not-scanned", "rejected", "superseded"]


class SlotSettled(Event):
    """A closed slot is settled: nothing in it is uploading or scanning, and this is all that was received.

    Said by documents-svc after the close. Heard by bidding-svc and contracts-svc, for the slots they asked for: only
    now may a document count as missing, judged by `received_at`.
    """

    TYPE: ClassVar[str] = "connexion.documents.slot-settled.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "slot_id"

    slot_id: UUID
    slot_subject: str
    organization_id: UUID
    closes_at: Instant
    settled_at: Instant
    files: tuple[SettledFile, ...]


class SigningKeyPublished(KeyPublished):
    """A key that signs upload receipts was made, or retired.

    Said by documents-svc before the key signs its first receipt. Heard by every service that takes a receipt at its
    word before the event confirms it.
    """

    TYPE: ClassVar[str] = "connexion.documents.signing-key-published.v1"
    TOPIC: ClassVar[str] = STREAM

    use: Literal["receipt"] = "receipt"


EVENTS = (
    SlotOpened,
    DocumentReceived,
    DocumentAccepted,
    DocumentRejected,
    DocumentSuperseded,
    SlotSettled,
    SigningKeyPublished,
)
