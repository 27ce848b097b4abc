"""Amounts of a bidder's bids, for those inside who may: asked for with a purpose, and every read is noted."""

import asyncio
from http import HTTPStatus
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem
from portal.pages import render
from portal.round_words import PURPOSES
from portal.views.round_set_up import ROUNDS

router = APIRouter(prefix=ROUNDS)


@router.get("/{code}/prices")
async def prices(
    code: str, caller: SignedIn, bidder: str = "", purpose: str | None = None, after: str | None = None
) -> Response:
    """Ask what they are read for; the amounts show once that is said, and the read is noted."""
    number, listed, problem = bidder.strip(), None, None
    frame, round_ = await asyncio.gather(frame_of(caller), caller.gateway.get(f"/api/bidding/rounds/{code}"))
    if purpose is not None:
        try:
            listed = await _listed(caller, code, number, purpose, after)
        except Problem as refused:
            if refused.status != HTTPStatus.NOT_FOUND and not refused.is_about_the_form:
                raise
            problem = refused
    return render(
        caller.request,
        "pages/round_prices.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        round=round_,
        bidder=number,
        purpose=purpose or "",
        purposes=PURPOSES,
        listed=listed,
        after=after,
        problem=problem,
    )


async def _listed(caller: Caller, code: str, number: str, purpose: str, after: str | None) -> Json:
    """Read the amounts. Raises `Problem`, also where the form is not complete."""
    missing = {} if number else {"bidder": "Write the bidder number."}
    if purpose not in dict(PURPOSES):
        missing["purpose"] = "Choose what you read them for."
    if missing:
        fields = [{"path": path, "message": message} for path, message in missing.items()]
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=fields)
    address = f"/api/bidding/rounds/{code}/bidders/{quote(number, safe='')}/prices"
    try:
        listed: Json = await caller.gateway.get(address, purpose=purpose, after=after)
    except Problem as problem:
        if problem.status == HTTPStatus.NOT_FOUND:
            problem.fields = [{"path": "bidder", "message": "No bidder of this round has this number."}]
        raise
    return listed
