import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from portal import drafts
from portal.caller import Caller, SignedIn
from portal.form_a import API, read_form_a
from portal.frame import frame_of
from portal.gateway import Problem
from portal.pages import render
from portal.signing import FIELDS, Signing

router = APIRouter(prefix="/form-a")


@router.get("/{code}/review")
async def review(code: str, caller: SignedIn) -> Response:
    """Everything Form A says, what is still wrong, and the statement to sign."""
    draft = drafts.kept(caller.request)
    response = await _review(caller, code, Signing.model_validate(draft), draft_kept=bool(draft))
    if draft:
        drafts.drop(response, caller.request.url.path)
    return response


@router.post("/{code}/review")
async def approve(code: str, caller: SignedIn, signing: Annotated[Signing, Form()]) -> Response:
    """Approve Form A as it was read, under the person's signature."""
    try:
        await caller.gateway.call(
            "POST", f"{API}/{code}/approval", json={"signature": signing.typed}, headers=signing.headers
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _review(caller, code, signing, problem=problem)
    return RedirectResponse(f"/form-a/{code}?done=approved", status_code=HTTPStatus.SEE_OTHER)


async def _review(
    caller: Caller, code: str, signing: Signing, *, problem: Problem | None = None, draft_kept: bool = False
) -> Response:
    frame, form = await asyncio.gather(frame_of(caller), read_form_a(caller, code))
    return render(
        caller.request,
        "pages/form_a_review.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        form=form,
        signing=signing,
        fields=FIELDS,
        problem=problem,
        draft_kept=draft_kept,
    )
