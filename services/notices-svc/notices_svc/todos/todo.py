"""A thing an organization has to do, shown to those who hold its permission."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.ids import new_id
from chassis.lifecycle import Lifecycle, Move
from events.notices import TodoClosed, TodoOpened
from notices_svc.base import Base

VIEW = "todo.view"


class Todo(StrEnum):
    """Where a To-Do stands."""

    OPEN = "OPEN"
    DONE = "DONE"
    LAPSED = "LAPSED"


LIFECYCLE = Lifecycle(
    "To-Do",
    start=Todo.OPEN,
    ends={Todo.LAPSED},
    moves=[
        Move(Todo.OPEN, "do", Todo.DONE, guard="what it asks for has happened"),
        Move(Todo.DONE, "reopen", Todo.OPEN, guard="what was done does not hold any more"),
        Move(Todo.OPEN, "lapse", Todo.LAPSED, guard="it can be done no more"),
    ],
)


class TodoItem(Aggregate, Base):
    """One thing to do. `about` is the subject it belongs to (`requirement:<id>`), unique for its kind."""

    __tablename__ = "todo"
    __table_args__ = (
        UniqueConstraint("about", "kind"),
        Index("todo_mine_idx", "organization_id", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    kind: Mapped[str]
    about: Mapped[str]
    label: Mapped[str]
    permission: Mapped[str] = mapped_column(comment="needed to see it")
    state: Mapped[Todo]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    def __init__(
        self,
        *,
        organization_id: UUID,
        kind: str,
        about: str,
        label: str,
        permission: str,
        at: datetime,
        due_at: datetime | None,
    ) -> None:
        self.id, self.state = new_id(), LIFECYCLE.start
        self.organization_id, self.kind, self.about, self.label = organization_id, kind, about, label
        self.permission, self.opened_at, self.due_at = permission, at, due_at
        self.audit("todo.open", after={"kind": kind, "about": about})
        self.say(self._opened(at))

    def do(self, at: datetime) -> None:
        """What it asks for has happened. Raises `NotAllowedNow` when it was done already."""
        self._move("do")
        self.done_at = at
        self.say(TodoClosed(todo_id=self.id, organization_id=self.organization_id, closed_at=at))

    def lapse(self, at: datetime) -> None:
        """It can be done no more, and was not: the window closed, or the thing it is about was taken away.

        Does nothing where it is open no more.
        """
        if self.state is Todo.OPEN:
            self._move("lapse")
            self.say(TodoClosed(todo_id=self.id, organization_id=self.organization_id, closed_at=at))

    def reopen(self, at: datetime) -> None:
        """What was done does not hold any more. Raises `NotAllowedNow` when it is open."""
        self._move("reopen")
        self.opened_at, self.done_at = at, None
        self.say(self._opened(at))

    def reschedule(self, due_at: datetime) -> None:
        """It is due at another time, whether it was done or not."""
        before, self.due_at = self.due_at, due_at
        self.audit("todo.reschedule", before={"due_at": before}, after={"due_at": due_at})

    def _move(self, verb: str) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.audit(f"todo.{verb}", before={"state": before}, after={"state": self.state})

    def _opened(self, at: datetime) -> TodoOpened:
        return TodoOpened(
            todo_id=self.id,
            organization_id=self.organization_id,
            kind=self.kind,
            about=self.about,
            permission=self.permission,
            opened_at=at,
            due_at=self.due_at,
        )
