"""The chat of somebody who looks for help, signed in or not: the form before it, the chat, the transcript."""

import secrets
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from portal import chat_words, language, times
from portal.caller import Caller, PerhapsSignedIn, pass_cookies
from portal.gateway import Json, Problem
from portal.pages import render
from portal.visitor import SESSION_COOKIE

router = APIRouter(prefix="/chat")
COOKIE = "cx_chat"
KEPT_SECONDS = 2 * 24 * 3600
"""So long a browser can come back to its chat, and to the transcript."""
FIELDS = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "supplier_name",
    "supplier_number",
    "topic",
    "question",
)
MINE = "/api/notices/chats/mine"
Typed = Annotated[str, Form()]


class PreChat(BaseModel):
    """The form before a chat as it was typed; `key` is what its page made up."""

    key: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    supplier_name: str = ""
    supplier_number: str = ""
    topic: str = ""
    question: str = ""


@router.get("")
async def chat(caller: PerhapsSignedIn) -> Response:
    """The chat of this browser, or the form before one; outside opening hours the form leaves a message."""
    mine = await _mine(caller)
    return await _form(caller, {}) if mine is None else _chat(caller, mine)


@router.post("")
async def open_chat(caller: PerhapsSignedIn, form: Annotated[PreChat, Form()]) -> Response:
    """Open a chat, or leave a message. Sent twice, it is one."""
    told = {name: value for name, value in form.model_dump().items() if value.strip()}
    path = "/api/notices/chats/signed-in" if caller.visitor.token else "/api/notices/chats"
    try:
        answer = await caller.gateway.call("POST", path, json=told | {"language": language.current()})
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _form(caller, form.model_dump(), problem=chat_words.in_words(problem))
    pass_cookies(caller.request, [_cookie(caller.request, answer.json()["token"])])
    return RedirectResponse("/chat", status_code=HTTPStatus.SEE_OTHER)


@router.get("/messages")
async def messages(caller: PerhapsSignedIn, since: int = 0) -> Response:
    """What was said after a number, and where the chat stands: for the page that stands open."""
    mine = await _mine(caller, since)
    if mine is None:
        raise Problem(HTTPStatus.NOT_FOUND)
    return render(caller.request, "fragments/chat_news.html", chat=mine, side="visitor")


@router.post("/messages")
async def send(caller: PerhapsSignedIn, key: Typed = "", text: Typed = "") -> Response:
    """Say something; sent again with its key, it is said once."""
    try:
        await _ask(caller, "POST", f"{MINE}/messages", json={"key": key, "text": text})
    except Problem as problem:
        if not problem.is_about_the_form or (mine := await _mine(caller)) is None:
            raise
        return _chat(caller, mine, problem=chat_words.in_words(problem), typed={"key": key, "text": text})
    return RedirectResponse("/chat#message", status_code=HTTPStatus.SEE_OTHER)


@router.post("/end")
async def end(caller: PerhapsSignedIn) -> Response:
    """End the chat; the transcript stays on the page. One that has ended meanwhile is shown the same way."""
    try:
        await _ask(caller, "POST", f"{MINE}/end")
    except Problem as problem:
        if problem.status != HTTPStatus.CONFLICT:
            raise
    return RedirectResponse("/chat", status_code=HTTPStatus.SEE_OTHER)


@router.post("/another")
async def another(caller: PerhapsSignedIn) -> Response:
    """Leave a chat that has ended behind, for the form of another one."""
    pass_cookies(caller.request, [_cookie(caller.request, "", seconds=0)])
    return RedirectResponse("/chat", status_code=HTTPStatus.SEE_OTHER)


@router.get("/transcript.txt")
async def transcript(caller: PerhapsSignedIn) -> Response:
    """The transcript as a text to keep."""
    mine = await _mine(caller)
    if mine is None:
        raise Problem(HTTPStatus.NOT_FOUND)
    said = [f"{mine['number']}  {chat_words.topic(mine['topic'])}", ""]
    for each in mine["messages"]:
        who = mine["first_name"] if each["said"] == "visitor" else each["name"]
        text = each["text"] or chat_words.happened(each["said"], each["name"])
        said.append(f"{times.write_short(each['at'])}  {who + ': ' if each['text'] else ''}{text}")
    headers = {"content-disposition": f'attachment; filename="connexion-{mine["number"]}.txt"'}
    return PlainTextResponse("\n".join(said) + "\n", headers=headers)


async def _mine(caller: Caller, since: int = 0) -> Json | None:
    """Return the chat of this browser; None where there is none, or none any more."""
    if not caller.request.cookies.get(COOKIE):
        return None
    try:
        mine: Json = (await _ask(caller, "GET", MINE, params={"since": since})).json()
    except Problem as problem:
        if problem.status != HTTPStatus.NOT_FOUND:
            raise
        return None
    return mine


async def _ask(caller: Caller, method: str, path: str, **options: Any) -> Any:
    headers = {"x-chat-token": caller.request.cookies.get(COOKIE, "")}
    return await caller.gateway.call(method, path, headers=headers, **options)


async def _form(caller: Caller, typed: dict[str, str], *, problem: Problem | None = None) -> Response:
    found = await caller.gateway.get_or_none("/api/notices/chats/availability")
    name, _, family = caller.visitor.name.partition(" ")
    known = {"first_name": name, "last_name": family}
    return render(
        caller.request,
        "pages/chat_form.html",
        status=problem.status if problem else HTTPStatus.OK,
        availability=found,
        key=typed.get("key") or secrets.token_urlsafe(32),
        typed=known | typed,
        topics=chat_words.topics(),
        fields=FIELDS,
        problem=problem,
        has_session=SESSION_COOKIE in caller.request.cookies,
    )


def _chat(
    caller: Caller, mine: Json, *, problem: Problem | None = None, typed: dict[str, str] | None = None
) -> Response:
    return render(
        caller.request,
        "pages/chat.html",
        status=problem.status if problem else HTTPStatus.OK,
        chat=mine,
        side="visitor",
        problem=problem,
        typed=typed or {},
        has_session=SESSION_COOKIE in caller.request.cookies,
    )


def _cookie(request: Request, token: str, seconds: int = KEPT_SECONDS) -> str:
    secure = "; Secure" if request.url.scheme == "https" else ""
    return f"{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
