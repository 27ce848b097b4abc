"""Bids that are entered in DBidS, as CSV files, for the days on which its feed is down."""

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import Response

from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem
from portal.pages import render
from portal.round_words import DBIDS_FILES
from portal.row_errors import as_file, chunks
from portal.views.round_set_up import API, ROUNDS

router = APIRouter(prefix=ROUNDS)
IMPORT = "staff.dbids.import"


@router.get("/{code}/dbids")
async def dbids(code: str, caller: SignedIn) -> Response:
    """The form for a file, and how its columns are written."""
    return await _page(caller, code)


@router.post("/{code}/dbids")
async def take_file(
    code: str, caller: SignedIn, forms: Annotated[str, Form()] = "", file: UploadFile | None = None
) -> Response:
    """Pass a CSV file on, and show what became of each row that was not taken."""
    known = {each for each, _ in DBIDS_FILES}
    if forms not in known or file is None or not file.filename:
        path, message = ("forms", "Choose what the file holds.") if forms not in known else ("file", "Choose a file.")
        problem = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=[{"path": path, "message": message}])
        return await _page(caller, code, forms=forms, problem=problem)
    try:
        answer = await caller.gateway.stream(
            f"/api/bidding/rounds/{code}/dbids-imports/{forms}", chunks(file), {"content-type": "text/csv"}
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, code, forms=forms, problem=problem)
    return await _page(caller, code, forms=forms, outcome=answer.json())


async def _page(
    caller: Caller, code: str, *, forms: str = "", outcome: Json | None = None, problem: Problem | None = None
) -> Response:
    columns = (caller.ask_if(IMPORT, f"/api/bidding/rounds/{code}/dbids-imports/{each}") for each, _ in DBIDS_FILES)
    frame, round_, *told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{code}"), *columns)
    return render(
        caller.request,
        "pages/round_dbids.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        round=round_,
        columns=[(label, each) for (_, label), each in zip(DBIDS_FILES, told, strict=True) if each],
        files=DBIDS_FILES,
        forms=forms,
        may_import=caller.may(IMPORT) and round_["entered_in"] == "dbids",
        outcome=outcome,
        error_file=as_file(outcome) if outcome else "",
        problem=problem,
    )
