"""What bidding-svc says of the documents it asks of bidders, and of the upload slots it asks for.

They travel in bidding-svc's stream, in order with everything else it says.
"""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from events.bidding import STREAM
from events.envelope import Event, Instant
from events.kinds import Code, Permission, RoundCode


class RequirementOpened(Event):
    """A round asks a bidder for a document, due at the close of the bid window.

    Said by bidding-svc when the bidder gets a number. Heard by notices-svc, which opens a To-Do for those who hold
    `permission`. `cdrd_at` is the end of the covered document review date: received before it, a missing covered
    document is told to the bidder.
    """

    TYPE: ClassVar[str] = "connexion.bidding.requirement-opened.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "requirement_id"

    requirement_id: UUID
    organization_id: UUID
    round_code: RoundCode
    document: Code
    label: str
    covered: bool
    slot_id: UUID
    permission: Permission
    due_at: Instant
    cdrd_at: Instant


class RequirementRescheduled(Event):
    """A requirement is due at another time: the round's dates changed, or its window was extended for everyone.

    Said by bidding-svc once documents-svc holds the upload slot by the new times. Heard by notices-svc, whose To-Do
    shows when it is due.
    """

    TYPE: ClassVar[str] = "connexion.bidding.requirement-rescheduled.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "requirement_id"

    requirement_id: UUID
    organization_id: UUID
    round_code: RoundCode
    document: Code
    due_at: Instant
    cdrd_at: Instant
    rescheduled_at: Instant


class SlotRequested(Event):
    """Somebody needs a file: a slot is to be open for it.

    Said by bidding-svc, days before the slot opens. Heard by documents-svc, which answers with `slot-opened`; saying it
    again with other times moves them. `slot_subject` is the speaker's own reference, opaque to documents-svc and handed
    back with every file. What arrives within `late_minutes` after `closes_at` is kept and marked late.

    `document` is the kind of document the slot takes, and `cba_code` the bidding area it is for, where it is for one
    (a bond): its sender has to choose the same. `asked_by` is "round" for what the bid window asks for, "notice" for
    what a notice asks for after the close; a notice asks for slots of its own. `withheld_because` is the sentence that
    refuses uploads for as long as it stands, such as that the bidder has no bid in the area. `records` is the body of
    records that the files are kept with (`records-closed`).
    """

    TYPE: ClassVar[str] = "connexion.bidding.slot-requested.v1"
    TOPIC: ClassVar[str] = STREAM
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


class FileTaken(Event):
    """Whoever opened a slot has taken note of a file received in it.

    Said by bidding-svc once for each `document-received`. Heard by documents-svc, whose balance counts every accepted
    file as taken, waiting or refused.
    """

    TYPE: ClassVar[str] = "connexion.bidding.file-taken.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "slot_id"
    SUBJECT: ClassVar[str] = "file_id"

    file_id: UUID
    slot_id: UUID
    organization_id: UUID
    taken_by_subject: str


class RequirementReceived(Event):
    """A file for a required document was received in time.

    Said by bidding-svc once for each such file; the latest counts. Heard by notices-svc, which records the activity.
    `by_cdrd` says whether it was received before the covered document review date ended.
    """

    TYPE: ClassVar[str] = "connexion.bidding.requirement-received.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "requirement_id"

    requirement_id: UUID
    organization_id: UUID
    round_code: RoundCode
    document: Code
    label: str
    file_id: UUID
    received_at: Instant
    by_cdrd: bool


class RequirementFulfilled(Event):
    """A bidder has sent what a requirement asks for: the document itself, or everything that stands in for it.

    Said by bidding-svc when a requirement turns from open to met. Heard by notices-svc, which closes the To-Do.
    """

    TYPE: ClassVar[str] = "connexion.bidding.requirement-fulfilled.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "requirement_id"

    requirement_id: UUID
    organization_id: UUID
    round_code: RoundCode
    document: Code
    fulfilled_at: Instant


class RequirementReopened(Event):
    """A requirement stands open again: every file that met it was rejected, or the forms call for it once more.

    Said by bidding-svc. Heard by notices-svc, which opens the To-Do again.
    """

    TYPE: ClassVar[str] = "connexion.bidding.requirement-reopened.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "requirement_id"

    requirement_id: UUID
    organization_id: UUID
    round_code: RoundCode
    document: Code
    reopened_at: Instant


class RequirementDropped(Event):
    """A requirement that stood open need not be met any more: the forms do not call for it, or CBIC waived it.

    Said by bidding-svc; `requirement-reopened` follows where the forms call for it again. Heard by notices-svc, which
    closes the To-Do.
    """

    TYPE: ClassVar[str] = "connexion.bidding.requirement-dropped.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "requirement_id"

    requirement_id: UUID
    organization_id: UUID
    round_code: RoundCode
    document: Code
    dropped_at: Instant


class RequirementClosed(Event):
    """A document that was not sent can be sent no more: the window closed without it, or the round was cancelled.

    Said by bidding-svc; `outcome` is `missing` or `cancelled`, also for a document of a cancelled round that was sent.
    Heard by notices-svc: the To-Do to upload it lapses.
    """

    TYPE: ClassVar[str] = "connexion.bidding.requirement-closed.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "requirement_id"

    requirement_id: UUID
    organization_id: UUID
    round_code: RoundCode
    document: Code
    outcome: Code
    closed_at: Instant


EVENTS = (
    RequirementOpened,
    RequirementRescheduled,
    SlotRequested,
    FileTaken,
    RequirementReceived,
    RequirementFulfilled,
    RequirementReopened,
    RequirementDropped,
    RequirementClosed,
)
