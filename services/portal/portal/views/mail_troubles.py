"""E-mail that did not reach anybody: the help desk reaches the person otherwise and notes what was done."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from portal import mail_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem
from portal.pages import render

ADDRESS = "/help-desk/mail"
API = "/api/notices/mail-troubles"
router = APIRouter(prefix=ADDRESS)
Typed = Annotated[str, Form()]


@router.get("")
async def mail_troubles(caller: SignedIn, after: str | None = None, done: str = "") -> Response:
    """List the e-mails that somebody has to look at, page by page."""
    return await _page(caller, after=after, done=done)


@router.post("/{pointer_id}/settlement")
async def settle(pointer_id: UUID, caller: SignedIn, idempotency_key: Typed, note: Typed = "") -> Response:
    """Note what was done about one of them; it leaves the list."""
    path = f"{API}/{pointer_id}/settlement"
    try:
        if not note.strip():
            fields = [{"path": "note", "message": "Say what was done."}]
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=fields)  # noqa: TRY301  answered as the API's are
        await caller.gateway.call("POST", path, json={"note": note}, headers={"idempotency-key": idempotency_key})
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, problem=problem, about=pointer_id, note=note)
    return RedirectResponse(f"{ADDRESS}?done=settlement", status_code=HTTPStatus.SEE_OTHER)


async def _page(
    caller: Caller,
    *,
    after: str | None = None,
    done: str = "",
    problem: Problem | None = None,
    about: UUID | None = None,
    note: str = "",
) -> Response:
    return render(
        caller.request,
        "pages/mail_troubles.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=await frame_of(caller),
        listed=await caller.gateway.get(API, after=after),
        after=after,
        done=done,
        problem=problem,
        about=str(about or ""),
        note=note,
        words=mail_words,
    )
