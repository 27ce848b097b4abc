"""To-Dos about what the program asked: a question about something a contract supplier filed, until it is answered."""

from sqlalchemy import select

from chassis.database import Session
from events.information import InformationRequested, InformationSettled
from notices_svc.todos.todo import Todo, TodoItem

ANSWER = "answer-question"


async def asked(session: Session, requested: InformationRequested) -> None:
    """The program asks; asked about the same thing again later, it is to do once more."""
    todo = await _todo(session, requested)
    if todo is None:
        session.add(
            TodoItem(
                organization_id=requested.organization_id,
                kind=ANSWER,
                about=_about(requested),
                label=requested.label,
                permission=requested.permission,
                at=requested.requested_at,
                due_at=requested.due_at,
            )
        )
    elif todo.state is Todo.DONE:
        todo.due_at = requested.due_at
        todo.reopen(requested.requested_at)


async def settled(session: Session, told: InformationSettled) -> None:
    """It was answered, or it can be answered no more."""
    todo = await _todo(session, told)
    if todo is None or todo.state is not Todo.OPEN:
        return
    if told.answered:
        todo.do(told.settled_at)
    else:
        todo.lapse(told.settled_at)


async def _todo(session: Session, told: InformationRequested | InformationSettled) -> TodoItem | None:
    found: TodoItem | None = await session.scalar(
        select(TodoItem).where(TodoItem.about == _about(told), TodoItem.kind == ANSWER).with_for_update()
    )
    return found


def _about(told: InformationRequested | InformationSettled) -> str:
    return f"{told.filing}:{told.filing_id}"
