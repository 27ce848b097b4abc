"""What a notice does to the To-Do list and to the recent activity. Every row carries the notice's permission."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.database import Session
from notices_svc.activity.activity import ActivityEntry
from notices_svc.notices.notice import Notice
from notices_svc.todos.todo import Todo, TodoItem

ANSWER = "answer-notice"

_HAPPENED = {
    "notice-issued": "You received a notice",
    "notice-responded": "You answered a notice",
    "notice-overdue": "A notice is overdue",
    "notice-due-soon": "A notice is due soon",
    "notice-rescinded": "A notice was taken back",
}


def ask_for_answer(session: Session, notice: Notice) -> None:
    """There is something to do about it until it is due."""
    session.add(
        TodoItem(
            organization_id=notice.organization_id,
            kind=ANSWER,
            about=_about(notice.id),
            label=notice.type.to_do,
            permission=permission_to_know(notice),
            at=session.at,
            due_at=notice.due_at,
        )
    )


async def nothing_to_do(session: Session, notice: Notice, at: datetime) -> None:
    """It was answered, or its time has passed, or it was taken back."""
    found = await session.scalar(
        select(TodoItem)
        .where(TodoItem.about == _about(notice.id), TodoItem.kind == ANSWER, TodoItem.state == Todo.OPEN)
        .with_for_update()
    )
    if found is not None:
        found.do(at)


def record(session: Session, notice: Notice, kind: str, at: datetime, *, about: str | None = None) -> None:
    """Write an entry of the recent activity."""
    session.add(
        ActivityEntry(
            organization_id=notice.organization_id,
            kind=kind,
            about=about or _about(notice.id),
            label=f"{_HAPPENED[kind]}: {notice.title}",
            permission=permission_to_know(notice),
            occurred_at=at,
            details={"round": notice.round_code, "notice": str(notice.id)},
        )
    )


def permission_to_know(notice: Notice) -> str:
    """The permission a row about the notice carries: for one restricted to persons, that which lifts the restriction.

    Such rows know no persons, and must not tell others of the organization that the notice exists.
    """
    return notice.unrestricted_with or notice.permission


def _about(notice_id: UUID) -> str:
    return f"notice:{notice_id}"
