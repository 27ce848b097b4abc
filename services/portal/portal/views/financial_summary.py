import asyncio
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from portal import charts, score_words
from portal.caller import SignedIn
from portal.frame import frame_of
from portal.pages import render

API = "/api/bidding/financial-summary"
router = APIRouter(prefix="/financial-summary")


@router.get("")
async def summary(caller: SignedIn, score: UUID | None = None) -> Response:
    """The financial scoring summary as it was released: the latest, or the one chosen of several."""
    frame, released = await asyncio.gather(frame_of(caller), caller.gateway.get(API))
    chosen = next((each for each in released if each["score_id"] == str(score)), None) or next(iter(released), None)
    told = chosen["summary"] if chosen else None
    return render(
        caller.request,
        "pages/financial_summary.html",
        frame=frame,
        released=released,
        chosen=chosen,
        told=told,
        total=charts.total_of(told) if told else None,
        words=score_words,
        bullet_of=charts.bullet_of,
        paper=f"{API}/{chosen['score_id']}/paper" if chosen else None,
    )
