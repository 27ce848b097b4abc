"""Rounds as those set them up who hold `staff.round.manage`; who only watches reads the same pages."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render
from portal.round_words import CERTAINTIES, DATES

ROUNDS = "/staff/rounds"
API = "/api/bidding/round-set-ups"
router = APIRouter(prefix=ROUNDS)
Typed = Annotated[str, Form()]


class Decision(BaseModel):
    """The form of a decision about a round, as the round was shown; which words it needs depends on the decision."""

    version: str
    idempotency_key: str
    reason: str = ""
    closes_on: str = ""
    date_code: str = ""
    on: str = ""
    certainty: str = ""
    rule_set: str = ""
    confirmation: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Its key, and the version that was shown."""
        return deciding(self.idempotency_key, self.version)

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, to be shown again where the decision was refused."""
        return self.model_dump(exclude={"version", "idempotency_key"})


DecisionForm = Annotated[Decision, Form()]


@router.get("")
async def rounds(caller: SignedIn, after: str | None = None) -> Response:
    """Every round, drafts too, latest first."""
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get(API, after=after))
    return render(caller.request, "pages/rounds.html", frame=frame, listed=listed, after=after)


@router.get("/new")
async def new_round(caller: SignedIn) -> Response:
    """The form for a draft."""
    return await _new(caller, {})


@router.post("")
async def draft(
    caller: SignedIn, idempotency_key: Typed, code: Typed = "", name: Typed = "", rule_set: Typed = ""
) -> Response:
    """Begin a round; nobody outside sees it before it is published."""
    body = {"code": code.strip().upper(), "name": name.strip(), "rule_set": rule_set_of(rule_set)}
    try:
        await caller.gateway.call(
            "POST", "/api/bidding/rounds", json=body, headers={"idempotency-key": idempotency_key}
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _new(caller, {"code": code, "name": name, "rule_set": rule_set}, problem)
    return RedirectResponse(f"{ROUNDS}/{body['code']}?done=draft", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{code}")
async def set_up(code: str, caller: SignedIn, done: str = "") -> Response:
    """A round: what it lacks, its rule set, extensions, what CMS must do in time; publish, extend, cancel."""
    return await _set_up(caller, code, done=done)


@router.post("/{code}/rule-set")
async def use_rule_set(code: str, caller: SignedIn, form: DecisionForm) -> Response:
    """Let a draft run by another rule set."""
    return await _decide(caller, code, "rule-set", form, rule_set_of(form.rule_set), method="PUT")


@router.post("/{code}/publication")
async def publish(code: str, caller: SignedIn, form: DecisionForm) -> Response:
    """Announce a round to the public."""
    return await _decide(caller, code, "publication", form)


@router.post("/{code}/extensions")
async def extend(code: str, caller: SignedIn, form: DecisionForm) -> Response:
    """Give every bidder more time."""
    return await _decide(caller, code, "extensions", form, {"closes_on": form.closes_on, "reason": form.reason})


@router.post("/{code}/cancellation")
async def cancel(code: str, caller: SignedIn, form: DecisionForm) -> Response:
    """End a round, once its code was typed."""
    if form.confirmation.strip().upper() != code:
        fields = [{"path": "confirmation", "message": f"Type {code} to confirm that this round ends."}]
        problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=fields)
        return await _set_up(caller, code, about="cancellation", problem=problem, typed=form.typed)
    return await _decide(caller, code, "cancellation", form, {"reason": form.reason})


@router.get("/{code}/calendar")
async def calendar(code: str, caller: SignedIn, date: str = "", done: str = "") -> Response:
    """A round's dates, target or actual, and every change of them."""
    return await _calendar(caller, code, done=done, typed={"date_code": date})


@router.post("/{code}/calendar")
async def set_date(code: str, caller: SignedIn, form: DecisionForm) -> Response:
    """Set a date, move it, or make it actual, for everyone."""
    body = {"on": form.on, "certainty": form.certainty, "reason": form.reason}
    address = f"/api/bidding/rounds/{code}/calendar/{form.date_code or 'none'}"
    try:
        await caller.gateway.call("PUT", address, json=body, headers=form.headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _calendar(caller, code, problem=problem, typed=form.typed)
    return RedirectResponse(f"{ROUNDS}/{code}/calendar?done=date", status_code=HTTPStatus.SEE_OTHER)


def rule_set_of(chosen: str) -> Json:
    """Read the choice of a rule set, written as `name|version`."""
    name, _, version = chosen.rpartition("|")
    return {"name": name, "version": int(version) if version.isdigit() else 0}


async def _decide(
    caller: Caller, code: str, what: str, form: Decision, body: Json | None = None, *, method: str = "POST"
) -> Response:
    told: dict[str, Any] = {"json": body} if body else {}
    try:
        await caller.gateway.call(method, f"/api/bidding/rounds/{code}/{what}", headers=form.headers, **told)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _set_up(caller, code, about=what, problem=problem, typed=form.typed)
    return RedirectResponse(f"{ROUNDS}/{code}?done={what}", status_code=HTTPStatus.SEE_OTHER)


async def _new(caller: Caller, typed: dict[str, str], problem: Problem | None = None) -> Response:
    frame, rule_sets = await asyncio.gather(frame_of(caller), caller.gateway.get("/api/bidding/rule-sets"))
    return render(
        caller.request,
        "pages/new_round.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        rule_sets=_choices(rule_sets),
        typed=typed,
        problem=problem,
    )


async def _set_up(
    caller: Caller,
    code: str,
    *,
    done: str = "",
    about: str = "",
    problem: Problem | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    frame, round_, rule_sets = await asyncio.gather(
        frame_of(caller), caller.gateway.get(f"{API}/{code}"), caller.ask_if("round.view", "/api/bidding/rule-sets")
    )
    return render(
        caller.request,
        "pages/round_set_up.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        round=round_,
        rule_sets=_choices(rule_sets) if rule_sets else [],
        done=done,
        about=about,
        problem=problem,
        typed=typed or {},
    )


async def _calendar(
    caller: Caller, code: str, *, typed: dict[str, str], done: str = "", problem: Problem | None = None
) -> Response:
    frame, round_, history = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(f"{API}/{code}"),
        caller.gateway.get(f"/api/bidding/rounds/{code}/calendar"),
    )
    return render(
        caller.request,
        "pages/round_calendar.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        round=round_,
        changes=list(reversed(history["changes"])),
        may_decide=caller.may("staff.round.manage"),
        dates=DATES,
        certainties=CERTAINTIES,
        done=done,
        problem=problem,
        typed=typed,
    )


def _choices(rule_sets: Json) -> list[tuple[str, str]]:
    return [
        (f"{each['name']}|{each['version']}", f"{each['name']}, version {each['version']}")
        for each in rule_sets["items"]
    ]
