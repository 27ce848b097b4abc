from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis.database import ReadSession, Session
from chassis.paging import Page, fetch_page
from notices_svc.mail.pointer import TROUBLED, Pointer, PointerState
from notices_svc.program.organization import names_of


class MailTrouble(BaseModel):
    """An e-mail that did not reach somebody, or of which nobody can tell. What it pointed to is not shown."""

    id: UUID
    organization_id: UUID
    organization: str | None = None
    person_id: UUID
    state: PointerState
    queued_at: datetime
    tries: int
    problem: str | None


async def list_troubles(session: ReadSession, after: str | None, limit: int) -> Page[MailTrouble]:
    """Return the e-mails the help desk has to look at."""
    statement = select(Pointer).where(Pointer.state.in_(TROUBLED))
    page = await fetch_page(session, statement, [(Pointer.id, UUID)], _view, after=after, limit=limit)
    names = await names_of(session, (trouble.organization_id for trouble in page.items))
    for trouble in page.items:
        trouble.organization = names.get(trouble.organization_id)
    return page


async def trouble_view(session: Session, pointer: Pointer) -> MailTrouble:
    """Return what is shown of one of them."""
    names = await names_of(session, [pointer.organization_id])
    return _view(pointer).model_copy(update={"organization": names.get(pointer.organization_id)})


def _view(found: Pointer) -> MailTrouble:
    return MailTrouble.model_validate(
        {name: getattr(found, name) for name in MailTrouble.model_fields if hasattr(found, name)}
    )
