import asyncio
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal import contract_words, drafts
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem, deciding
from portal.pages import render
from portal.signing import FIELDS as SIGNATURE
from portal.signing import Signing

router = APIRouter(prefix="/location-changes")
API = "/api/contracts/location-changes"


class Act(BaseModel):
    """The form of an act about one change, with the version as it was shown."""

    version: str = "0"
    idempotency_key: str
    text: str = ""


@router.get("")
async def location_changes(caller: SignedIn, after: str | None = None, done: str = "") -> Response:
    """The organization's location requests, latest first."""
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get(API, after=after))
    return render(
        caller.request,
        "pages/location_changes.html",
        frame=frame,
        listed=listed,
        after=after,
        done=done,
        words=contract_words,
    )


@router.get("/{change_id}")
async def location_change(change_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """One change: where it stands, what was asked and answered, how it was decided."""
    return await _change(caller, change_id, done=done)


@router.post("/{change_id}/answer")
async def answer(change_id: UUID, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """Answer what was asked; for a move this answers for both halves."""
    return await _act(caller, change_id, "answer", form, text=form.text)


@router.post("/{change_id}/withdrawal")
async def withdraw(change_id: UUID, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """Take a change back, both halves of a move."""
    return await _act(caller, change_id, "withdrawal", form)


@router.get("/{request_id}/review")
async def review(request_id: UUID, caller: SignedIn) -> Response:
    """Everything of a request before it is filed, and the statement to sign."""
    draft = drafts.kept(caller.request)
    response = await _review(caller, request_id, Signing.model_validate(draft), draft_kept=bool(draft))
    if draft:
        drafts.drop(response, caller.request.url.path)
    return response


@router.post("/{request_id}/review")
async def submit(request_id: UUID, caller: SignedIn, signing: Annotated[Signing, Form()]) -> Response:
    """File everything of a request under the person's signature: it is received now."""
    try:
        answered = await caller.gateway.call(
            "POST",
            f"{API}/{request_id}/submission",
            json={"signature": signing.typed},
            headers={"idempotency-key": signing.idempotency_key},
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _review(caller, request_id, signing, problem=problem)
    changes = answered.json()["changes"]
    place = f"/{changes[0]['id']}" if len({change["line_id"] for change in changes}) == 1 else ""
    return RedirectResponse(f"/location-changes{place}?done=submission", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{request_id}/dropping")
async def drop(request_id: UUID, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """Drop a draft: each change of it, a move once for both its halves."""
    told = await caller.gateway.get(f"{API}/requests/{request_id}")
    dropped = {change["pair_id"] or change["id"]: change for change in told["changes"] if change["state"] == "DRAFT"}
    for change in dropped.values():
        headers = deciding(f"{form.idempotency_key}-{change['id']}", change["row_version"])
        await caller.gateway.call("POST", f"{API}/{change['id']}/withdrawal", headers=headers)
    return RedirectResponse("/location-changes?done=dropping", status_code=HTTPStatus.SEE_OTHER)


async def _act(caller: Caller, change_id: UUID, act: str, form: Act, **told: str) -> Response:
    options = {"json": told} if told else {}
    headers = deciding(form.idempotency_key, form.version)
    try:
        await caller.gateway.call("POST", f"{API}/{change_id}/{act}", headers=headers, **options)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _change(caller, change_id, problem=problem, typed=form)
    return RedirectResponse(f"/location-changes/{change_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


async def _change(
    caller: Caller, change_id: UUID, *, done: str = "", problem: Problem | None = None, typed: Act | None = None
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{change_id}"))
    return render(
        caller.request,
        "pages/location_change.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        change=told,
        done=done,
        problem=problem,
        typed=typed,
        fields=("text",),
        words=contract_words,
    )


async def _review(
    caller: Caller, request_id: UUID, signing: Signing, *, problem: Problem | None = None, draft_kept: bool = False
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/requests/{request_id}"))
    return render(
        caller.request,
        "pages/location_review.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        asked=told,
        signing=signing,
        fields=SIGNATURE,
        problem=problem,
        draft_kept=draft_kept,
        words=contract_words,
    )
