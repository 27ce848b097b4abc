"""The chat desk: who waits, one's own chats and what can be done with each; all chats for the supervisor."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal.caller import Caller, SignedIn
from portal.chat_words import OUTCOMES
from portal.frame import frame_of
from portal.gateway import Json, Problem
from portal.pages import render

router = APIRouter(prefix="/staff/chats")
DESK = "/api/notices/chat-desk"
ANSWER, SUPERVISE, VIEW = "staff.chat.answer", "staff.chat.supervise", "staff.chat.view"
FIELDS = ("text", "note", "to", "user_id", "outcome")
ACTS = {
    "messages": ("key", "text"),
    "notes": ("text",),
    "hand-over": ("to", "note"),
    "reassignment": ("to", "note"),
    "verification": ("user_id",),
    "end": (),
    "closure": ("outcome",),
}
"""What is done with a chat, each with the words it takes."""
LEAVES = {"hand-over", "closure"}
"""After these the chat is not one's own any more."""


class Act(BaseModel):
    """The form of one act, as it was typed."""

    key: str = ""
    text: str = ""
    note: str = ""
    to: str = ""
    user_id: str = ""
    outcome: str = ""


@router.get("")
async def desk(caller: SignedIn, done: str = "", after: str | None = None) -> Response:
    """Who waits, and one's own chats; for the supervisor all chats that there were."""
    return await _desk(caller, done=done, after=after)


@router.post("/next")
async def take_next(caller: SignedIn) -> Response:
    """Take the chat that has waited longest."""
    return await _take(caller, "/next")


@router.post("/{chat_id}/taking")
async def take(chat_id: UUID, caller: SignedIn) -> Response:
    """Take a chat that waits."""
    return await _take(caller, f"/chats/{chat_id}/taking")


@router.get("/{chat_id}")
async def chat(chat_id: UUID, caller: SignedIn, done: str = "", reply: str = "") -> Response:
    """One chat with everything that can be done with it. `reply` names a reply to begin with."""
    return await _chat(caller, chat_id, done=done, reply=reply)


@router.get("/{chat_id}/messages")
async def messages(chat_id: UUID, caller: SignedIn, since: int = 0) -> Response:
    """What was said after a number: for the page that stands open."""
    shown = await caller.gateway.get(f"{DESK}/chats/{chat_id}", since=since)
    return render(caller.request, "fragments/chat_news.html", chat=shown, side="agent")


@router.post("/{chat_id}/{act}")
async def do(chat_id: UUID, act: str, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """Do something with a chat: answer, note, hand over, verify, end, close."""
    if act not in ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    told = {name: getattr(form, name) for name in ACTS[act] if getattr(form, name)}
    try:
        options: dict[str, Any] = {"json": told} if ACTS[act] else {}
        await caller.gateway.call("POST", f"{DESK}/chats/{chat_id}/{act}", **options)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _chat(caller, chat_id, problem=problem, typed=form.model_dump() | {"act": act})
    if act in LEAVES:
        return RedirectResponse(f"/staff/chats?done={act}", status_code=HTTPStatus.SEE_OTHER)
    anchor = "#text" if act == "messages" else ""
    return RedirectResponse(f"/staff/chats/{chat_id}?done={act}{anchor}", status_code=HTTPStatus.SEE_OTHER)


async def _take(caller: Caller, path: str) -> Response:
    try:
        taken = await caller.gateway.call("POST", f"{DESK}{path}")
    except Problem as problem:
        if problem.status != HTTPStatus.CONFLICT:
            raise
        return await _desk(caller, problem=problem)
    return RedirectResponse(f"/staff/chats/{taken.json()['id']}", status_code=HTTPStatus.SEE_OTHER)


async def _desk(
    caller: Caller, *, done: str = "", after: str | None = None, problem: Problem | None = None
) -> Response:
    frame, shown, every = await asyncio.gather(
        frame_of(caller), _shown_desk(caller), caller.ask_if(VIEW, f"{DESK}/chats", after=after)
    )
    return render(
        caller.request,
        "pages/chat_desk.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        desk=shown,
        every=every,
        after=after,
        may_answer=caller.may(ANSWER),
        may_view=caller.may(VIEW),
        may_supervise=caller.may(SUPERVISE),
        done=done,
        problem=problem,
    )


async def _shown_desk(caller: Caller) -> Json | None:
    """The desk as an agent, who is present by looking at it, or as the supervisor; None for an auditor."""
    if caller.may(ANSWER):
        await caller.gateway.call("PUT", f"{DESK}/presence")
        found: Json = await caller.gateway.get(DESK)
        return found
    return await caller.ask_if(SUPERVISE, f"{DESK}/overview")


async def _chat(
    caller: Caller,
    chat_id: UUID,
    *,
    done: str = "",
    reply: str = "",
    problem: Problem | None = None,
    typed: dict[str, Any] | None = None,
) -> Response:
    what = "chats" if caller.may(ANSWER) else "transcripts"
    frame, shown, desk, replies = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(f"{DESK}/{what}/{chat_id}"),
        _shown_desk(caller),
        caller.ask_if(ANSWER, f"{DESK}/replies"),
    )
    items = replies["items"] if replies else []
    chosen = next((each[shown["language"]] for each in items if each["code"] == reply), "")
    return render(
        caller.request,
        "pages/staff_chat.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        chat=shown,
        side="agent",
        colleagues=[
            (each["person_id"], each["name"]) for each in (desk or {}).get("present", []) if not _is_me(caller, each)
        ],
        others=[each for each in (desk or {}).get("mine", []) if each["id"] != shown["id"]],
        replies=items,
        reply=chosen,
        outcomes=list(OUTCOMES.items()),
        done=done,
        problem=problem,
        typed={"act": ""} | (typed or {}),
        fields=FIELDS,
    )


def _is_me(caller: Caller, agent: Json) -> bool:
    return bool(agent["name"] == caller.visitor.name)
