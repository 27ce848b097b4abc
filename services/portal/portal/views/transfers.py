import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal import drafts, transfer_words
from portal.answering import open_slots
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem, deciding
from portal.pages import render
from portal.passing_upload import pass_upload
from portal.signing import FIELDS as SIGNATURE
from portal.signing import Signing

router = APIRouter(prefix="/transfers")
API = "/api/contracts/transfers"
FIELDS = ("text", "effective_on", "lines", "slot", "includes", "file", "certified_by")
ACTS: dict[str, tuple[str, ...]] = {
    "answer": ("text",),
    "effective-date": ("effective_on",),
    "lines": ("lines",),
    "withdrawal": (),
}
"""What a side does with a transfer, each with the words it takes."""


class Act(BaseModel):
    """The form of an act about a transfer, with the version as it was shown."""

    version: str = "0"
    idempotency_key: str = ""
    text: str = ""
    effective_on: str = ""
    lines: list[str] = []


@router.get("")
async def transfers(caller: SignedIn, after: str | None = None, done: str = "") -> Response:
    """The transfers of which the organization is a side, latest first."""
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get(API, after=after))
    return render(
        caller.request,
        "pages/transfers.html",
        frame=frame,
        listed=listed,
        after=after,
        done=done,
        words=transfer_words,
        may_see=caller.may,
    )


@router.get("/{transfer_id}")
async def transfer(transfer_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """One transfer: where it stands, what this side has to send, what was asked, how it was decided."""
    return await _page(caller, transfer_id, done=done)


@router.get("/{transfer_id}/review")
async def review(transfer_id: UUID, caller: SignedIn) -> Response:
    """The whole request before it is filed, and the statement to sign."""
    draft = drafts.kept(caller.request)
    response = await _review(caller, transfer_id, Signing.model_validate(draft), draft_kept=bool(draft))
    if draft:
        drafts.drop(response, caller.request.url.path)
    return response


@router.post("/{transfer_id}/review")
async def submit(transfer_id: UUID, caller: SignedIn, signing: Annotated[Signing, Form()]) -> Response:
    """File the request under the person's signature."""
    body = {"signature": signing.typed}
    headers = {"idempotency-key": signing.idempotency_key}
    try:
        await caller.gateway.call("POST", f"{API}/{transfer_id}/submission", json=body, headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _review(caller, transfer_id, signing, problem=problem)
    return _to(transfer_id, "submission")


@router.post("/{transfer_id}/files")
async def upload(transfer_id: UUID, request: Request) -> Response:
    """Take a file for a document of this side."""
    passed = await pass_upload(request, f"/transfers/{transfer_id}")
    if isinstance(passed, Response):
        return passed
    if passed.problem:
        return await _page(passed.caller, transfer_id, problem=passed.problem, uploading=dict(passed.typed))
    return _to(transfer_id, "file")


@router.post("/{transfer_id}/dropping")
async def drop(transfer_id: UUID, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """Drop a draft."""
    headers = deciding(form.idempotency_key, form.version)
    await caller.gateway.call("POST", f"{API}/{transfer_id}/withdrawal", headers=headers)
    return RedirectResponse("/transfers?done=dropping", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{transfer_id}/{act}")
async def do(transfer_id: UUID, act: str, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """Answer, tell the date, name what goes, or take the request back."""
    if act not in ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    body = {name: getattr(form, name) for name in ACTS[act]}
    options: dict[str, Any] = {"json": body} if body else {}
    headers = deciding(form.idempotency_key, form.version)
    try:
        await caller.gateway.call("POST", f"{API}/{transfer_id}/{act}", headers=headers, **options)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, transfer_id, problem=problem, typed=form)
    return _to(transfer_id, act)


def _to(transfer_id: UUID, done: str) -> Response:
    return RedirectResponse(f"/transfers/{transfer_id}?done={done}", status_code=HTTPStatus.SEE_OTHER)


async def _page(
    caller: Caller,
    transfer_id: UUID,
    *,
    done: str = "",
    problem: Problem | None = None,
    typed: Act | None = None,
    uploading: dict[str, str] | None = None,
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{transfer_id}"))
    if told["state"] == "DRAFT":
        return RedirectResponse(f"/transfers/{transfer_id}/review", status_code=HTTPStatus.SEE_OTHER)
    slots = await open_slots(caller, [document["slot_id"] for document in told["documents"]])
    takes = {slot["id"] for slot in slots if "upload" in slot["allowed_actions"]}
    names_lines = "name lines" in told["allowed_actions"]
    path = f"/api/contracts/contracts/{told['contract_id']}"
    contract = await caller.gateway.get(path) if names_lines else None
    return render(
        caller.request,
        "pages/transfer.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        transfer=told,
        contract=contract,
        choices=[slot for slot in slots if slot["id"] in takes],
        done=done,
        problem=problem,
        typed=typed,
        uploading=uploading or {},
        fields=FIELDS,
        words=transfer_words,
        may_see=caller.may,
    )


async def _review(
    caller: Caller, transfer_id: UUID, signing: Signing, *, problem: Problem | None = None, draft_kept: bool = False
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{transfer_id}"))
    return render(
        caller.request,
        "pages/transfer_review.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        transfer=told,
        signing=signing,
        fields=SIGNATURE,
        problem=problem,
        draft_kept=draft_kept,
        words=transfer_words,
        may_see=caller.may,
    )
