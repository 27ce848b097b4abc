"""Chats for whoever opens one, signed in or not."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated

import structlog
from fastapi import Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from chassis import program_time
from chassis.actor import Actor
from chassis.door import PUBLIC, SIGNED_IN, CurrentActor, ReadingSession, SliceRouter
from chassis.errors import NotFound
from notices_svc.chat import visiting
from notices_svc.chat.chat import QUEUED, Chat
from notices_svc.chat.door import MyReading, MySession, MyToken, everybodys, opening
from notices_svc.chat.following import follow_chat
from notices_svc.chat.hours import opening_at, other_hours
from notices_svc.chat.people import Key, Known, PreChatForm, Words
from notices_svc.chat.talking import transcript, wake
from notices_svc.chat.views import MessageView, MyChat, my_view
from notices_svc.live.followers import Follower

router = SliceRouter(prefix="/api/notices/chats", tags=["chat"])

COME_BACK_AFTER = 1_000
"""Milliseconds after which a browser connects again: what was missed is there within three seconds."""

log = structlog.get_logger()


class Availability(BaseModel):
    """Whether chats are answered now, until when or from when on, and how many wait."""

    is_open: bool
    opens_at: datetime | None
    closes_at: datetime | None
    waiting: int
    has_room: bool


class Opened(BaseModel):
    """A chat, and the token that its sender is known by from now on (`x-chat-token`, or the cookie `cx_chat`)."""

    token: str
    chat: MyChat


class NewMessage(BaseModel):
    """Something to say. `key` names it: sent again with the same key, it is said once."""

    key: Key
    text: Words


@router.get("/availability", permission=PUBLIC)
async def availability(request: Request, session: ReadingSession) -> Availability:
    """Tell whether chats are answered now."""
    now = program_time.now()
    found = opening_at(now, await other_hours(session, now))
    async with everybodys(request) as counting:
        waits = await visiting.waiting(counting)
    return Availability(
        is_open=found.is_open,
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        waiting=waits,
        has_room=waits < request.app.state.settings.chat_queue_at_most,
    )


@router.post("", permission=PUBLIC, status_code=201)
async def open_chat(body: PreChatForm, request: Request) -> Opened:
    """Open a chat without an account. Outside opening hours the question is kept as a message (`UNAVAILABLE`)."""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    request.app.state.chat_addresses.take(forwarded or (request.client.host if request.client else ""))
    return await _open(request, body, None)


@router.post("/signed-in", permission=SIGNED_IN, status_code=201)
async def open_chat_signed_in(body: PreChatForm, request: Request, actor: CurrentActor) -> Opened:
    """Open a chat that knows whose account it was opened from. The agent sees that only after a verification."""
    return await _open(request, body, actor)


@router.get("/mine", permission=PUBLIC)
async def my_chat(
    request: Request, session: MyReading, known: MyToken, since: Annotated[int, Query(ge=0)] = 0
) -> MyChat:
    """Read the chat of the token, with what was said after a number."""
    chat = await visiting.my_chat(session, known)
    messages = await transcript(session, chat.id, since)
    return my_view(chat, messages, await _ahead(request, chat))


@router.post("/mine/messages", permission=PUBLIC, status_code=201)
async def send(request: Request, body: NewMessage, session: MySession, known: MyToken) -> MessageView:
    """Say something."""
    state = request.app.state
    chat, message = await visiting.send(
        session, known, body.key, body.text, a_minute=state.settings.chat_messages_a_minute, lasts=state.chat_lasts
    )
    wake(session, chat)
    return MessageView.of(message)


@router.post("/mine/end", permission=PUBLIC)
async def end(request: Request, session: MySession, known: MyToken) -> MyChat:
    """End the chat; its transcript can still be read with the token."""
    chat = await visiting.leave_off(session, known, request.app.state.chat_lasts)
    wake(session, chat, desk=True)
    await session.flush()
    return my_view(chat, await transcript(session, chat.id), None)


async def _place(request: Request, known: MyToken) -> AsyncIterator[Follower]:
    with request.app.state.followers.place_at(known.chat_id, known.chat_id) as follower:
        yield follower


@router.get("/mine/live", permission=PUBLIC, response_class=EventSourceResponse)
async def follow_mine(
    request: Request,
    *,
    known: MyToken,
    follower: Annotated[Follower, Depends(_place, scope="request")],
    last_event_id: Annotated[str, Header(max_length=64)] = "",
    since: Annotated[int, Query(ge=0, description="where no Last-Event-ID comes: the last number that was read")] = 0,
    once: Annotated[bool, Query(description="Answer with what is new now, and end.")] = False,
) -> AsyncIterator[ServerSentEvent]:
    """Follow the chat: an event `message` for each line, its id the line's number; `place` while it waits.

    A reader that comes back with `Last-Event-ID` gets every line after it, once. `ended` is the last event of a chat.
    """
    told = int(last_event_id) if last_event_id.isdecimal() else since
    try:
        async for event in follow_chat(request.app.state, follower, known, told, once=once):
            match event.kind:
                case "message":
                    yield ServerSentEvent(event="message", id=str(event.seq), data=event.data, retry=COME_BACK_AFTER)
                case "place":
                    yield ServerSentEvent(event="place", data=event.data, retry=COME_BACK_AFTER)
                case _:
                    yield ServerSentEvent(event="ended", data="")
    except NotFound:
        return
    except (SQLAlchemyError, OSError) as error:
        log.warning("a chat's stream ended: the database does not answer", error=type(error).__name__)


async def _open(request: Request, form: PreChatForm, account: Actor | None) -> Opened:
    state = request.app.state
    async with everybodys(request) as counting:
        has_room = await visiting.waiting(counting) < state.settings.chat_queue_at_most
    async with opening(request, form, account) as session:
        chat = await visiting.open_chat(session, form, account, has_room=has_room, lasts=state.chat_lasts)
        wake(session, chat, desk=True)
        await session.flush()
        messages = await transcript(session, chat.id)
    state.wake(session.recording.spoken_of)
    view = my_view(chat, messages, await _ahead(request, chat))
    return Opened(token=Known(chat_id=form.chat_id, secret=form.token).carried, chat=view)


async def _ahead(request: Request, chat: Chat) -> int | None:
    """Return how many wait before a chat that waits."""
    if chat.state is not QUEUED:
        return None
    async with everybodys(request) as counting:
        return await visiting.waiting(counting, chat.number)
