"""Where things stand for one person: the counters of a page, and a mark that changes when any of its rows does."""

import hashlib

from pydantic import BaseModel
from sqlalchemy import ColumnElement, ScalarSelect, Text, cast, func, literal, select

from chassis.actor import Actor
from chassis.database import ReadSession
from notices_svc.activity.activity import VIEW as VIEW_ACTIVITY
from notices_svc.activity.activity import ActivityEntry
from notices_svc.notices.notice import Notice
from notices_svc.notices.seeing import mine
from notices_svc.notices.views import count_notices
from notices_svc.todos.todo import VIEW as VIEW_TODOS
from notices_svc.todos.todo import Todo, TodoItem
from notices_svc.todos.views import count_todos
from notices_svc.visible import visible_to


class Standing(BaseModel):
    """Counters of what the asker may see. `todos` is None for somebody who may see none; `mark` names this standing.

    Nothing that happened stands here: what is new, the lists tell, by their own permissions.
    """

    todos: int | None
    unread: int
    waiting: int
    mark: str


async def standing_of(session: ReadSession, actor: Actor) -> Standing:
    """Return where things stand for somebody. Rows that they may not see move neither a counter nor the mark."""
    todos = (await count_todos(session, actor)).open if actor.may(VIEW_TODOS) else None
    notices = await count_notices(session, actor)
    rows = (await session.execute(select(_todos(actor), _notices(actor), _latest_activity(actor)))).one()
    told = "|".join(map(str, (actor.organization_id, todos, notices.unread, notices.waiting, *rows)))
    mark = hashlib.sha256(told.encode()).hexdigest()[:32]
    return Standing(todos=todos, unread=notices.unread, waiting=notices.waiting, mark=mark)


def _todos(actor: Actor) -> ScalarSelect[int]:
    row = func.concat_ws(" ", TodoItem.id, func.extract("epoch", TodoItem.due_at))
    return (
        select(_digest(row))
        .where(
            TodoItem.organization_id == actor.organization_id,
            TodoItem.state == Todo.OPEN,
            visible_to(actor, TodoItem.permission),
            literal(actor.may(VIEW_TODOS)),
        )
        .scalar_subquery()
    )


def _notices(actor: Actor) -> ScalarSelect[int]:
    row = func.concat_ws(" ", Notice.id, Notice.version, Notice.viewed_at.is_(None))
    return select(_digest(row)).where(mine(actor)).scalar_subquery()


def _latest_activity(actor: Actor) -> ScalarSelect[str]:
    return (
        select(cast(ActivityEntry.id, Text))
        .where(
            ActivityEntry.organization_id == actor.organization_id,
            visible_to(actor, ActivityEntry.permission),
            literal(actor.may(VIEW_ACTIVITY)),
        )
        .order_by(ActivityEntry.occurred_at.desc(), ActivityEntry.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _digest(row: ColumnElement[str]) -> ColumnElement[int]:
    """Return one number for a set of rows, in whatever order they come."""
    return func.coalesce(func.sum(func.hashtextextended(row, 0)), 0)
