"""What notices-svc says: To-Dos and activity, each with the permission needed to see it."""

from typing import ClassVar
from uuid import UUID

from events.envelope import Event, Instant
from events.kinds import Code, Permission

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


EVENTS = (TodoOpened, TodoClosed, ActivityRecorded)
