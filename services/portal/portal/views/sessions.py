import asyncio
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from portal.caller import SignedIn, pass_cookies
from portal.frame import frame_of
from portal.pages import render

router = APIRouter(prefix="/sessions")


@router.get("")
async def sessions(caller: SignedIn, after: str | None = None, ended: int = 0) -> Response:
    """Where the person is signed in, youngest first, each with a way to end it."""
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get("/api/identity/sessions", after=after))
    return render(caller.request, "pages/sessions.html", frame=frame, listed=listed, after=after, ended=bool(ended))


@router.post("/{session_id}/end")
async def end_session(session_id: UUID, caller: SignedIn) -> Response:
    """End one session; its browser is signed out at once."""
    answer = await caller.gateway.call("DELETE", f"/api/identity/sessions/{session_id}")
    pass_cookies(caller.request, answer.headers.get_list("set-cookie"))
    return RedirectResponse("/sessions?ended=1", status_code=HTTPStatus.SEE_OTHER)


@router.post("/end-others")
async def end_other_sessions(caller: SignedIn) -> Response:
    """End every session but this one."""
    await caller.gateway.call("DELETE", "/api/identity/sessions")
    return RedirectResponse("/sessions?ended=1", status_code=HTTPStatus.SEE_OTHER)
