import asyncio
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem
from portal.pages import render
from portal.visitor import SESSION_COOKIE, TOKEN_COOKIE

router = APIRouter(prefix="/organization")


@router.get("")
async def organization(caller: SignedIn, after: str | None = None, welcome: int = 0) -> Response:
    """Who acts for the organization, who waits to, and where it is enrolled."""
    return await _organization(caller, after=after, welcome=bool(welcome))


@router.get("/locations/{ptan}")
async def location(ptan: str, caller: SignedIn) -> Response:
    """One location as the enrolment record has it: status, licences, accreditation, exclusions, each with its time."""
    frame, found = await asyncio.gather(frame_of(caller), caller.gateway.get(f"/api/identity/enrolments/{ptan}"))
    return render(caller.request, "pages/location.html", frame=frame, location=found)


@router.post("/members/{member_id}/removal")
async def leave(member_id: UUID, caller: SignedIn) -> Response:
    """End one's own role. It ends the session too, so the answer is a page for somebody who is signed out."""
    try:
        await caller.gateway.call("POST", f"/api/identity/members/{member_id}/removal")
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _organization(caller, problem=problem)
    response = render(caller.request, "pages/left.html")
    for cookie in (SESSION_COOKIE, TOKEN_COOKIE):
        response.delete_cookie(cookie, path="/", httponly=True, samesite="lax")
    return response


async def _organization(
    caller: Caller, *, after: str | None = None, welcome: bool = False, problem: Problem | None = None
) -> Response:
    frame, members, waiting, locations = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get("/api/identity/members", after=after),
        caller.ask_if("member.approve_eu", "/api/identity/role-requests"),
        caller.ask_if("enrolment.view", "/api/identity/enrolments"),
    )
    return render(
        caller.request,
        "pages/organization.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        members=members,
        after=after,
        waiting=waiting,
        may_decide=caller.may("member.approve_eu"),
        locations=locations,
        may_see_locations=caller.may("enrolment.view"),
        welcome=welcome,
        problem=problem,
    )
