"""To-Dos about Form C: a report is awaited until it is certified."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.database import Session
from events.form_c import FormCClosed, FormCOpened, FormCReopened, FormCSubmitted
from notices_svc.todos.todo import Todo, TodoItem

SUBMIT = "submit-form-c"


async def report_opened(session: Session, opened: FormCOpened) -> None:
    """A reporting period has begun."""
    session.add(
        TodoItem(
            organization_id=opened.organization_id,
            kind=SUBMIT,
            about=_about(opened.report_id),
            label=opened.label,
            permission=opened.permission,
            at=opened.opened_at,
            due_at=opened.due_at,
        )
    )


async def report_submitted(session: Session, submitted: FormCSubmitted) -> None:
    """The report was certified, in time or late."""
    await _done(session, submitted.report_id, submitted.submitted_at)


async def report_reopened(session: Session, reopened: FormCReopened) -> None:
    """The supplier opened it again, or the program returned it, which moves its date."""
    todo = await _todo(session, reopened.report_id)
    if todo is not None:
        if todo.due_at != reopened.due_at:
            todo.reschedule(reopened.due_at)
        todo.reopen(reopened.reopened_at)


async def report_closed(session: Session, closed: FormCClosed) -> None:
    """The report is awaited no more."""
    todo = await _todo(session, closed.report_id)
    if todo is not None:
        todo.lapse(closed.closed_at)


async def _done(session: Session, report_id: UUID, at: datetime) -> None:
    todo = await _todo(session, report_id)
    if todo is not None and todo.state is Todo.OPEN:
        todo.do(at)


async def _todo(session: Session, report_id: UUID) -> TodoItem | None:
    found: TodoItem | None = await session.scalar(
        select(TodoItem).where(TodoItem.about == _about(report_id), TodoItem.kind == SUBMIT).with_for_update()
    )
    return found


def _about(report_id: UUID) -> str:
    return f"form-c:{report_id}"
