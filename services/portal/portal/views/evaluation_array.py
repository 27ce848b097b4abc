import asyncio
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from portal import charts, evaluation_words
from portal.caller import SignedIn
from portal.frame import frame_of
from portal.pages import render
from portal.views.evaluations import ADDRESS, API

router = APIRouter(prefix=ADDRESS)


@router.get("/{run_id}/competitions/{category}/{cba}")
async def array(run_id: UUID, category: str, cba: str, caller: SignedIn) -> Response:
    """One competition explained: its bids drawn and in numbers, and what came out. Reading it is recorded."""
    frame, run, told = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(f"{API}/{run_id}"),
        caller.gateway.get(f"{API}/{run_id}/competitions/{category}/{cba}"),
    )
    return render(
        caller.request,
        "pages/evaluation_array.html",
        frame=frame,
        run=run,
        array=told,
        result=told["result"],
        picture=charts.array_of(told),
        words=evaluation_words,
    )
