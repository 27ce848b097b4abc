import asyncio
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from portal import drafts
from portal.caller import Caller, SessionEnded, SignedIn, SignInNeeded, signed_in
from portal.document_center import DocumentCenter
from portal.frame import frame_of
from portal.gateway import Problem
from portal.pages import render
from portal.passing_form import NotAForm, PassingForm
from portal.problems import ask_to_sign_in, refuse

router = APIRouter()
PAGE = "/documents"
RECENT = 10
KEPT = "What you typed is kept for 15 minutes. The file was not taken: choose it again after you sign in."
UPLOAD_FIELDS = ("slot", "nickname", "includes", "file", "certified_by")


@router.get("/documents")
async def document_center(caller: SignedIn) -> Response:
    """The Document Center: what is required and how it stands, the upload form, what is under way, receipts."""
    draft = drafts.kept(caller.request)
    response = await _center(caller, typed=draft, draft_kept=bool(draft))
    if draft:
        drafts.drop(response, PAGE)
    return response


@router.get("/documents/under-way")
async def under_way(caller: SignedIn) -> Response:
    """The part of the Document Center that is loaded again while something is on its way."""
    return await _center(caller, template="fragments/required_documents.html")


@router.post("/documents/uploads")
async def upload_without_script(request: Request) -> Response:
    """Take a file by a plain form and pass it on as it arrives, never holding it.

    The form begins with its key and its slot, so the address to pass it on to is known before the file comes.
    """
    try:
        form = PassingForm(request.headers.get("content-type", ""), aiter(request.stream()))
        slot = await form.start_until("slot")
    except NotAForm:
        return refuse(request, HTTPStatus.BAD_REQUEST, detail="The form was not complete when it arrived.")
    try:
        caller = await signed_in(request)
    except (SessionEnded, SignInNeeded):
        return await _kept_for_after_sign_in(request, form, again=False)
    try:
        answer = await caller.gateway.stream(f"/api/documents/slots/{slot}/files", form.body(), _headers(request, form))
    except Problem as problem:
        await form.finish()
        if problem.status == HTTPStatus.UNAUTHORIZED or problem.asks_for_sign_in:
            return await _kept_for_after_sign_in(request, form, again=problem.asks_for_sign_in)
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return await _center(caller, status=problem.status, typed=form.fields, problem=problem)
    return RedirectResponse(f"/documents/files/{answer.json()['id']}?sent=1", status_code=HTTPStatus.SEE_OTHER)


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
    frame, slots, uploads, files = await asyncio.gather(
        frame_of(caller),
        gateway.get("/api/documents/slots"),
        gateway.get("/api/documents/uploads"),
        gateway.get("/api/documents/files", limit=RECENT),
    )
    center = DocumentCenter.of(frame, slots["items"], uploads["items"], files["items"])
    values = {"typed": {}, "problem": None, "draft_kept": False, "certification": center.certification, **values}
    return render(caller.request, template, status=status, frame=frame, center=center, fields=UPLOAD_FIELDS, **values)


async def _kept_for_after_sign_in(request: Request, form: PassingForm, *, again: bool) -> Response:
    await form.finish()
    response = ask_to_sign_in(request, again=again, kept=KEPT)
    drafts.keep(response, PAGE, form.fields, secure=request.url.scheme == "https")
    return response


def _headers(request: Request, form: PassingForm) -> dict[str, str]:
    headers = {"content-type": form.content_type}
    if "content-length" in request.headers:
        headers["content-length"] = request.headers["content-length"]
    if "idempotency_key" in form.fields:
        headers["idempotency-key"] = form.fields["idempotency_key"]
    return headers
