import asyncio
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from portal import transfer_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem, deciding
from portal.pages import render
from portal.signing import FIELDS as SIGNATURE
from portal.signing import Signing

router = APIRouter(prefix="/staff/transfers")
API = "/api/contracts/transfer-work"
FIELDS = ("text", "finding", "note", "what", "explanation", "denial", *SIGNATURE)
ACTS: dict[str, tuple[str, ...]] = {
    "taking": (),
    "question": ("text",),
    "finances": ("finding", "note"),
    "recommendation": ("what", "explanation"),
    "approval": (),
    "denial": ("explanation",),
    "no-transfer-needed": ("explanation",),
    "novation": (),
}
"""What is done with a transfer, each with the words it takes."""
CONFIRMED = "confirmed."


@router.get("")
async def work_list(caller: SignedIn, state: str = "", after: str | None = None) -> Response:
    """The transfers that were filed, in the order they came."""
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get(API, state=state or None, after=after))
    return render(
        caller.request,
        "pages/staff_transfers.html",
        frame=frame,
        listed=listed,
        state=state,
        after=after,
        words=transfer_words,
        may_see=caller.may,
    )


@router.get("/{transfer_id}")
async def case(transfer_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """One transfer: both packages, the clocks, the conditions, what can be decided now."""
    return await _page(caller, transfer_id, done=done)


@router.post("/{transfer_id}/documents/{document_id}/waiver")
async def waive(transfer_id: UUID, document_id: UUID, caller: SignedIn) -> Response:
    """Do without a document, because CMS holds sufficient ones."""
    form = await caller.request.form()
    body = {"because": str(form.get("because", ""))}
    return await _do(caller, transfer_id, f"documents/{document_id}/waiver", form, body=body, done="waiver")


@router.post("/{transfer_id}/{act}")
async def decide(transfer_id: UUID, act: str, caller: SignedIn) -> Response:
    """Take it, ask, review the finances, recommend, approve, deny, find that nothing is to transfer, or sign."""
    if act not in ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    form = await caller.request.form()
    return await _do(caller, transfer_id, act, form, body=_body(act, form), done=act)


async def _do(
    caller: Caller, transfer_id: UUID, act: str, form: FormData, *, body: dict[str, Any], done: str
) -> Response:
    headers = deciding(str(form.get("idempotency_key", "")), str(form.get("version", "0")))
    options: dict[str, Any] = {"json": body} if body else {}
    try:
        await caller.gateway.call("POST", f"{API}/{transfer_id}/{act}", headers=headers, **options)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, transfer_id, problem=problem, act=act, typed=form)
    return RedirectResponse(f"/staff/transfers/{transfer_id}?done={done}", status_code=HTTPStatus.SEE_OTHER)


def _body(act: str, form: FormData) -> dict[str, Any]:
    if act == "novation":
        told = {name: str(value) for name, value in form.items() if name in Signing.model_fields and name != "version"}
        return {"signature": Signing.model_validate(told).typed}
    body: dict[str, Any] = {name: str(form.get(name, "")) for name in ACTS[act]}
    if act == "recommendation":
        typed = {name.removeprefix(CONFIRMED): str(how) for name, how in form.items() if name.startswith(CONFIRMED)}
        body["confirmed"] = {code: how for code, how in typed.items() if how.strip()}
    return body


async def _page(
    caller: Caller,
    transfer_id: UUID,
    *,
    done: str = "",
    problem: Problem | None = None,
    act: str = "",
    typed: FormData | None = None,
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{transfer_id}"))
    return render(
        caller.request,
        "pages/staff_transfer.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        transfer=told,
        done=done,
        problem=problem,
        act=act,
        typed={name: str(value) for name, value in typed.items()} if typed else {},
        fields=FIELDS,
        words=transfer_words,
        may_see=caller.may,
    )
