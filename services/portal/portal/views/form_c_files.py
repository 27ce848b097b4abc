"""A Form C report as a spreadsheet: the template out, the same in, with everything that is wrong in it."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import RedirectResponse, Response

from portal import form_c_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render
from portal.row_errors import as_file, chunks
from portal.views.form_c import API

router = APIRouter(prefix="/form-c")
LISTED = 1000
"""How many errors the page lists. A file has more only where a whole column is wrong."""
DOWNLOADED = 5000
"""How many the page carries as a file."""
Typed = Annotated[str, Form()]


@router.get("/{report_id}/spreadsheet")
async def spreadsheet(report_id: UUID, caller: SignedIn) -> Response:
    """The template to take, and where it is brought back."""
    return await _page(caller, report_id)


@router.post("/{report_id}/spreadsheet")
async def fill_from_file(
    report_id: UUID, caller: SignedIn, version: Typed = "0", idempotency_key: Typed = "", file: UploadFile | None = None
) -> Response:
    """Enter what a file says, or list everything that is wrong in it."""
    try:
        if file is None or not file.filename:
            fields = [{"path": "file", "message": "Choose a file."}]
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=fields)  # noqa: TRY301  answered as the API's are
        headers = deciding(idempotency_key, version) | {"content-type": "text/csv"}
        answer = await caller.gateway.stream(f"{API}/{report_id}/spreadsheet", chunks(file), headers)
    except Problem as problem:
        if not problem.is_about_the_form and problem.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise
        return await _page(caller, report_id, problem=problem)
    errors = answer.json()["errors"]
    if errors:
        return await _page(caller, report_id, errors=errors)
    return RedirectResponse(f"/form-c/{report_id}?done=file", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{report_id}/template.{kind}")
async def template(report_id: UUID, kind: Literal["csv", "xlsx"], caller: SignedIn) -> Response:
    """The report as a spreadsheet, to keep or to change."""
    answer = await caller.gateway.call("GET", f"{API}/{report_id}/template.{kind}")
    names = ("content-type", "content-disposition")
    return Response(answer.content, headers={name: answer.headers[name] for name in names if name in answer.headers})


async def _page(
    caller: Caller, report_id: UUID, *, problem: Problem | None = None, errors: list[Json] | None = None
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{report_id}"))
    wrong = errors or []
    lines = [{"line": each["row"], **each} for each in wrong[:DOWNLOADED]]
    return render(
        caller.request,
        "pages/form_c_spreadsheet.html",
        status=problem.status if problem else HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        frame=frame,
        report=told,
        problem=problem,
        errors=wrong[:LISTED],
        left_out=max(len(wrong) - LISTED, 0),
        found=len(wrong),
        error_file=as_file({"errors": lines}) if wrong else "",
        words=form_c_words,
    )
