import asyncio
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from portal import bond_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render

router = APIRouter(prefix="/staff/bonds")
API = "/api/bidding/bonds"
PAPER = ("principal", "surety", "naic", "obligee", "area", "bond_number", "issued_on", "amount_cents")
TICKS = ("conditions_stated", "all_pages")
FIELDS = (*PAPER, *TICKS, "on", "reference", "because", "bar", "bonds")
ACTS: Mapping[str, tuple[str, ...]] = {
    "surety-notice": ("on", "reference"),
    "forfeiture": ("on", "reference"),
    "falsification-report": ("because",),
    "falsification-dismissal": ("because",),
    "falsification": ("bar", "because"),
}
"""What is decided about one bond, each with the words it takes."""
DOLLARS = re.compile(r"\$?(\d{1,9}|\d{1,3}(?:,\d{3})*)(?:\.(\d\d))?")


class Wanted(BaseModel):
    """Which bonds the work list shows, as the filter form asks; empty: all."""

    state: str = ""
    clock: str = ""
    bidder: str = ""
    reported: str = ""

    @property
    def query(self) -> dict[str, str]:
        """What was chosen."""
        return {name: value for name, value in self.model_dump().items() if value}

    @property
    def address(self) -> str:
        """The list with this choice."""
        return f"/staff/bonds?{urlencode(self.query)}" if self.query else "/staff/bonds"


class Returns(BaseModel):
    """The bonds that were chosen to be returned, each as its id and the version that was shown."""

    idempotency_key: str
    bonds: list[str] = []


@router.get("")
async def work_list(
    caller: SignedIn, wanted: Annotated[Wanted, Query()], after: str | None = None, done: str = ""
) -> Response:
    """The bonds of the round: what waits for a review, a decision, or its return."""
    return await _list(caller, wanted, after=after, done=done)


@router.post("/returns")
async def give_back(caller: SignedIn, form: Annotated[Returns, Form()], wanted: Annotated[Wanted, Query()]) -> Response:
    """Return the liability of the chosen bonds, all of them or none."""
    chosen = [bond.partition(":") for bond in form.bonds]
    told = {"bonds": [{"id": bond_id, "version": int(version or 0)} for bond_id, _, version in chosen]}
    try:
        if not chosen:
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, detail="Choose the bonds to return.")  # noqa: TRY301
        headers = {"idempotency-key": form.idempotency_key}
        await caller.gateway.call("POST", f"{API}/returns", json=told, headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _list(caller, wanted, problem=problem)
    query = urlencode({**wanted.query, "done": str(len(chosen))})
    return RedirectResponse(f"/staff/bonds?{query}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{bond_id}")
async def bond(bond_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """One bond: its paper, its checklist, and what can be decided about it now."""
    return await _page(caller, bond_id, done=done)


@router.post("/{bond_id}/paper")
async def key_in(bond_id: UUID, caller: SignedIn) -> Response:
    """Key in what the paper of a bond says."""
    form = await caller.request.form()
    try:
        body = _paper(form)
        await caller.gateway.call("PUT", f"{API}/{bond_id}/paper", json=body, headers=_headers(form))
    except Problem as problem:
        return await _refused(caller, bond_id, problem, "paper", form)
    return RedirectResponse(f"/staff/bonds/{bond_id}?done=paper#checklist-h", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{bond_id}/{act}")
async def decide(bond_id: UUID, act: str, caller: SignedIn) -> Response:
    """Notify the surety, forfeit, return, report a falsification, or decide about one."""
    if act not in {*ACTS, "return"}:
        raise Problem(HTTPStatus.NOT_FOUND)
    form = await caller.request.form()
    try:
        if act == "return":
            body: Json = {"bonds": [{"id": str(bond_id), "version": int(str(form.get("version", "0")))}]}
            headers = {"idempotency-key": str(form.get("idempotency_key", ""))}
            await caller.gateway.call("POST", f"{API}/returns", json=body, headers=headers)
        else:
            await caller.gateway.call("POST", f"{API}/{bond_id}/{act}", json=_body(act, form), headers=_headers(form))
    except Problem as problem:
        return await _refused(caller, bond_id, problem, act, form)
    return RedirectResponse(f"/staff/bonds/{bond_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


def _headers(form: FormData) -> dict[str, str]:
    return deciding(str(form.get("idempotency_key", "")), str(form.get("version", "0")))


def _body(act: str, form: FormData) -> Json:
    told: Json = {name: str(form.get(name, "")) for name in ACTS[act]}
    if "on" in told and not told["on"]:
        raise _wrong("on", "Choose the day.")
    if act == "falsification":
        told["referred"] = form.get("referred") == "yes"
        if not told["bar"]:
            raise _wrong("bar", "Choose from which rounds the bidder is barred.")
    return told


def _paper(form: FormData) -> Json:
    """Read what was keyed in: a day and an amount only where something stands there, ticks as yes, no or neither."""
    told: Json = {name: str(form.get(name, "")).strip() for name in PAPER}
    told["issued_on"] = told["issued_on"] or None
    told["amount_cents"] = _cents(told["amount_cents"])
    return told | {name: {"yes": True, "no": False}.get(str(form.get(name, ""))) for name in TICKS}


def _cents(typed: str) -> int | None:
    if not typed:
        return None
    found = DOLLARS.fullmatch(typed)
    if found is None:
        raise _wrong("amount_cents", "Write the amount in dollars, such as 50,000.00.")
    return int(found[1].replace(",", "")) * 100 + int(found[2] or 0)


def _wrong(path: str, message: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=[{"path": path, "message": message}])


async def _refused(caller: Caller, bond_id: UUID, problem: Problem, act: str, form: FormData) -> Response:
    if not problem.is_about_the_form:
        raise problem
    return await _page(caller, bond_id, problem=problem, act=act, typed=form)


async def _list(
    caller: Caller, wanted: Wanted, *, after: str | None = None, done: str = "", problem: Problem | None = None
) -> Response:
    frame = await frame_of(caller)
    round_code = frame.round["code"] if frame.round else None
    listed, counts = await asyncio.gather(
        caller.gateway.get(API, after=after, **wanted.query),
        caller.gateway.get_or_none(f"{API}/counts", round=round_code),
    )
    return render(
        caller.request,
        "pages/staff_bonds.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        listed=listed,
        counts=counts,
        wanted=wanted,
        after=after,
        done=done,
        problem=problem,
        fields=FIELDS,
        words=bond_words,
    )


async def _page(
    caller: Caller,
    bond_id: UUID,
    *,
    done: str = "",
    problem: Problem | None = None,
    act: str = "",
    typed: FormData | None = None,
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{bond_id}"))
    return render(
        caller.request,
        "pages/staff_bond.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        bond=told,
        paper=_as_typed(told["paper"], typed if act == "paper" else None),
        done=done,
        problem=problem,
        act=act,
        typed={name: str(value) for name, value in typed.items()} if typed else {},
        fields=FIELDS,
        words=bond_words,
    )


def _as_typed(paper: Json | None, typed: FormData | None) -> dict[str, Any]:
    """Return what the form of the paper shows: what was typed just now, or else what was keyed in."""
    if typed is not None:
        return {name: str(typed.get(name, "")) for name in (*PAPER, *TICKS)}
    if paper is None:
        return dict.fromkeys((*PAPER, *TICKS), "")
    shown = {name: str(paper[name] or "") for name in PAPER if name != "amount_cents"}
    cents = paper["amount_cents"]
    shown["amount_cents"] = "" if cents is None else f"{cents // 100:,}.{cents % 100:02}"
    return shown | {name: {True: "yes", False: "no"}.get(paper[name], "") for name in TICKS}
