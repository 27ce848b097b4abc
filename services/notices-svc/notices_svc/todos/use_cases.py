from uuid import UUID

from sqlalchemy import select

from chassis.database import Session
from chassis.errors import NotFound
from events.requirements import (
    RequirementClosed,
    RequirementDropped,
    RequirementFulfilled,
    RequirementOpened,
    RequirementReopened,
    RequirementRescheduled,
)
from notices_svc.todos.todo import TodoItem

UPLOAD = "upload-document"


async def ask_for_document(session: Session, opened: RequirementOpened) -> None:
    """A round asks a bidder for a document: that is a To-Do, due at the close."""
    session.add(
        TodoItem(
            organization_id=opened.organization_id,
            kind=UPLOAD,
            about=_about(opened.requirement_id),
            label=opened.label,
            permission=opened.permission,
            at=session.at,
            due_at=opened.due_at,
        )
    )


async def document_sent(session: Session, fulfilled: RequirementFulfilled) -> None:
    """The document was sent: the To-Do is done."""
    (await _todo(session, fulfilled.requirement_id)).do(fulfilled.fulfilled_at)


async def document_asked_again(session: Session, reopened: RequirementReopened) -> None:
    """Every file that was sent was rejected, or the forms call for it once more: the To-Do is open again."""
    (await _todo(session, reopened.requirement_id)).reopen(reopened.reopened_at)


async def document_not_asked_any_more(session: Session, dropped: RequirementDropped) -> None:
    """The forms do not call for it any more, or it was waived: nothing is to do."""
    (await _todo(session, dropped.requirement_id)).do(dropped.dropped_at)


async def document_due_at_another_time(session: Session, rescheduled: RequirementRescheduled) -> None:
    """The round's dates changed, or its window was extended for everyone."""
    (await _todo(session, rescheduled.requirement_id)).reschedule(rescheduled.due_at)


async def document_asked_no_more(session: Session, closed: RequirementClosed) -> None:
    """The window closed without the document, or the round was cancelled."""
    (await _todo(session, closed.requirement_id)).lapse(closed.closed_at)


async def _todo(session: Session, requirement_id: UUID) -> TodoItem:
    found = await session.scalar(
        select(TodoItem).where(TodoItem.about == _about(requirement_id), TodoItem.kind == UPLOAD).with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def _about(requirement_id: UUID) -> str:
    return f"requirement:{requirement_id}"
