import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from portal.caller import SignedIn
from portal.frame import frame_of
from portal.pages import render

router = APIRouter()
PAGE = 20


@router.get("/todo")
async def todo(caller: SignedIn, after: str | None = None) -> Response:
    """Everything that is to do, soonest first."""
    frame, listed = await asyncio.gather(
        frame_of(caller), caller.gateway.get("/api/notices/todos", after=after, limit=PAGE)
    )
    return render(caller.request, "pages/todo.html", frame=frame, listed=listed, after=after)


@router.get("/activity")
async def activity(caller: SignedIn, after: str | None = None) -> Response:
    """Everything that happened for this organization, newest first."""
    frame, listed = await asyncio.gather(
        frame_of(caller), caller.gateway.get("/api/notices/activity", after=after, limit=PAGE)
    )
    return render(caller.request, "pages/activity.html", frame=frame, listed=listed, after=after)


@router.get("/receipts")
async def receipts(caller: SignedIn, after: str | None = None) -> Response:
    """The receipts of every file this organization sent, newest first."""
    frame, listed = await asyncio.gather(
        frame_of(caller), caller.gateway.get("/api/documents/files", after=after, limit=PAGE)
    )
    return render(caller.request, "pages/receipts.html", frame=frame, listed=listed, after=after)
