from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.database import Session
from events.identity import RoleRequested
from notices_svc.todos.todo import Todo, TodoItem

DECIDE = "decide-role-request"


async def ask_for_decision(session: Session, requested: RoleRequested) -> None:
    """Somebody asks for a role: whoever may decide has that to do, before the request expires."""
    if requested.decided_with is None:
        return
    session.add(
        TodoItem(
            organization_id=requested.organization_id,
            kind=DECIDE,
            about=_about(requested.membership_id),
            label="A role request waits for you",
            permission=requested.decided_with,
            at=requested.requested_at,
            due_at=requested.due_at,
        )
    )


async def decided(session: Session, membership_id: UUID, at: datetime) -> None:
    """The request is granted, or came to nothing. A role that nobody here had to decide about was no To-Do."""
    found = await session.scalar(
        select(TodoItem)
        .where(TodoItem.about == _about(membership_id), TodoItem.kind == DECIDE, TodoItem.state == Todo.OPEN)
        .with_for_update()
    )
    if found is not None:
        found.do(at)


def _about(membership_id: UUID) -> str:
    return f"role-request:{membership_id}"
