"""What notices-svc says: the way of a notice, and To-Dos and activity with the permission needed to see them."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from events.envelope import Event, Instant, Part
from events.kinds import Code, CompactJws, Permission, RoundCode, Sha256
from events.notice_fields import NoticeSubject

STREAM = "connexion.notices"


class TodoOpened(Event):
    """An organization has something to do, until `due_at` where there is a limit.

    Said by notices-svc. Heard by nobody inside yet; it is the record from which reminders are made.
    """

    TYPE: ClassVar[str] = "connexion.notices.todo-opened.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "todo_id"

    todo_id: UUID
    organization_id: UUID
    kind: Code
    about: str
    permission: Permission
    opened_at: Instant
    due_at: Instant | None = None


class TodoClosed(Event):
    """A To-Do was done, or fell away.

    Said by notices-svc. Heard by nobody inside yet.
    """

    TYPE: ClassVar[str] = "connexion.notices.todo-closed.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "todo_id"

    todo_id: UUID
    organization_id: UUID
    closed_at: Instant


class ActivityRecorded(Event):
    """An entry stands in an organization's recent activity.

    Said by notices-svc, once for each fact it shows. Heard by nobody inside yet; an observer counts with it that every
    receipted file has exactly one entry.
    """

    TYPE: ClassVar[str] = "connexion.notices.activity-recorded.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "activity_id"

    activity_id: UUID
    organization_id: UUID
    kind: Code
    about: str
    permission: Permission
    occurred_at: Instant


class _NoticeEvent(Event):
    """What every event about a notice tells. What the notice says never travels back."""

    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "notice_id"

    notice_id: UUID
    organization_id: UUID
    round_code: RoundCode
    notice_type: Code
    about: NoticeSubject


class NoticeReturned(_NoticeEvent):
    """A second person sent a draft back: its facts or its words are not right yet.

    Said by notices-svc. Heard by whoever asked for the notice, which may ask again with other fields. Why it was sent
    back stays with notices-svc: people wrote it.
    """

    TYPE: ClassVar[str] = "connexion.notices.notice-returned.v1"

    returned_at: Instant


class NoticeIssued(_NoticeEvent):
    """A notice is before its reader, and its clock runs until `due_at` where an answer is wanted.

    Said by notices-svc, once for each notice. Heard by whoever asked for it, which opens the upload slots of a
    response until `due_at`. A due date once told is never moved.
    """

    TYPE: ClassVar[str] = "connexion.notices.notice-issued.v1"

    issued_at: Instant
    due_at: Instant | None = None


class NoticeViewed(_NoticeEvent):
    """Somebody permitted opened a notice for the first time; it moves no clock.

    Said by notices-svc, once. Heard by nobody yet.
    """

    TYPE: ClassVar[str] = "connexion.notices.notice-viewed.v1"

    viewed_at: Instant


class RespondedFile(Part):
    """A file of a response, as its receipt tells it; the receipt was verified."""

    file_id: UUID
    slot_id: UUID
    sha256: Sha256
    size: Annotated[int, Field(gt=0, description="Bytes.")]
    received_at: Instant
    receipt: CompactJws


class NoticeResponded(_NoticeEvent):
    """A bidder answered a notice in time. Each further answer until the due date is one more of these.

    Said by notices-svc. Heard by whoever asked for the notice. The text stays with notices-svc, where reviewers read
    it; `has_text` tells whether there is one.
    """

    TYPE: ClassVar[str] = "connexion.notices.notice-responded.v1"

    response_id: UUID
    receipt_number: str
    responded_at: Instant
    has_text: bool
    files: tuple[RespondedFile, ...] = ()


class NoticeOverdue(_NoticeEvent):
    """The due date passed and nothing was submitted; a saved draft is no submission.

    Said by notices-svc. Heard by whoever asked for the notice. `overdue_at` is the due date.
    """

    TYPE: ClassVar[str] = "connexion.notices.notice-overdue.v1"

    overdue_at: Instant


class NoticeRescinded(_NoticeEvent):
    """CMS took an issued notice back; `replaced_by` names the notice that stands instead, where there is one.

    Said by notices-svc. Heard by whoever asked for it. The reason stays with notices-svc: people wrote it.
    """

    TYPE: ClassVar[str] = "connexion.notices.notice-rescinded.v1"

    replaced_by: UUID | None = None
    rescinded_at: Instant


EVENTS = (
    TodoOpened,
    TodoClosed,
    ActivityRecorded,
    NoticeReturned,
    NoticeIssued,
    NoticeViewed,
    NoticeResponded,
    NoticeOverdue,
    NoticeRescinded,
)
