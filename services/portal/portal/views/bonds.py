from fastapi import APIRouter
from starlette.responses import Response

from portal import bond_words
from portal.caller import SignedIn
from portal.frame import frame_of
from portal.pages import render

router = APIRouter()


@router.get("/bonds")
async def bonds(caller: SignedIn, after: str | None = None) -> Response:
    """The organization's bid surety bonds: where each stands and what happens next."""
    listed = await caller.gateway.get("/api/bidding/bonds/mine", after=after)
    frame = await frame_of(caller)
    return render(caller.request, "pages/bonds.html", frame=frame, listed=listed, after=after, words=bond_words)
