"""The shape of what a service says to documents-svc: which upload slots it needs, and which files it has taken."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from events.envelope import Event, Instant
from events.kinds import Code, Permission


class SlotAsked(Event):
    """The shape of every request for an upload slot; not an event by itself.

    documents-svc answers with `slot-opened`; saying it again with other times moves them. `slot_subject` is the
    speaker's own reference, opaque to documents-svc and handed back with every file. What arrives within `late_minutes`
    after `closes_at` is kept and marked late.

    `document` is the kind of document the slot takes, and `cba_code` the bidding area it is for, where it is for one
    (a bond): its sender has to choose the same. `asked_by` is "round" for what the bid window asks for, "notice" for
    what a notice asks for after the close, "contract" for what a contract asks for; each asks for slots of its own.
    `withheld_because` is the sentence that refuses uploads for as long as it stands, such as that the bidder has no
    bid in the area. `records` is the body of records that the files are kept with (`records-closed`).
    """

    KEY: ClassVar[str] = "slot_id"

    slot_id: UUID
    slot_subject: str
    organization_id: UUID
    upload_permission: Permission
    read_permission: Permission
    staff_read_permission: Permission
    label: str
    accepted_types: Annotated[tuple[str, ...], Field(min_length=1, description="Media types, such as application/pdf.")]
    max_bytes: Annotated[int, Field(gt=0)]
    max_files: Annotated[int, Field(gt=0)]
    opens_at: Instant
    closes_at: Instant
    late_minutes: Annotated[int, Field(ge=0)] = 60
    document: Code | None = None
    cba_code: Code | None = None
    asked_by: Code = "round"
    withheld_because: str | None = None
    records: Annotated[str | None, Field(min_length=1, max_length=100)] = None


class FileNoted(Event):
    """The shape of "we have taken note of this file"; not an event by itself.

    Said once for each `document-received` in a slot of the speaker, so that the balance of documents-svc counts every
    accepted file as taken, waiting or refused.
    """

    KEY: ClassVar[str] = "slot_id"
    SUBJECT: ClassVar[str] = "file_id"

    file_id: UUID
    slot_id: UUID
    organization_id: UUID
    taken_by_subject: str
