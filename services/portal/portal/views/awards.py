import asyncio
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal import offer_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem, deciding
from portal.pages import render

router = APIRouter(prefix="/staff/awards")
API = "/api/bidding/awards"
ACTS = ("release", "discarding")
Typed = Annotated[str, Form()]


class Decision(BaseModel):
    """The form of a decision about an award, as the award was shown."""

    version: str
    idempotency_key: str
    unchecked_acknowledged: str = ""


@router.get("")
async def awards(caller: SignedIn, code: str = "", after: str | None = None, done: str = "") -> Response:
    """The awards of a round, and what can be begun there."""
    return await _round(caller, code, after=after, done=done)


@router.post("")
async def prepare(caller: SignedIn, idempotency_key: Typed, code: Typed = "") -> Response:
    """Prepare an award: a dry run that nobody outside sees."""
    headers = {"idempotency-key": idempotency_key}
    try:
        made = await caller.gateway.call("POST", f"/api/bidding/rounds/{code}/awards", headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _round(caller, code, problem=problem)
    return RedirectResponse(f"/staff/awards/{made.json()['id']}?done=prepared", status_code=HTTPStatus.SEE_OTHER)


@router.post("/announcement")
async def announce(caller: SignedIn, idempotency_key: Typed, code: Typed, version: Typed) -> Response:
    """Announce the contract suppliers of a round."""
    headers = deciding(idempotency_key, version)
    try:
        await caller.gateway.call("POST", f"/api/bidding/rounds/{code}/supplier-announcement", headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _round(caller, code, problem=problem)
    return RedirectResponse(f"/staff/awards?code={code}&done=announced", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{award_id}")
async def award(award_id: UUID, caller: SignedIn, after: str | None = None, show: str = "", done: str = "") -> Response:
    """An award: what stands against it, what becomes of each competition, who is offered what."""
    return await _award(caller, award_id, after=after, show=show, done=done)


@router.post("/{award_id}/rescission")
async def take_back(
    award_id: UUID, caller: SignedIn, line: Annotated[UUID, Form()], idempotency_key: Typed, reason: Typed = ""
) -> Response:
    """Take one offer back whose bidder has lost its eligibility before CMS signed."""
    headers, body = {"idempotency-key": idempotency_key}, {"reason": reason.strip()}
    try:
        await caller.gateway.call("POST", f"/api/bidding/offer-lines/{line}/rescission", headers=headers, json=body)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _award(caller, award_id, show="offers", problem=problem, rescinding=str(line))
    return RedirectResponse(
        f"/staff/awards/{award_id}?show=offers&done=rescission#what-h", status_code=HTTPStatus.SEE_OTHER
    )


@router.post("/{award_id}/{act}")
async def decide(award_id: UUID, act: str, caller: SignedIn, form: Annotated[Decision, Form()]) -> Response:
    """Release an award, or discard it."""
    if act not in ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    headers = deciding(form.idempotency_key, form.version)
    body = {"json": {"unchecked_acknowledged": bool(form.unchecked_acknowledged)}} if act == "release" else {}
    try:
        await caller.gateway.call("POST", f"{API}/{award_id}/{act}", headers=headers, **body)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _award(caller, award_id, problem=problem)
    return RedirectResponse(f"/staff/awards/{award_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


async def _round(
    caller: Caller, code: str, *, after: str | None = None, done: str = "", problem: Problem | None = None
) -> Response:
    frame, rounds = await asyncio.gather(frame_of(caller), caller.gateway.get("/api/bidding/rounds"))
    known = [each["code"] for each in rounds["items"]]
    chosen = code if code in known else (known[0] if known else "")
    listed = await caller.gateway.get(API, round=chosen, after=after) if chosen else {"items": [], "next": None}
    set_up = await caller.gateway.get_or_none(f"/api/bidding/round-set-ups/{chosen}") if chosen else None
    announces = caller.may("staff.offer.decide") and set_up is not None and set_up["phase"] == "AWARDING"
    return render(
        caller.request,
        "pages/awards.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        rounds=rounds["items"],
        code=chosen,
        listed=listed,
        after=after,
        set_up=set_up if announces else None,
        may_prepare=caller.may("staff.offer.edit"),
        problem=problem,
        done=done,
        words=offer_words,
    )


async def _award(
    caller: Caller,
    award_id: UUID,
    *,
    after: str | None = None,
    show: str = "",
    done: str = "",
    problem: Problem | None = None,
    rescinding: str = "",
) -> Response:
    path = f"{API}/{award_id}"
    shown = show if show in ("lines", "offers") else "competitions"
    frame, told, listed = await asyncio.gather(
        frame_of(caller), caller.gateway.get(path), caller.gateway.get(f"{path}/{shown}", after=after)
    )
    return render(
        caller.request,
        "pages/award.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        award=told,
        listed=listed,
        shown=shown,
        after=after,
        fields=("unchecked_acknowledged", "reason"),
        may_rescind=caller.may("staff.offer.decide"),
        rescinding=rescinding,
        problem=problem,
        done=done,
        words=offer_words,
    )
