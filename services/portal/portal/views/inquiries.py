import asyncio
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from portal.answering import FIELDS, Answer, files_in, open_slots, receipts_of
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem, deciding
from portal.pages import render
from portal.passing_upload import pass_upload
from portal.times import Deadline

router = APIRouter(prefix="/inquiries")
API = "/api/bidding/inquiries"


@router.get("")
async def inquiries(caller: SignedIn) -> Response:
    """The organization's newest inquiry: there is one for a bidder number, and a bidder number for a round."""
    listed = await caller.gateway.get(API, limit=1)
    if listed["items"]:
        return RedirectResponse(f"/inquiries/{listed['items'][0]['id']}", status_code=HTTPStatus.SEE_OTHER)
    return render(
        caller.request, "pages/inquiry.html", frame=await frame_of(caller), inquiry=None, problem=None, fields=FIELDS
    )


@router.get("/{inquiry_id}")
async def inquiry(inquiry_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """One inquiry: what was submitted, what is still a draft, and until when something can be added."""
    return await _page(caller, inquiry_id, done=done)


@router.post("/{inquiry_id}/draft")
async def save_draft(inquiry_id: UUID, caller: SignedIn, form: Annotated[Answer, Form()]) -> Response:
    """Keep words that are not submitted; they never count."""
    headers = deciding(form.idempotency_key, form.version)
    try:
        await caller.gateway.call("PUT", f"{API}/{inquiry_id}/draft", json={"text": form.text}, headers=headers)
    except Problem as problem:
        return await _refused(caller, inquiry_id, problem, "The draft was not saved", form)
    return _back_to(inquiry_id, "draft", "respond")


@router.post("/{inquiry_id}/submission")
async def submit(inquiry_id: UUID, caller: SignedIn, form: Annotated[Answer, Form()]) -> Response:
    """Submit words, and files by their receipts, or add to what was submitted."""
    headers = deciding(form.idempotency_key, form.version)
    try:
        receipts = await receipts_of(caller, form.files)
        told = {"text": form.text, "receipts": receipts}
        await caller.gateway.call("POST", f"{API}/{inquiry_id}/submission", json=told, headers=headers)
    except Problem as problem:
        return await _refused(caller, inquiry_id, problem, "Your inquiry was not submitted", form)
    return _back_to(inquiry_id, "submission", "sent")


@router.post("/{inquiry_id}/files")
async def upload(inquiry_id: UUID, request: Request) -> Response:
    """Take a file for an inquiry; it counts once it is submitted."""
    passed = await pass_upload(request, f"/inquiries/{inquiry_id}")
    if isinstance(passed, Response):
        return passed
    if passed.problem:
        return await _page(
            passed.caller,
            inquiry_id,
            problem=passed.problem,
            refused="The file was not taken",
            uploading=dict(passed.typed),
        )
    return _back_to(inquiry_id, "file", "files")


async def _page(
    caller: Caller,
    inquiry_id: UUID,
    *,
    done: str = "",
    problem: Problem | None = None,
    refused: str = "",
    typed: Answer | None = None,
    uploading: dict[str, str] | None = None,
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{inquiry_id}"))
    mine = [told["slot_id"]]
    sent = [file["file_id"] for entry in told["entries"] for file in entry["files"]]
    choices, files = await asyncio.gather(open_slots(caller, mine), files_in(caller, mine, sent))
    hint = "What arrives before that second has passed is in time. A draft is no inquiry."
    return render(
        caller.request,
        "pages/inquiry.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        inquiry=told,
        due=Deadline.of("Submit by", told["due_at"], hint=hint, hint_past="Nothing that arrives now is considered."),
        choices=choices,
        files=files,
        done=done,
        problem=problem,
        refused=refused,
        typed=typed,
        uploading=uploading or {},
        fields=FIELDS,
    )


async def _refused(caller: Caller, inquiry_id: UUID, problem: Problem, refused: str, form: Answer) -> Response:
    """Show the inquiry again with what was typed; nothing of it is lost."""
    if not problem.is_about_the_form:
        raise problem
    return await _page(caller, inquiry_id, problem=problem, refused=refused, typed=form)


def _back_to(inquiry_id: UUID, done: str, place: str) -> Response:
    return RedirectResponse(f"/inquiries/{inquiry_id}?done={done}#{place}", status_code=HTTPStatus.SEE_OTHER)
