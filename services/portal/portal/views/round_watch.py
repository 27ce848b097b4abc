"""Watching a round: who registered, and the bid window as it goes. Never a price, nor anything a bid says."""

import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from portal.caller import SignedIn
from portal.frame import frame_of
from portal.pages import render
from portal.views.round_set_up import API, ROUNDS

router = APIRouter(prefix=ROUNDS)


@router.get("/{code}/registrations")
async def registrations(code: str, caller: SignedIn, search: str = "", after: str | None = None) -> Response:
    """The bidders of a round by number, with what stands; found by number, name or PTAN."""
    typed = search.strip()
    frame, round_, listed = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(f"{API}/{code}"),
        caller.gateway.get(f"{API}/{code}/registrations", search=typed or None, after=after),
    )
    return render(
        caller.request,
        "pages/registrations.html",
        frame=frame,
        round=round_,
        listed=listed,
        after=after,
        search=typed,
        may_read_prices=caller.may("staff.bid_price.view"),
    )


@router.get("/{code}/window")
async def window(code: str, caller: SignedIn) -> Response:
    """The window as it goes: registered, forms, bids, documents by the hour. Loads itself again where scripts run."""
    frame, round_, told, arrivals = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(f"{API}/{code}"),
        caller.gateway.get(f"{API}/{code}/window"),
        caller.ask_if("staff.round.watch", "/api/documents/arrivals"),
    )
    return render(
        caller.request,
        "pages/window.html",
        frame=frame,
        round=round_,
        window=told,
        arrivals=arrivals,
    )
