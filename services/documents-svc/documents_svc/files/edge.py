from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import Header, Query
from fastapi.responses import StreamingResponse

from chassis.door import SIGNED_IN, CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.errors import NotAllowedNow
from chassis.paging import DEFAULT_LIMIT, MOST, Page
from documents_svc.files.use_cases import open_content
from documents_svc.files.versions import VersionView, versions_page
from documents_svc.files.views import FileView, file_view, files_page
from documents_svc.resources import Documents

router = SliceRouter(prefix="/api/documents/files", tags=["files"])

NEVER_RENDERED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
}


class NotAhead(NotAllowedNow):
    """A file is read by a person, never fetched ahead."""


@router.get("", permission=SIGNED_IN)
async def list_files(
    actor: CurrentActor,
    session: ReadingSession,
    slot: UUID | None = None,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = DEFAULT_LIMIT,
) -> Page[FileView]:
    """List the received files, newest first."""
    return await files_page(session, actor, slot_id=slot, after=after, limit=limit)


@router.get("/{file_id}", permission=SIGNED_IN)
async def read_file(file_id: UUID, actor: CurrentActor, session: ReadingSession) -> FileView:
    """Tell where a file stands."""
    return await file_view(session, actor, file_id)


@router.get("/{file_id}/versions", permission=SIGNED_IN)
async def list_versions(
    file_id: UUID,
    actor: CurrentActor,
    session: ReadingSession,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = DEFAULT_LIMIT,
) -> Page[VersionView]:
    """List every version of a file with its receipts, newest first; what was replaced stays readable."""
    return await versions_page(session, actor, file_id, after=after, limit=limit)


@router.get(
    "/{file_id}/content",
    permission=SIGNED_IN,
    response_class=StreamingResponse,
    responses={200: {"description": "The file, to be saved", "content": {"application/octet-stream": {}}}},
)
async def download(
    file_id: UUID,
    session: WritingSession,
    resources: Documents,
    purpose: Annotated[str | None, Header(alias="Sec-Purpose")] = None,
) -> StreamingResponse:
    """Download a file that was accepted. The reading is audited, so a prefetch gets nothing."""
    if purpose is not None and "prefetch" in purpose:
        raise NotAhead
    file = await open_content(session, file_id)
    headers = NEVER_RENDERED | {
        "Content-Disposition": attachment(file.filename),
        "Content-Length": str(file.size),
        "ETag": f'"{file.sha256}"',
    }
    return StreamingResponse(resources.store.read(file.sha256), media_type="application/pdf", headers=headers)


def attachment(filename: str) -> str:
    """Write a `Content-Disposition` (RFC 6266): a plain name for old readers, the whole one in UTF-8."""
    plain = "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in filename)
    plain = plain.replace("\\", "_").replace('"', "_").replace("%", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
