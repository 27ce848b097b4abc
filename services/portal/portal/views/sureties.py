from http import HTTPStatus

from fastapi import APIRouter, UploadFile
from starlette.responses import Response

from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem
from portal.pages import render
from portal.row_errors import as_file, chunks

router = APIRouter(prefix="/staff/sureties")


@router.get("")
async def sureties(caller: SignedIn) -> Response:
    """Where the Treasury's list of certified sureties is brought in."""
    return await _page(caller)


@router.post("")
async def take_list(caller: SignedIn, file: UploadFile | None = None) -> Response:
    """Pass the list on, and show what became of each row that was not taken."""
    try:
        if file is None or not file.filename:
            fields = [{"path": "file", "message": "Choose a file."}]
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=fields)  # noqa: TRY301  answered as the API's are
        path = "/api/bidding/surety-imports"
        answer = await caller.gateway.stream(path, chunks(file), {"content-type": "text/csv"})
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, problem=problem)
    return await _page(caller, outcome=answer.json())


async def _page(caller: Caller, *, problem: Problem | None = None, outcome: Json | None = None) -> Response:
    return render(
        caller.request,
        "pages/sureties.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=await frame_of(caller),
        problem=problem,
        outcome=outcome,
        error_file=as_file(outcome) if outcome else "",
    )
