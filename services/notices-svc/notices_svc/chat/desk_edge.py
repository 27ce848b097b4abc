"""The chat desk: agents answer, hand over and close chats; the supervisor sees all of them."""

import tomllib
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import structlog
from fastapi import Depends, Header, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, StringConstraints
from sqlalchemy.exc import SQLAlchemyError

from chassis import program_time
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession, token_of
from chassis.errors import NotSignedIn
from chassis.paging import After, Limit, Page
from chassis.tokens import SessionEnded
from notices_svc.chat import answering, views
from notices_svc.chat.agent import be_present
from notices_svc.chat.chat import ANSWER, DESK, SUPERVISE, VIEW, Chat
from notices_svc.chat.following import follow_desk
from notices_svc.chat.people import Key, Words
from notices_svc.chat.talking import wake
from notices_svc.chat.visiting import waiting
from notices_svc.live.followers import Follower

router = SliceRouter(prefix="/api/notices/chat-desk", tags=["chat desk"])

log = structlog.get_logger()
Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Reply(BaseModel):
    """A reply to insert, in both languages."""

    code: str
    en: str
    es: str


class Replies(BaseModel):
    """The replies."""

    items: list[Reply]


class NewMessage(BaseModel):
    """Something to say. `key` names it: sent again with the same key, it is said once."""

    key: Key
    text: Words


class NewNote(BaseModel):
    """What to note, for colleagues only."""

    text: Words


class HandOver(BaseModel):
    """Who answers from now on, and what that colleague should know."""

    to: UUID
    note: Remark = ""


class Verification(BaseModel):
    """The user ID that the person named when asked."""

    user_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class Closure(BaseModel):
    """What came of it."""

    outcome: Literal["answered", "ticket", "not-reached"]


@cache
def _replies() -> Replies:
    return Replies.model_validate(
        {"items": tomllib.loads(Path(__file__).with_name("replies.toml").read_text("utf-8"))["replies"]}
    )


@router.get("", permission=ANSWER)
async def read_desk(actor: CurrentActor, session: ReadingSession) -> views.Desk:
    """See who waits, your own chats, and who else is at the desk."""
    return await views.desk_view(session, actor, await waiting(session), program_time.now())


@router.get("/overview", permission=SUPERVISE)
async def read_overview(actor: CurrentActor, session: ReadingSession) -> views.Desk:
    """See who waits, and who is at the desk, as the supervisor."""
    return await views.desk_view(session, actor, await waiting(session), program_time.now())


@router.put("/presence", permission=ANSWER, status_code=204)
async def come_to_the_desk(session: WritingSession) -> Response:
    """Say that you are at the desk: for a quarter of an hour colleagues may hand chats over to you."""
    await be_present(session)
    return Response(status_code=204)


@router.get("/replies", permission=ANSWER)
async def list_replies() -> Replies:
    """List the replies to insert."""
    return _replies()


@router.post("/next", permission=ANSWER)
async def take_next(request: Request, actor: CurrentActor, session: WritingSession) -> views.DeskChat:
    """Take the chat that has waited longest."""
    return await _take(request, actor, session, None)


@router.get("/chats", permission=VIEW)
async def list_chats(session: ReadingSession, after: After = None, limit: Limit = 25) -> Page[views.QueueLine]:
    """List all chats, the newest first."""
    return await views.list_chats(session, after, limit)


@router.get("/transcripts/{chat_id}", permission=VIEW)
async def read_transcript(chat_id: UUID, actor: CurrentActor, session: ReadingSession) -> views.DeskChat:
    """Read any chat, as the supervisor or an auditor."""
    return await views.read_chat(session, actor, chat_id)


@router.get("/chats/{chat_id}", permission=ANSWER)
async def read_chat(
    chat_id: UUID, actor: CurrentActor, session: ReadingSession, since: Annotated[int, Query(ge=0)] = 0
) -> views.DeskChat:
    """Read a chat that is yours, with what was said after a number."""
    return await views.read_chat(session, actor, chat_id, since)


@router.post("/chats/{chat_id}/taking", permission=ANSWER)
async def take(chat_id: UUID, request: Request, actor: CurrentActor, session: WritingSession) -> views.DeskChat:
    """Take a chat that waits."""
    return await _take(request, actor, session, chat_id)


@router.post("/chats/{chat_id}/messages", permission=ANSWER, status_code=201)
async def answer(chat_id: UUID, body: NewMessage, request: Request, session: WritingSession) -> views.MessageView:
    """Say something."""
    lasts = request.app.state.chat_lasts
    chat, message = await answering.answer(session, chat_id, body.key, body.text, lasts)
    wake(session, chat)
    return views.MessageView.of(message)


@router.post("/chats/{chat_id}/notes", permission=ANSWER)
async def note(chat_id: UUID, body: NewNote, actor: CurrentActor, session: WritingSession) -> views.DeskChat:
    """Note something for colleagues."""
    return await _shown(session, actor, await answering.note(session, chat_id, body.text))


@router.post("/chats/{chat_id}/hand-over", permission=ANSWER)
async def hand_over(chat_id: UUID, body: HandOver, actor: CurrentActor, session: WritingSession) -> views.DeskChat:
    """Hand a chat of yours over to a colleague at the desk."""
    return await _hand_over(session, actor, chat_id, body)


@router.post("/chats/{chat_id}/reassignment", permission=SUPERVISE)
async def reassign(chat_id: UUID, body: HandOver, actor: CurrentActor, session: WritingSession) -> views.DeskChat:
    """Give anybody's chat to an agent at the desk, as the supervisor."""
    return await _hand_over(session, actor, chat_id, body)


@router.post("/chats/{chat_id}/verification", permission=ANSWER)
async def verify(chat_id: UUID, body: Verification, actor: CurrentActor, session: WritingSession) -> views.DeskChat:
    """Compare the user ID that the person named with the account the chat was opened from; each try is recorded.

    Where it is the right one, `case` stands in the answer and from then on. Where not, `tries_left` has become smaller.
    """
    chat, _ = await answering.verify(session, chat_id, body.user_id)
    wake(session, chat)
    return await _shown(session, actor, chat)


@router.post("/chats/{chat_id}/end", permission=ANSWER)
async def end(chat_id: UUID, request: Request, actor: CurrentActor, session: WritingSession) -> views.DeskChat:
    """End a chat of yours. Notes can be added until it is closed."""
    chat = await answering.end(session, chat_id, request.app.state.chat_lasts)
    wake(session, chat, desk=True)
    return await _shown(session, actor, chat)


@router.post("/chats/{chat_id}/closure", permission=ANSWER)
async def close(chat_id: UUID, body: Closure, actor: CurrentActor, session: WritingSession) -> views.DeskChat:
    """Close a chat that has ended, and say what came of it."""
    chat = await answering.close(session, chat_id, body.outcome)
    wake(session, chat, desk=True)
    return await _shown(session, actor, chat)


async def _place(request: Request, actor: CurrentActor) -> AsyncIterator[Follower]:
    mine = [actor.person_id] if actor.person_id else []
    with request.app.state.followers.place_at(actor.person_id, DESK, *mine) as follower:
        yield follower


@router.get("/live", permission=ANSWER, response_class=EventSourceResponse)
async def follow(
    request: Request,
    actor: CurrentActor,
    follower: Annotated[Follower, Depends(_place, scope="request")],
    last_event_id: Annotated[str, Header(max_length=64)] = "",
    once: Annotated[bool, Query(description="Answer with the mark of now, and end.")] = False,
) -> AsyncIterator[ServerSentEvent]:
    """Follow the desk: an event `desk`, whose id is its mark, when the queue or one of your chats has changed."""
    told = "" if once else last_event_id
    try:
        async for mark in follow_desk(request.app.state, follower, actor, token_of(request) or "", told):
            yield ServerSentEvent(event="desk", id=mark, data=mark, retry=1_000)
            if once:
                return
    except SessionEnded:
        yield ServerSentEvent(event="ended", data="")
    except NotSignedIn:
        return
    except (SQLAlchemyError, OSError) as error:
        log.warning("a desk's stream ended: the database does not answer", error=type(error).__name__)


async def _take(request: Request, actor: CurrentActor, session: WritingSession, chat_id: UUID | None) -> views.DeskChat:
    state = request.app.state
    at_once = state.settings.chats_per_agent
    chat = await answering.take(session, chat_id, at_once=at_once, lasts=state.chat_lasts)
    wake(session, chat, desk=True)
    return await _shown(session, actor, chat)


async def _hand_over(session: WritingSession, actor: CurrentActor, chat_id: UUID, body: HandOver) -> views.DeskChat:
    chat = await answering.hand_over(session, chat_id, body.to, body.note)
    wake(session, chat, desk=True)
    return await _shown(session, actor, chat)


async def _shown(session: WritingSession, actor: CurrentActor, chat: Chat) -> views.DeskChat:
    return await views.desk_chat(session, actor, chat)
