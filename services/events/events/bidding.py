"""What bidding-svc says to the platform: bidder numbers, document requirements, upload slots."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from events.envelope import Event, Instant
from events.kinds import Code, Permission, RoundCode

STREAM = "connexion.bidding"


class BidderNumbered(Event):
    """An organization got its bidder number in a round.

    Said by bidding-svc. Heard by notices-svc.
    """

    TYPE: ClassVar[str] = "connexion.bidding.bidder-numbered.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "organization_id"

    organization_id: UUID
    round_code: RoundCode
    bidder_number: str
    numbered_at: Instant


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


class SlotRequested(Event):
    """Somebody needs a file: a slot is to be open for it.

    Said by bidding-svc, days before the slot opens. Heard by documents-svc, which answers with `slot-opened`; saying it
    again with other times moves them. `slot_subject` is the speaker's own reference, opaque to documents-svc and handed
    back with every file. What arrives within `late_minutes` after `closes_at` is kept and marked late.
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
    """A requirement that was met stands open again: every file that met it was rejected.

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


EVENTS = (
    BidderNumbered,
    RequirementOpened,
    SlotRequested,
    FileTaken,
    RequirementReceived,
    RequirementFulfilled,
    RequirementReopened,
)
