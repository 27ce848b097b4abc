import asyncio
from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from portal.caller import Caller, SignedIn
from portal.document_center import DocumentCenter
from portal.frame import Frame, frame_of
from portal.gateway import Json
from portal.pages import render
from portal.readiness import checks_of

router = APIRouter()
ACTIVITY_SHOWN = 5


@router.get("/home")
async def home(caller: SignedIn) -> Response:
    """Where the person starts: suppliers with their bid, staff with their work, somebody without a role with asking."""
    match caller.visitor.side:
        case "staff" if caller.may("staff.ticket.work"):
            return RedirectResponse("/help-desk", status_code=HTTPStatus.SEE_OTHER)
        case "staff" if caller.may("staff.round.manage"):
            return RedirectResponse("/staff/rounds", status_code=HTTPStatus.SEE_OTHER)
        case "staff":
            return render(caller.request, "pages/workspace.html", frame=await frame_of(caller))
        case "newcomer":
            return RedirectResponse(await _newcomers_page(caller), status_code=HTTPStatus.SEE_OTHER)
        case _:
            return await _suppliers_home(caller)


async def _newcomers_page(caller: Caller) -> str:
    """Return where somebody without a role goes on: to what was asked for, or to asking."""
    mine = await caller.gateway.get_or_none("/api/identity/role-requests/mine")
    return "/role-requests/mine" if mine and mine["items"] else "/register"


async def _suppliers_home(caller: Caller) -> Response:
    """Where a bid stands: the state as a headline, the next deadlines, what to do, what happened last."""
    frame, listed, activity, files = await asyncio.gather(
        frame_of(caller),
        caller.ask_if("todo.view", "/api/notices/todos"),
        caller.ask_if("activity.view", "/api/notices/activity", limit=ACTIVITY_SHOWN),
        caller.ask_if("document.view", "/api/documents/files"),
    )
    center = DocumentCenter.of(frame, slots=[], uploads=[], files=files["items"] if files else [])
    standing = await _standing(caller, frame)
    headline, lead = headline_of(frame, center, standing)
    return render(
        caller.request,
        "pages/home.html",
        frame=frame,
        standing=standing,
        may_see_bids=caller.may("bid.view"),
        checks=checks_of(standing) if standing and standing["window_open"] else [],
        headline=headline,
        lead=lead,
        rows=[row for row in center.rows if row.is_needed or row.file],
        deadlines=center.deadlines,
        listed=listed,
        activity=activity,
        may_see_activity=caller.may("activity.view"),
    )


async def _standing(caller: Caller, frame: Frame) -> Json | None:
    """How far the bid is; empty without a bidder number, None where it could not be loaded."""
    if frame.requirements is None or frame.round is None:
        return None
    if frame.bidder_number is None:
        return {}
    return await caller.ask_if("bid.view", "/api/bidding/bids/status", round=frame.round["code"])


def headline_of(frame: Frame, center: DocumentCenter, standing: Json | None) -> tuple[str, str]:
    """Say where the organization stands, and one sentence more. Never guesses: what did not load is said so."""
    number = f" for bidder number {frame.bidder_number}" if frame.bidder_number else ""
    if standing and standing["window_open"]:
        return _bid_headline(standing, number)
    if frame.requirements is None:
        return "We could not load where your bid stands", "Try again in a few minutes. What you have sent is safe."
    missing = center.needed - center.received
    if not center.needed:
        return "No documents are asked of you yet", "When a round asks for documents, they show here with their dates."
    if not missing:
        received = "The required document has" if center.needed == 1 else f"All {center.needed} required documents have"
        return f"{received} arrived", f"Nothing more is asked of you{number} now. Your receipts are on record."
    things = "One document is" if missing == 1 else f"{missing} documents are"
    return (
        "Your bid is not complete yet",
        f"{things} still to send{number}. What you have sent so far is safe and has receipts.",
    )


def _bid_headline(standing: Json, number: str) -> tuple[str, str]:
    """While the window is open: whether the bid would count, forms and documents together."""
    if standing["complete"]:
        return "Your bid is complete", f"Nothing more is asked of you{number} now. Your receipts are on record."
    rest = sum(not check.is_met for check in checks_of(standing))
    things = "One thing is" if rest == 1 else f"{rest} things are"
    return (
        "Your bid is not complete yet",
        f"{things} still to do{number}. What you have sent so far is safe and has receipts.",
    )
