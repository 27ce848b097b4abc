import asyncio
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from portal import contract_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem, deciding
from portal.pages import render

router = APIRouter(prefix="/staff/location-changes")
API = "/api/contracts/location-work"
FIELDS = ("text", "what", "explanation", "denial")
ACTS: dict[str, tuple[str, ...]] = {
    "taking": (),
    "question": ("text",),
    "recommendation": ("what", "explanation"),
    "approval": (),
    "denial": ("explanation",),
}
"""What is done with a request, each with the words it takes."""
CONFIRMED = "confirmed."


@router.get("")
async def work_list(caller: SignedIn, state: str = "", after: str | None = None) -> Response:
    """The location requests that were received, by when they should be decided."""
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get(API, state=state or None, after=after))
    return render(
        caller.request,
        "pages/staff_locations.html",
        frame=frame,
        listed=listed,
        state=state,
        after=after,
        words=contract_words,
    )


@router.get("/{change_id}")
async def request(change_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """One request: what the enrollment record says, what was asked, what can be decided now."""
    return await _page(caller, change_id, done=done)


@router.post("/{change_id}/{act}")
async def decide(change_id: UUID, act: str, caller: SignedIn) -> Response:
    """Take a request, ask the supplier, recommend, approve or deny."""
    if act not in ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    form = await caller.request.form()
    headers = deciding(str(form.get("idempotency_key", "")), str(form.get("version", "0")))
    body = _body(act, form)
    options: dict[str, Any] = {"json": body} if body else {}
    try:
        await caller.gateway.call("POST", f"{API}/{change_id}/{act}", headers=headers, **options)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, change_id, problem=problem, act=act, typed=form)
    return RedirectResponse(f"/staff/location-changes/{change_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


def _body(act: str, form: FormData) -> dict[str, Any]:
    told: dict[str, Any] = {name: str(form.get(name, "")) for name in ACTS[act]}
    if act == "recommendation":
        typed = {name.removeprefix(CONFIRMED): str(how) for name, how in form.items() if name.startswith(CONFIRMED)}
        told["confirmed"] = {check: how for check, how in typed.items() if how.strip()}
    return told


async def _page(
    caller: Caller,
    change_id: UUID,
    *,
    done: str = "",
    problem: Problem | None = None,
    act: str = "",
    typed: FormData | None = None,
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{change_id}"))
    return render(
        caller.request,
        "pages/staff_location.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        change=told,
        done=done,
        problem=problem,
        act=act,
        typed={name: str(value) for name, value in typed.items()} if typed else {},
        fields=FIELDS,
        words=contract_words,
    )
