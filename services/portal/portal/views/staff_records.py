import asyncio
from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from portal import records_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render

router = APIRouter(prefix="/staff/records")
API = "/api/documents/retention"
FIELDS = ("records", "organization_id", "matter", "because", "due_before")


@router.get("")
async def records(
    caller: SignedIn,
    after: str | None = None,
    holds_after: str | None = None,
    disposals_after: str | None = None,
    done: str = "",
) -> Response:
    """What the records schedule lets go by now, the legal holds, and the disposals."""
    return await _page(caller, after=after, holds_after=holds_after, disposals_after=disposals_after, done=done)


@router.post("/holds")
async def place(caller: SignedIn) -> Response:
    """Place a legal hold."""
    form = await caller.request.form()
    body: Json = {"matter": str(form.get("matter", "")).strip()}
    body |= {name: typed for name in ("records", "organization_id") if (typed := str(form.get(name, "")).strip())}
    return await _act(caller, "holds", form, body, done="held")


@router.post("/holds/{hold_id}/lifting")
async def lift(hold_id: UUID, caller: SignedIn) -> Response:
    """Lift a hold that somebody else placed."""
    form = await caller.request.form()
    return await _act(
        caller, f"holds/{hold_id}/lifting", form, {"because": str(form.get("because", ""))}, done="lifted"
    )


@router.post("/disposals")
async def propose(caller: SignedIn) -> Response:
    """Propose to erase what the page showed as due."""
    form = await caller.request.form()
    return await _act(caller, "disposals", form, {"due_before": str(form.get("due_before", ""))}, done="proposed")


@router.post("/disposals/{disposal_id}/{act}")
async def decide(disposal_id: UUID, act: str, caller: SignedIn) -> Response:
    """Approve a disposal that somebody else proposed, or withdraw one."""
    if act not in {"approval", "withdrawal"}:
        raise Problem(HTTPStatus.NOT_FOUND)
    form = await caller.request.form()
    return await _act(caller, f"disposals/{disposal_id}/{act}", form, None, done=act)


async def _act(caller: Caller, path: str, form: FormData, body: Json | None, *, done: str) -> Response:
    headers = deciding(str(form.get("idempotency_key", "")), str(form.get("version", "0")))
    options: dict[str, Any] = {} if body is None else {"json": body}
    try:
        await caller.gateway.call("POST", f"{API}/{path}", headers=headers, **options)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, problem=problem, typed=form)
    return RedirectResponse(f"/staff/records?done={done}", status_code=HTTPStatus.SEE_OTHER)


async def _page(
    caller: Caller,
    *,
    after: str | None = None,
    holds_after: str | None = None,
    disposals_after: str | None = None,
    done: str = "",
    problem: Problem | None = None,
    typed: FormData | None = None,
) -> Response:
    frame, run, due, holds, disposals = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(f"{API}/dry-run"),
        caller.gateway.get(f"{API}/due", after=after),
        caller.gateway.get(f"{API}/holds", after=holds_after),
        caller.gateway.get(f"{API}/disposals", after=disposals_after),
    )
    return render(
        caller.request,
        "pages/staff_records.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        run=run,
        due=due,
        holds=holds,
        disposals=disposals,
        after=after,
        holds_after=holds_after,
        disposals_after=disposals_after,
        done=done,
        problem=problem,
        typed={name: str(value) for name, value in typed.items()} if typed else {},
        fields=FIELDS,
        words=records_words,
    )
