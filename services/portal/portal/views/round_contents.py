"""What is bid on in a round: files of reference data in, competitions, and what CMS takes out again."""

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import RedirectResponse, Response

from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render
from portal.round_words import FILES
from portal.row_errors import as_file, chunks
from portal.views.round_set_up import API, ROUNDS

router = APIRouter(prefix=ROUNDS)
Typed = Annotated[str, Form()]
PAGE = 20


@router.get("/{code}/contents")
async def contents(
    code: str, caller: SignedIn, *, category: str = "", cba: str = "", after: str | None = None, done: str = ""
) -> Response:
    """The competitions of a round, of one category or area where named; files in, competitions out."""
    return await _contents(caller, code, category=category, cba=cba, after=after, done=done)


@router.post("/{code}/imports")
async def take_file(code: str, caller: SignedIn, kind: Typed = "", file: UploadFile | None = None) -> Response:
    """Pass a CSV file on, and show what became of each row that was not taken."""
    known = {each for each, _ in FILES}
    if kind not in known or file is None or not file.filename:
        path, message = ("kind", "Choose what the file holds.") if kind not in known else ("file", "Choose a file.")
        problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=[{"path": path, "message": message}])
        return await _contents(caller, code, problem=problem, kind=kind)
    try:
        answer = await caller.gateway.stream(
            f"/api/bidding/rounds/{code}/imports/{kind}", chunks(file), {"content-type": "text/csv"}
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _contents(caller, code, problem=problem, kind=kind)
    outcome: Json = answer.json()
    return await _contents(caller, code, outcome=outcome, kind=kind, error_file=as_file(outcome))


@router.post("/{code}/removals")
async def remove(
    code: str,
    caller: SignedIn,
    version: Typed,
    idempotency_key: Typed,
    *,
    category: Typed = "",
    cba: Typed = "",
    reason: Typed = "",
) -> Response:
    """Take a competition out of a round, or a whole category where no area is named."""
    category, cba = category.strip().upper(), cba.strip().lower()
    what = f"competitions/{category}/{cba}" if cba else f"categories/{category}"
    try:
        if not category:
            fields = [{"path": "category", "message": "Name the category."}]
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=fields)  # noqa: TRY301  answered as the API's are
        await caller.gateway.call(
            "POST",
            f"/api/bidding/rounds/{code}/{what}/removal",
            json={"reason": reason},
            headers=deciding(idempotency_key, version),
        )
    except Problem as problem:
        if problem.status != HTTPStatus.NOT_FOUND and not problem.is_about_the_form:
            raise
        told = problem
        if problem.status == HTTPStatus.NOT_FOUND:
            told = Problem(HTTPStatus.NOT_FOUND, detail="The round has no such competition.")
        return await _contents(caller, code, category=category, cba=cba, reason=reason, problem=told)
    return RedirectResponse(f"{ROUNDS}/{code}/contents?done=removal", status_code=HTTPStatus.SEE_OTHER)


async def _contents(
    caller: Caller,
    code: str,
    *,
    category: str = "",
    cba: str = "",
    reason: str = "",
    kind: str = "",
    after: str | None = None,
    done: str = "",
    outcome: Json | None = None,
    error_file: str = "",
    problem: Problem | None = None,
) -> Response:
    frame, round_, listed = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(f"{API}/{code}"),
        caller.gateway.get(
            f"/api/bidding/rounds/{code}/competitions",
            category=category.strip().upper() or None,
            cba=cba.strip().lower() or None,
            after=after,
            limit=PAGE,
        ),
    )
    return render(
        caller.request,
        "pages/round_contents.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        round=round_,
        listed=listed,
        after=after,
        category=category,
        cba=cba,
        reason=reason,
        kind=kind,
        files=FILES,
        may_import=caller.may("staff.reference.manage"),
        may_decide=caller.may("staff.round.manage"),
        done=done,
        outcome=outcome,
        error_file=error_file,
        problem=problem,
    )
