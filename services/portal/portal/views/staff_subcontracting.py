import asyncio
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from portal import subcontracting_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem, deciding
from portal.pages import render

router = APIRouter(prefix="/staff/subcontracts")
API = "/api/contracts/subcontract-work"
FIELDS = ("text", "explanation")
ACTS: dict[str, tuple[str, ...]] = {
    "taking": (),
    "question": ("text",),
    "acknowledgement": (),
    "refusal": ("explanation",),
}
"""What is done with a disclosure, each with the words it takes."""
CONFIRMED = "confirmed."


@router.get("")
async def work_list(caller: SignedIn, state: str = "", late: str = "", after: str | None = None) -> Response:
    """Subcontracting disclosures in the order they came, the late ones where asked."""
    only_late = "true" if late else None
    frame, listed = await asyncio.gather(
        frame_of(caller), caller.gateway.get(API, state=state or None, late=only_late, after=after)
    )
    chosen = {name: value for name, value in (("state", state), ("late", only_late)) if value}
    return render(
        caller.request,
        "pages/staff_subcontracts.html",
        frame=frame,
        listed=listed,
        state=state,
        late=bool(late),
        after=after,
        address=f"/staff/subcontracts?{urlencode(chosen)}" if chosen else "/staff/subcontracts",
        words=subcontracting_words,
    )


@router.get("/{disclosure_id}")
async def disclosure(disclosure_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """One disclosure: the arrangement, what the enrollment record says, what was asked, what can be decided now."""
    return await _page(caller, disclosure_id, done=done)


@router.post("/{disclosure_id}/{act}")
async def decide(disclosure_id: UUID, act: str, caller: SignedIn) -> Response:
    """Take a disclosure, ask the supplier, acknowledge it, or say that it is not permitted."""
    if act not in ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    form = await caller.request.form()
    headers = deciding(str(form.get("idempotency_key", "")), str(form.get("version", "0")))
    body = _body(act, form)
    options: dict[str, Any] = {"json": body} if body else {}
    try:
        await caller.gateway.call("POST", f"{API}/{disclosure_id}/{act}", headers=headers, **options)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, disclosure_id, problem=problem, typed=form)
    return RedirectResponse(f"/staff/subcontracts/{disclosure_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


def _body(act: str, form: FormData) -> dict[str, Any]:
    told: dict[str, Any] = {name: str(form.get(name, "")) for name in ACTS[act]}
    if act == "acknowledgement":
        typed = {name.removeprefix(CONFIRMED): str(how) for name, how in form.items() if name.startswith(CONFIRMED)}
        told["confirmed"] = {check: how for check, how in typed.items() if how.strip()}
    return told


async def _page(
    caller: Caller,
    disclosure_id: UUID,
    *,
    done: str = "",
    problem: Problem | None = None,
    typed: FormData | None = None,
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{disclosure_id}"))
    contract = await caller.ask_if("staff.contract.view", f"/api/contracts/administration/{told['contract_id']}")
    return render(
        caller.request,
        "pages/staff_subcontract.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        disclosure=told,
        labels={line["line_id"]: line["label"] for line in contract["lines"]} if contract else {},
        done=done,
        may_see=caller.may,
        problem=problem,
        typed={name: str(value) for name, value in typed.items()} if typed else {},
        fields=FIELDS,
        words=subcontracting_words,
    )
