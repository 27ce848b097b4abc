import asyncio
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from portal import drafts
from portal.caller import Caller, SignedIn
from portal.document_center import DocumentCenter
from portal.frame import frame_of
from portal.gateway import Json
from portal.pages import render
from portal.passing_upload import pass_upload

router = APIRouter()
PAGE = "/documents"
LATEST = 100
"""How many files are looked at for the last one of each document; the page lists the newest of them."""
UPLOAD_FIELDS = ("replaces", "slot", "nickname", "cba", "includes", "file", "certified_by")


@router.get("/documents")
async def document_center(caller: SignedIn, replaces: UUID | None = None) -> Response:
    """The Document Center: what is required and how it stands, the upload form, what is under way, receipts.

    `replaces`: the form is for a new version of this file.
    """
    draft = drafts.kept(caller.request)
    typed = draft if not replaces else {**draft, "replaces": str(replaces)}
    response = await _center(caller, typed=typed, draft_kept=bool(draft))
    if draft:
        drafts.drop(response, PAGE)
    return response


@router.get("/documents/under-way")
async def under_way(caller: SignedIn) -> Response:
    """The part of the Document Center that is loaded again while something is on its way."""
    return await _center(caller, template="fragments/required_documents.html")


@router.post("/documents/uploads")
async def upload_without_script(request: Request) -> Response:
    """Take a file by a plain form."""
    passed = await pass_upload(request, PAGE)
    if isinstance(passed, Response):
        return passed
    if passed.problem:
        return await _center(passed.caller, status=passed.problem.status, typed=passed.typed, problem=passed.problem)
    assert passed.file  # noqa: S101  neither refused nor lost
    return RedirectResponse(f"/documents/files/{passed.file['id']}?sent=1", status_code=HTTPStatus.SEE_OTHER)


@router.post("/documents/uploads/{upload_id}/cancellation")
async def cancel_upload(upload_id: str, caller: SignedIn) -> Response:
    """Give up an unfinished upload; what had arrived of it is thrown away."""
    await caller.gateway.call("DELETE", f"/api/documents/uploads/{upload_id}", headers={"tus-resumable": "1.0.0"})
    return RedirectResponse("/documents#uploading", status_code=HTTPStatus.SEE_OTHER)


async def _center(
    caller: Caller,
    *,
    template: str = "pages/documents.html",
    status: int = HTTPStatus.OK,
    **values: Any,
) -> Response:
    gateway = caller.gateway
    frame, slots, uploads, files, replaced = await asyncio.gather(
        frame_of(caller),
        gateway.get_all("/api/documents/slots"),
        gateway.get("/api/documents/uploads"),
        gateway.get("/api/documents/files", limit=LATEST),
        _replaced(caller, values.get("typed", {}).get("replaces", "")),
    )
    center = DocumentCenter.of(frame, slots["items"], uploads["items"], files["items"], replaced)
    values = {"typed": {}, "problem": None, "draft_kept": False, "certification": center.certification, **values}
    return render(caller.request, template, status=status, frame=frame, center=center, fields=UPLOAD_FIELDS, **values)


async def _replaced(caller: Caller, file_id: str) -> Json | None:
    """The file that the form is to replace; None where none is, or it is not there any more."""
    found: Json | None = await caller.gateway.get_or_none(f"/api/documents/files/{quote(file_id)}") if file_id else None
    return found
