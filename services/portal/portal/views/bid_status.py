import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from portal.caller import SignedIn
from portal.frame import frame_of
from portal.pages import render
from portal.readiness import checks_of
from portal.times import Deadline

router = APIRouter()
PAGE = 20


@router.get("/bid-status")
async def bid_status(caller: SignedIn, after: str | None = None) -> Response:
    """How far the bids are: what is met, what is still missing, competition by competition."""
    frame = await frame_of(caller)
    if frame.round is None or frame.bidder_number is None:
        return render(caller.request, "pages/no_bid_forms.html", frame=frame, what="Bid status")
    code = frame.round["code"]
    status, listed = await asyncio.gather(
        caller.gateway.get("/api/bidding/bids/status", round=code),
        caller.gateway.get("/api/bidding/bids/status/competitions", round=code, after=after, limit=PAGE),
    )
    past = "What was not there by then does not count."
    return render(
        caller.request,
        "pages/bid_status.html",
        frame=frame,
        standing=status,
        checks=checks_of(status),
        listed=listed,
        after=after,
        deadline=Deadline.of("Bid window closes", status["closes_at"], hint_past=past),
    )
