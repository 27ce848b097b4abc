from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from portal.caller import Anyone
from portal.frame import current_round
from portal.gateway import Problem
from portal.pages import render
from portal.round_calendar import RoundCalendar
from portal.visitor import SESSION_COOKIE

router = APIRouter()
LONGEST_RECEIPT = 32 * 1024


@router.get("/")
async def landing(caller: Anyone) -> Response:
    """The public front page: the round, the bid window with the time left, the calendar, the way in."""
    answer = await caller.gateway.get_or_none("/api/bidding/rounds")
    rounds = answer["items"] if answer else None
    current = current_round(rounds or [])
    shown = await caller.gateway.get_or_none(f"/api/bidding/rounds/{current['code']}") if current else None
    return render(
        caller.request,
        "pages/landing.html",
        rounds=rounds,
        calendar=RoundCalendar.of(shown) if shown else None,
        has_session=SESSION_COOKIE in caller.request.cookies,
    )


@router.get("/rounds/{code}")
async def round_page(code: str, caller: Anyone) -> Response:
    """One round: its calendar and its product categories."""
    chosen = await caller.gateway.get(f"/api/bidding/rounds/{code}")
    return render(caller.request, "pages/round.html", round=chosen, calendar=RoundCalendar.of(chosen))


@router.get("/receipt-check")
async def receipt_check_form(caller: Anyone) -> Response:
    """Where anybody can have a receipt checked, without signing in."""
    return render(caller.request, "pages/receipt_check.html", typed="", error=None, result=None)


@router.post("/receipt-check")
async def receipt_check(request: Request, caller: Anyone) -> Response:
    """Check a receipt that was pasted or chosen as a file, and say what was verified."""
    form = await request.form(max_files=1, max_fields=4, max_part_size=LONGEST_RECEIPT)
    typed = str(form.get("receipt") or "").strip()
    chosen = form.get("file")
    if not typed and chosen is not None and not isinstance(chosen, str):
        typed = (await chosen.read(LONGEST_RECEIPT)).decode("ascii", "replace").strip()
    if not typed:
        error = "Paste the receipt, or choose the file you downloaded."
        return _checked(request, typed, error=error)
    try:
        answer = await caller.gateway.call("POST", "/api/documents/receipt-checks", json={"receipt": typed})
    except Problem as problem:
        if problem.status != HTTPStatus.UNPROCESSABLE_ENTITY:
            raise
        return _checked(request, typed, error=problem.detail or "This is not a receipt of Connexion.")
    return render(request, "pages/receipt_check.html", typed=typed, error=None, result=answer.json())


def _checked(request: Request, typed: str, *, error: str) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "pages/receipt_check.html", status=status, typed=typed, error=error, result=None)
