"""Financial scores as staff make them: keyed beside the documents, checked by a second person, scored, corrected."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from portal import charts, score_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render
from portal.previews import NOTHING, Looking, LookingAt, preview_of

ADDRESS = "/staff/scores"
API = "/api/bidding/financial-scores"
router = APIRouter(prefix=ADDRESS)
Typed = Annotated[str, Form()]
JUDGED = ("EVALUATION", "AWARDING", "ANNOUNCED_SUPPLIERS", "PERFORMANCE", "EXPIRED")
"""Phases in which there is something to score, or was."""
ACTS = {
    "submission": (),
    "approval": (),
    "return": ("because",),
    "re-opening": ("because",),
    "recalculation": (),
    "release": (),
}
"""What is done with a sheet, each with the words it takes."""


@router.get("")
async def scores(
    caller: SignedIn,
    round: str = "",  # noqa: A002  the name in the address
    state: str = "",
    after: str | None = None,
    done: str = "",
) -> Response:
    """The scores of a round: how far they are, who waits for a sheet, and the scorings."""
    return await _round_page(caller, round, state=state, after=after, done=done)


@router.post("")
async def begin(
    caller: SignedIn, idempotency_key: Typed, bidder_id: Typed, round_code: Typed, member: Typed = ""
) -> Response:
    """Begin the sheet of a bidder, or of a member of its network."""
    told = {"bidder_id": bidder_id, "member": member}
    try:
        answer = await caller.gateway.call("POST", API, json=told, headers={"idempotency-key": idempotency_key})
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _round_page(caller, round_code, problem=problem)
    return RedirectResponse(f"{ADDRESS}/{answer.json()['id']}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/scorings")
async def score_round(caller: SignedIn, idempotency_key: Typed, round_code: Typed) -> Response:
    """Score every bidder of the round by its approved sheets."""
    path = f"/api/bidding/rounds/{round_code}/scorings"
    try:
        answer = await caller.gateway.call("POST", path, headers={"idempotency-key": idempotency_key})
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _round_page(caller, round_code, problem=problem)
    return RedirectResponse(f"{ADDRESS}/scorings/{answer.json()['id']}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/scorings/{scoring_id}")
async def scoring(scoring_id: UUID, caller: SignedIn) -> Response:
    """One scoring of a round: how each ratio is spread, and whether it is frozen."""
    frame, run = await asyncio.gather(frame_of(caller), caller.gateway.get(f"/api/bidding/scorings/{scoring_id}"))
    return render(caller.request, "pages/scoring.html", frame=frame, run=run, words=score_words)


@router.get("/{score_id}")
async def score(score_id: UUID, caller: SignedIn, looking: LookingAt, done: str = "") -> Response:
    """One score: the sheet beside the documents, how the points were made, and what can be done now."""
    return await _score_page(caller, score_id, looking, done=done)


@router.post("/{score_id}/sheet")
async def key_sheet(score_id: UUID, caller: SignedIn, looking: LookingAt) -> Response:
    """Keep what was keyed, and put it before a second person where that was asked for."""
    form = await caller.request.form()
    sheet, api = sheet_of(form), f"{API}/{score_id}"
    key, version = str(form.get("idempotency_key", "")), str(form.get("version", "0"))
    try:
        kept = await caller.gateway.call("PUT", f"{api}/sheet", json=sheet, headers=deciding(key, version))
        if form.get("act") == "submit":
            again = deciding(f"{key}-submit", str(kept.json()["version"]))
            await caller.gateway.call("POST", f"{api}/submission", headers=again)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _score_page(caller, score_id, looking, problem=problem, sheet=sheet)
    done = {"done": "submission" if form.get("act") == "submit" else "sheet"}
    return RedirectResponse(f"{ADDRESS}/{score_id}?{urlencode(done | looking.query)}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{score_id}/correction")
async def propose_correction(score_id: UUID, caller: SignedIn) -> Response:
    """Propose what an upheld inquiry showed of a released score."""
    form = await caller.request.form()
    sheet, inquiry = sheet_of(form), str(form.get("inquiry", ""))
    headers = deciding(str(form.get("idempotency_key", "")), str(form.get("version", "0")))
    told = {"sheet": sheet, "inquiry": inquiry}
    try:
        await caller.gateway.call("POST", f"{API}/{score_id}/correction", json=told, headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _score_page(caller, score_id, problem=problem, sheet=sheet, typed={"inquiry": inquiry})
    return RedirectResponse(f"{ADDRESS}/{score_id}?done=correction", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{score_id}/{act}")
async def decide(
    score_id: UUID, act: str, caller: SignedIn, *, version: Typed, idempotency_key: Typed, because: Typed = ""
) -> Response:
    """Approve a sheet or give it back, key it again, recalculate or release a corrected score."""
    if act not in ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    told: dict[str, Any] = {"json": {"because": because}} if ACTS[act] else {}
    try:
        headers = deciding(idempotency_key, version)
        await caller.gateway.call("POST", f"{API}/{score_id}/{act}", headers=headers, **told)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _score_page(caller, score_id, problem=problem, typed={"because": because})
    return RedirectResponse(f"{ADDRESS}/{score_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


def sheet_of(form: FormData) -> Json:
    """Read a sheet from its form: a field `figure.<name>` each, `verdict.<code>` and `reasons.<code>` of documents."""
    figures, documents = {}, {}
    for field, typed in form.multi_items():
        kind, _, name = field.partition(".")
        value = str(typed).strip()
        if kind == "figure" and value:
            figures[name] = value.replace(",", "").replace("$", "")
        elif kind == "verdict" and value:
            documents[name] = {"verdict": value, "reasons": form.getlist(f"reasons.{name}")}
    score_type, credit = str(form.get("score_type", "")), str(form.get("score", "")).strip()
    told = {"score_type": score_type, "score": credit} if score_type or credit else None
    return {"figures": figures, "documents": documents, "credit": told}


async def _round_page(
    caller: Caller,
    round_code: str,
    *,
    state: str = "",
    after: str | None = None,
    done: str = "",
    problem: Problem | None = None,
) -> Response:
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get("/api/bidding/rounds"))
    rounds = [each for each in listed["items"] if each["phase"] in JUDGED]
    code = round_code or next((each["code"] for each in rounds), "")
    progress = waiting = scored = runs = None
    if code:
        progress, waiting, scored, runs = await asyncio.gather(
            caller.gateway.get(f"/api/bidding/rounds/{code}/scoring-progress"),
            caller.gateway.get("/api/bidding/unscored", round=code, limit=10),
            caller.gateway.get(API, round=code, state=state or None, after=after),
            caller.gateway.get("/api/bidding/scorings", round=code, limit=5),
        )
    return render(
        caller.request,
        "pages/scores.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        round_choices=[(each["code"], each["name"]) for each in rounds],
        code=code,
        state=state,
        progress=progress,
        waiting=waiting,
        scored=scored,
        runs=runs,
        after=after,
        done=done,
        problem=problem,
        words=score_words,
        may_key=caller.may("staff.financial_score.edit"),
    )


async def _score_page(
    caller: Caller,
    score_id: UUID,
    looking: Looking = NOTHING,
    *,
    done: str = "",
    problem: Problem | None = None,
    sheet: Json | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    frame, told, preview = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(f"{API}/{score_id}"),
        preview_of(caller, looking, f"{ADDRESS}/{score_id}"),
    )
    run = await caller.gateway.get(f"/api/bidding/scorings/{told['run_id']}") if told["run_id"] else None
    fields = ("because", "inquiry", "score", "score_type", "credit", *told["figures"], *told["reasons"])
    return render(
        caller.request,
        "pages/score.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        score=told,
        preview=preview,
        looking=looking.query,
        sheet=sheet or told["sheet"],
        done=done,
        problem=problem,
        fields=fields,
        typed=typed or {},
        words=score_words,
        lines=_with_medians(told["result"]["ratios"], run) if told["result"] else [],
        bullet_of=charts.bullet_of,
    )


def _with_medians(lines: list[Json], run: Json | None) -> list[Json]:
    """Put the median of the round beside each ratio, from the scoring the score belongs to."""
    spread = {each["key"]: each for each in run["ratios"]} if run else {}
    unknown = {"median": None, "median_points": None}
    return [line | {name: spread.get(line["key"], unknown)[name] for name in unknown} for line in lines]
