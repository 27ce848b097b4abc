from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from chassis.door import ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from notices_svc.mail import use_cases, views
from notices_svc.mail.pointer import WORK

router = SliceRouter(prefix="/api/notices/mail-troubles", tags=["e-mail"])


class Settlement(BaseModel):
    """What was done: somebody was called, the address was mended, nothing is needed."""

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


@router.get("", permission=WORK)
async def list_troubles(session: ReadingSession, after: After = None, limit: Limit = 25) -> Page[views.MailTrouble]:
    """List e-mails that were refused or given up, and those of which nobody can tell whether they went out."""
    return await views.list_troubles(session, after, limit)


@router.post("/{pointer_id}/settlement", permission=WORK)
async def settle(pointer_id: UUID, body: Settlement, session: WritingSession) -> views.MailTrouble:
    """Note what was done about it."""
    return await views.trouble_view(session, await use_cases.settle(session, pointer_id, body.note))
