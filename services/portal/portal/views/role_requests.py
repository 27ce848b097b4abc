import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from portal import drafts
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem, deciding
from portal.pages import render

PAGE = "/organization/requests"
router = APIRouter(prefix=PAGE)
Typed = Annotated[str, Form()]


@router.get("")
async def role_requests(caller: SignedIn, after: str | None = None, done: str = "") -> Response:
    """Who asks to act for the organization, oldest first, each to be let in or turned down."""
    draft = drafts.kept(caller.request)
    response = await _page(caller, after=after, done=done, typed=draft)
    if draft:
        drafts.drop(response, PAGE)
    return response


@router.post("/{request_id}/approval")
async def approve(request_id: UUID, caller: SignedIn, version: Typed, idempotency_key: Typed) -> Response:
    """Let somebody in, as the request was shown."""
    return await _decide(caller, request_id, "approval", version, idempotency_key)


@router.post("/{request_id}/rejection")
async def reject(
    request_id: UUID, caller: SignedIn, version: Typed, idempotency_key: Typed, reason: Typed = ""
) -> Response:
    """Turn somebody down, with the reason they read."""
    return await _decide(caller, request_id, "rejection", version, idempotency_key, reason=reason)


async def _decide(
    caller: Caller, request_id: UUID, decision: str, version: str, idempotency_key: str, **words: str
) -> Response:
    told: dict[str, Any] = {"json": words} if words else {}
    try:
        await caller.gateway.call(
            "POST",
            f"/api/identity/role-requests/{request_id}/{decision}",
            headers=deciding(idempotency_key, version),
            **told,
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, problem=problem, typed={"request_id": str(request_id), **words})
    return RedirectResponse(f"{PAGE}?done={decision}", status_code=HTTPStatus.SEE_OTHER)


async def _page(
    caller: Caller,
    *,
    typed: dict[str, str],
    after: str | None = None,
    done: str = "",
    problem: Problem | None = None,
) -> Response:
    frame, listed = await asyncio.gather(
        frame_of(caller), caller.gateway.get("/api/identity/role-requests", after=after)
    )
    return render(
        caller.request,
        "pages/role_requests.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        listed=listed,
        after=after,
        done=done,
        typed=typed,
        problem=problem,
    )
