import asyncio
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal import meanings
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem
from portal.pages import render

router = APIRouter(prefix="/bids")
PAGE = 20


class NewBid(BaseModel):
    """The competition somebody chose to bid in."""

    idempotency_key: str = ""
    round_code: str = ""
    category_code: str = ""
    cba_code: str = ""


@router.get("")
async def bids(caller: SignedIn, state: str = "", category: str = "", after: str | None = None) -> Response:
    """The bids of the organization: amount, limit, capacity, how far each is."""
    frame = await frame_of(caller)
    if frame.round is None or frame.bidder_number is None:
        return render(caller.request, "pages/no_bid_forms.html", frame=frame, what="Form B")
    code = frame.round["code"]
    listed, round_ = await asyncio.gather(
        caller.gateway.get(
            "/api/bidding/bids/status/competitions",
            round=code,
            state=state if state in meanings.BID else None,
            category=category or None,
            after=after,
            limit=PAGE,
        ),
        caller.gateway.get(f"/api/bidding/rounds/{code}"),
    )
    chosen = {name: value for name, value in (("state", state), ("category", category)) if value}
    return render(
        caller.request,
        "pages/bids.html",
        frame=frame,
        listed=listed,
        round=round_,
        categories=[(each["code"], each["name"]) for each in round_["product_categories"]],
        states=[(name, status.word) for name, status in meanings.BID.items()],
        state=state,
        category=category,
        after=after,
        address=f"/bids?{urlencode(chosen)}" if chosen else "/bids",
        may_begin=caller.may("form_b.edit") and round_["phase"] == "BIDDING",
    )


@router.get("/new")
async def choose_competition(caller: SignedIn, category: str = "", after: str | None = None) -> Response:
    """The competitions of the round, to begin a bid in one."""
    return await _competitions(caller, category, after)


@router.post("/new")
async def begin(caller: SignedIn, form: Annotated[NewBid, Form()]) -> Response:
    """Begin a bid in a competition."""
    try:
        answer = await caller.gateway.call(
            "POST",
            "/api/bidding/bids",
            json=form.model_dump(exclude={"idempotency_key"}),
            headers={"idempotency-key": form.idempotency_key},
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _competitions(caller, form.category_code, None, problem=problem)
    return RedirectResponse(f"/bids/{answer.json()['id']}", status_code=HTTPStatus.SEE_OTHER)


async def _competitions(
    caller: Caller, category: str, after: str | None, *, problem: Problem | None = None
) -> Response:
    frame = await frame_of(caller)
    if frame.round is None or frame.bidder_number is None:
        return render(caller.request, "pages/no_bid_forms.html", frame=frame, what="Form B")
    at = f"/api/bidding/rounds/{frame.round['code']}"
    listed, round_ = await asyncio.gather(
        caller.gateway.get(f"{at}/competitions", category=category or None, after=after, limit=PAGE),
        caller.gateway.get(at),
    )
    return render(
        caller.request,
        "pages/new_bid.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        listed=listed,
        round=round_,
        categories=[(each["code"], each["name"]) for each in round_["product_categories"]],
        category=category,
        after=after,
        address=f"/bids/new?{urlencode({'category': category})}" if category else "/bids/new",
        may_begin=caller.may("form_b.edit") and round_["phase"] == "BIDDING",
        problem=problem,
    )
