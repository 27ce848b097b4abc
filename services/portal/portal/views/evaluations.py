"""The evaluation of a round: what it is priced by, its runs with their progress, the check, the release."""

import asyncio
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import RedirectResponse, Response

from portal import evaluation_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render
from portal.row_errors import as_file, chunks
from portal.views.scores import JUDGED

ADDRESS = "/staff/evaluations"
API = "/api/bidding/evaluations"
router = APIRouter(prefix=ADDRESS)
Typed = Annotated[str, Form()]
PRICED = ("ANNOUNCED", "REGISTRATION", "BIDDING", *JUDGED)
"""Phases in which there is something to price a round by."""
ACTS = ("check", "release")


@router.get("")
async def evaluations(
    caller: SignedIn,
    round: str = "",  # noqa: A002  the name in the address
    after: str | None = None,
) -> Response:
    """The evaluations of a round, and the files it is priced by."""
    return await _round_page(caller, round, after=after)


@router.post("")
async def request_run(caller: SignedIn, idempotency_key: Typed, round_code: Typed) -> Response:
    """Ask for an evaluation of the round."""
    path = f"/api/bidding/rounds/{round_code}/evaluations"
    try:
        answer = await caller.gateway.call("POST", path, headers={"idempotency-key": idempotency_key})
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _round_page(caller, round_code, problem=problem)
    return RedirectResponse(f"{ADDRESS}/{answer.json()['id']}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/imports")
async def take_file(caller: SignedIn, round_code: Typed, kind: Typed = "", file: UploadFile | None = None) -> Response:
    """Pass a CSV file on, and show what became of each row that was not taken."""
    known = {code for code, _ in (*evaluation_words.PRICING_FILES, evaluation_words.FEES)}
    if kind not in known or file is None or not file.filename:
        path, message = ("kind", "Choose what the file holds.") if kind not in known else ("file", "Choose a file.")
        problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=[{"path": path, "message": message}])
        return await _round_page(caller, round_code, problem=problem, kind=kind)
    fees = kind == evaluation_words.FEES[0]
    address = "/api/bidding/fee-imports" if fees else f"/api/bidding/rounds/{round_code}/pricing-imports/{kind}"
    try:
        answer = await caller.gateway.stream(address, chunks(file), {"content-type": "text/csv"})
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _round_page(caller, round_code, problem=problem, kind=kind)
    return await _round_page(caller, round_code, outcome=answer.json(), kind=kind)


@router.get("/{run_id}")
async def run(
    run_id: UUID,
    caller: SignedIn,
    *,
    category: str = "",
    cba: str = "",
    objection: str = "",
    after: str | None = None,
    done: str = "",
) -> Response:
    """One evaluation: how far it is, the round on one page, its competitions."""
    chosen = {"category": category.strip().upper(), "cba": cba.strip().lower(), "objection": objection}
    return await _run_page(caller, run_id, chosen=chosen, after=after, done=done)


@router.post("/{run_id}/{act}")
async def decide(run_id: UUID, act: str, caller: SignedIn, version: Typed, idempotency_key: Typed) -> Response:
    """Have everything computed again and compared, or let the round go on by this evaluation."""
    if act not in ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    try:
        headers = deciding(idempotency_key, version)
        await caller.gateway.call("POST", f"{API}/{run_id}/{act}", headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _run_page(caller, run_id, problem=problem)
    return RedirectResponse(f"{ADDRESS}/{run_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


async def _round_page(
    caller: Caller,
    round_code: str,
    *,
    after: str | None = None,
    problem: Problem | None = None,
    outcome: Json | None = None,
    kind: str = "",
) -> Response:
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get("/api/bidding/rounds"))
    rounds = [each for each in listed["items"] if each["phase"] in PRICED]
    code = round_code or next((each["code"] for each in rounds if each["phase"] in JUDGED), "")
    code = code or next((each["code"] for each in rounds), "")
    runs = await caller.ask_if("staff.pricing.view", API, round=code, after=after) if code else None
    may_price = caller.may("staff.pricing.edit")
    files = list(evaluation_words.PRICING_FILES) if may_price else []
    files += [evaluation_words.FEES] if caller.may("staff.reference.manage") else []
    return render(
        caller.request,
        "pages/evaluations.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        round_choices=[(each["code"], each["name"]) for each in rounds],
        code=code,
        phase=next((each["phase"] for each in rounds if each["code"] == code), ""),
        runs=runs,
        after=after,
        files=files,
        kind=kind,
        may_price=may_price,
        problem=problem,
        outcome=outcome,
        error_file=as_file(outcome) if outcome else "",
        words=evaluation_words,
    )


async def _run_page(
    caller: Caller,
    run_id: UUID,
    *,
    chosen: dict[str, str] | None = None,
    after: str | None = None,
    done: str = "",
    problem: Problem | None = None,
) -> Response:
    chosen = {name: value for name, value in (chosen or {}).items() if value}
    path = f"{API}/{run_id}"
    frame, told, overview, listed = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(path),
        caller.gateway.get(f"{path}/overview"),
        caller.gateway.get(f"{path}/competitions", after=after, **chosen),
    )
    return render(
        caller.request,
        "pages/evaluation.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        run=told,
        overview=overview["categories"],
        listed=listed,
        chosen=chosen,
        query=urlencode(chosen),
        after=after,
        done=done,
        problem=problem,
        words=evaluation_words,
    )
