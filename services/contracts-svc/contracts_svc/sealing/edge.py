from typing import Annotated
from uuid import UUID

from fastapi import Header
from fastapi.responses import StreamingResponse

from chassis.database import Session
from chassis.door import ReadingSession, SliceRouter, WritingSession
from chassis.errors import NotAllowedNow, NotFound
from chassis.paging import After, Limit, Page
from contracts_svc.contracts.edge import VersionNumber
from contracts_svc.contracts.permissions import STAFF_VIEW, VIEW_SIGNED
from contracts_svc.sealing import views
from contracts_svc.sealing.resources import Resources, Sealing
from contracts_svc.sealing.use_cases import open_copy

router = SliceRouter(prefix="/api/contracts/signed-contracts", tags=["signed contracts"])
staff_router = SliceRouter(prefix="/api/contracts/signed-contracts-inside", tags=["signed contracts, inside"])

NEVER_RENDERED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox",
    "Cache-Control": "no-store",
}
PDF = {200: {"description": "The sealed contract, to be saved", "content": {"application/pdf": {}}}}

Purpose = Annotated[str | None, Header(alias="Sec-Purpose")]


class NotAhead(NotAllowedNow):
    """A contract is read when somebody asks for it, not ahead of that."""


@router.get("/{contract_id}/{number}", permission=VIEW_SIGNED, response_class=StreamingResponse, responses=PDF)
async def download(
    contract_id: UUID, number: VersionNumber, session: WritingSession, sealing: Sealing, purpose: Purpose = None
) -> StreamingResponse:
    """Download the CMS-signed contract, version by version. The reading is audited, so a prefetch gets nothing."""
    return await _answer(session, sealing, contract_id, number, purpose)


@staff_router.get("", permission=STAFF_VIEW)
async def list_waiting(session: ReadingSession, after: After = None, limit: Limit = 25) -> Page[views.WaitingCopy]:
    """List what CMS signed and waits to be sealed, the longest first."""
    return await views.list_waiting(session, after, limit)


@staff_router.get("/{contract_id}/{number}", permission=STAFF_VIEW, response_class=StreamingResponse, responses=PDF)
async def download_inside(
    contract_id: UUID, number: VersionNumber, session: WritingSession, sealing: Sealing, purpose: Purpose = None
) -> StreamingResponse:
    """Download the CMS-signed contract of any supplier. The reading is audited, so a prefetch gets nothing."""
    return await _answer(session, sealing, contract_id, number, purpose)


async def _answer(
    session: Session, sealing: Resources, contract_id: UUID, number: int, purpose: str | None
) -> StreamingResponse:
    if purpose is not None and "prefetch" in purpose:
        raise NotAhead
    copy = await open_copy(session, contract_id, number)
    if sealing.store is None or copy.sha256 is None:
        raise NotFound
    headers = NEVER_RENDERED | {
        "Content-Disposition": f'attachment; filename="contract-{contract_id}-v{number}.pdf"',
        "Content-Length": str(copy.size),
        "ETag": f'"{copy.sha256}"',
    }
    return StreamingResponse(sealing.store.read(copy.sha256), media_type="application/pdf", headers=headers)
