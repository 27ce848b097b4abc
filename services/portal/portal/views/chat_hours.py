"""Days on which chats are answered at other hours than usual, for the chat supervisor."""

import asyncio
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem
from portal.pages import render

router = APIRouter(prefix="/staff/chats/hours")
HOURS = "/api/notices/chat-hours"
FIELDS = ("day", "opens", "closes")
Typed = Annotated[str, Form()]


@router.get("")
async def hours(caller: SignedIn, done: str = "") -> Response:
    """The days with other hours, and a form for one more."""
    return await _hours(caller, done=done)


@router.post("")
async def set_day(caller: SignedIn, day: Typed = "", opens: Typed = "", closes: Typed = "") -> Response:
    """Give a day other hours; without times it is closed."""
    try:
        date.fromisoformat(day)
    except ValueError:
        missing = Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=[{"path": "day", "message": "Choose a day."}])
        return await _hours(caller, problem=missing, typed={"day": day, "opens": opens, "closes": closes})
    try:
        await caller.gateway.call("PUT", f"{HOURS}/{day}", json={"opens": _told(opens), "closes": _told(closes)})
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _hours(caller, problem=problem, typed={"day": day, "opens": opens, "closes": closes})
    return RedirectResponse("/staff/chats/hours?done=set", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{day}/removal")
async def clear_day(day: date, caller: SignedIn) -> Response:
    """Give a day its usual hours back."""
    await caller.gateway.call("DELETE", f"{HOURS}/{day}")
    return RedirectResponse("/staff/chats/hours?done=removal", status_code=HTTPStatus.SEE_OTHER)


def _told(typed: str) -> str | None:
    """Return a time as the service takes it: "09:00" is 09:00:00; none where none was typed."""
    return (f"{typed}:00" if len(typed) == len("09:00") else typed) or None


async def _hours(
    caller: Caller, *, done: str = "", problem: Problem | None = None, typed: dict[str, str] | None = None
) -> Response:
    frame, found = await asyncio.gather(frame_of(caller), caller.gateway.get(HOURS))
    return render(
        caller.request,
        "pages/chat_hours.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        days=found["days"],
        done=done,
        problem=problem,
        typed=typed or {},
        fields=FIELDS,
    )
