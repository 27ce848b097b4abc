from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Cookie, Request, Response
from pydantic import BaseModel

from chassis import machine_time
from chassis.door import PUBLIC, SIGNED_IN, CurrentActor, SliceRouter
from chassis.paging import DEFAULT_LIMIT, After, Limit, Page
from chassis.problems import Problem
from identity_adapter.doors import PersonalReading, PersonalSession
from identity_adapter.sessions import use_cases, views
from identity_adapter.sessions.cookies import SESSION_COOKIE, Cookies
from identity_adapter.sessions.session import SignedInSession

router = SliceRouter(prefix="/api/identity", tags=["sessions"])
SessionCookie = Annotated[str | None, Cookie(alias=SESSION_COOKIE)]


class Renewed(BaseModel):
    """Until when the new token is good; when the session ends unless renewed, and when it ends anyway."""

    token_expires_at: datetime
    idle_at: datetime
    ends_at: datetime


class ActFor(BaseModel):
    """Whom to act for from now on."""

    organization_id: UUID


_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "No session, or it has ended", "content": {"application/problem+json": {}}}
}


@router.post("/renewal", permission=PUBLIC, responses=_REFUSED)
async def renew(
    request: Request, response: Response, session: PersonalSession, cx_session: SessionCookie = None
) -> Renewed:
    """Exchange the session cookie for a fresh token cookie."""
    lengths = request.app.state.settings.session_lengths
    return hand_token(request, response, await use_cases.renew(session, cx_session, lengths))


@router.post("/acting-organization", permission=SIGNED_IN)
async def act_for(
    request: Request, response: Response, body: ActFor, actor: CurrentActor, session: PersonalSession
) -> Renewed:
    """Act for another of your organizations; the token cookie changes with it."""
    return hand_token(request, response, await use_cases.act_for(session, actor.session_id, body.organization_id))


@router.get("/me", permission=SIGNED_IN)
async def read_me(actor: CurrentActor, session: PersonalReading) -> views.MeView:
    """Read who you are, for whom you act and what you may do."""
    return await views.read_me(session, actor)


@router.get("/sessions", permission=SIGNED_IN)
async def list_sessions(
    actor: CurrentActor, session: PersonalReading, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[views.SessionView]:
    """List your open sessions, youngest first."""
    return await views.list_sessions(session, actor, after, limit)


@router.delete("/sessions", permission=SIGNED_IN, status_code=204)
async def end_other_sessions(actor: CurrentActor, session: PersonalSession) -> None:
    """End all your sessions but the one that asks."""
    await use_cases.end_my_others(session, actor.person_id, but=actor.session_id)


@router.delete("/sessions/{session_id}", permission=SIGNED_IN, status_code=204)
async def end_session(
    session_id: UUID, request: Request, response: Response, actor: CurrentActor, session: PersonalSession
) -> None:
    """End one of your sessions; where it is the one that asks, the cookies are taken back too."""
    await use_cases.end_one_of_mine(session, actor.person_id, session_id)
    if session_id == actor.session_id:
        cookies: Cookies = request.app.state.cookies
        cookies.clear(response)


def hand_token(request: Request, response: Response, signed_in: SignedInSession) -> Renewed:
    """Set the token cookie to what the session may do now. Raises `SessionEnded` when that is nothing any more."""
    cookies: Cookies = request.app.state.cookies
    response.headers["Cache-Control"] = "no-store"
    return Renewed(
        token_expires_at=cookies.set_token(response, signed_in, machine_time.now()),
        idle_at=signed_in.idle_at,
        ends_at=signed_in.ends_at,
    )
