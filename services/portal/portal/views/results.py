"""What came of a round: for everybody its payment amounts and contract suppliers, for officials their own bids."""

import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from portal import result_words
from portal.caller import Anyone, SignedIn
from portal.frame import frame_of
from portal.pages import render

router = APIRouter()
RESULTS = "/api/bidding/results"


@router.get("/rounds/{code}/results")
async def public_results(
    code: str,
    caller: Anyone,
    *,
    category: str = "",
    cba: str = "",
    after: str | None = None,
    suppliers_after: str | None = None,
) -> Response:
    """The single payment amounts of a round, of one category or area where chosen, and its contract suppliers."""
    path, chosen = f"/api/bidding/rounds/{code}", {"category": category or None, "cba": cba or None}
    shown, amounts, suppliers = await asyncio.gather(
        caller.gateway.get(path),
        caller.gateway.get(f"{path}/payment-amounts", **chosen, after=after),
        caller.gateway.get(f"{path}/contract-suppliers", **chosen, after=suppliers_after),
    )
    return render(
        caller.request,
        "pages/round_results.html",
        round=shown,
        amounts=amounts,
        suppliers=suppliers,
        category=category,
        cba=cba,
        after=after,
        suppliers_after=suppliers_after,
        names={each["code"]: each["name"] for each in shown["product_categories"]},
    )


@router.get("/bidding-results")
async def my_results(caller: SignedIn, code: str = "", after: str | None = None) -> Response:
    """My Bidding Results: what became of each bid of a round, with reasons, for authorized and backup officials."""
    frame, rounds = await asyncio.gather(frame_of(caller), caller.gateway.get("/api/bidding/rounds"))
    known = [each["code"] for each in rounds["items"]]
    chosen = code if code in known else (known[0] if known else "")
    listed = await caller.gateway.get(RESULTS, round=chosen, after=after) if chosen else {"items": [], "next": None}
    return render(
        caller.request,
        "pages/bidding_results.html",
        frame=frame,
        rounds=rounds["items"],
        code=chosen,
        listed=listed,
        after=after,
        words=result_words,
    )
