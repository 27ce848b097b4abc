from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.paging import Page, fetch_page
from notices_svc.todos.todo import Todo, TodoItem
from notices_svc.visible import visible_to


class TodoView(BaseModel):
    """A thing to do. `about` names what it belongs to, such as `requirement:<id>`."""

    id: UUID
    kind: str
    about: str
    label: str
    state: Todo
    opened_at: datetime
    due_at: datetime | None
    done_at: datetime | None


class TodoCount(BaseModel):
    """How many things are to do, of those the asker may see."""

    open: int


async def list_todos(session: ReadSession, actor: Actor, state: Todo, after: str | None, limit: int) -> Page[TodoView]:
    """Return what the actor's organization has to do (or has done), of what the actor may see; latest first."""
    statement = select(TodoItem).where(
        TodoItem.organization_id == actor.organization_id,
        TodoItem.state == state,
        visible_to(actor, TodoItem.permission),
    )
    return await fetch_page(session, statement, [(TodoItem.id, UUID)], _view, after=after, limit=limit)


async def count_todos(session: ReadSession, actor: Actor) -> TodoCount:
    """Count what is to do, of what the actor may see."""
    count = await session.scalar(
        select(func.count())
        .select_from(TodoItem)
        .where(
            TodoItem.organization_id == actor.organization_id,
            TodoItem.state == Todo.OPEN,
            visible_to(actor, TodoItem.permission),
        )
    )
    return TodoCount(open=count or 0)


def _view(found: TodoItem) -> TodoView:
    return TodoView.model_validate(found, from_attributes=True)
