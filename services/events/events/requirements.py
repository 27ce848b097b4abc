"""What bidding-svc says of the documents it asks of bidders, and of the upload slots it asks for.

They travel in bidding-svc's stream, in order with everything else it says.
"""

from typing import ClassVar
from uuid import UUID

from events.bidding import STREAM
from events.envelope import Event, Instant
from events.kinds import Code, Permission, RoundCode
from events.slots import FileNoted, SlotAsked


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


class SlotRequested(SlotAsked):
    """bidding-svc needs a file of a bidder: a slot is to be open for it, days before it opens.

    Said by bidding-svc. Heard by documents-svc.
    """

    TYPE: ClassVar[str] = "connexion.bidding.slot-requested.v1"
    TOPIC: ClassVar[str] = STREAM


class FileTaken(FileNoted):
    """bidding-svc has taken note of a file received in a slot of its own, once for each `document-received`.

    Said by bidding-svc. Heard by documents-svc.
    """

    TYPE: ClassVar[str] = "connexion.bidding.file-taken.v1"
    TOPIC: ClassVar[str] = STREAM


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
