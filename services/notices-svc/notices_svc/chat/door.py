"""The door for whoever opened a chat: known by a token in a cookie or a header, fenced to that chat by its id."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Annotated

from fastapi import Cookie, Depends, Header, Request

from chassis.actor import Actor
from chassis.database import Database, Fence, ReadSession, Session
from chassis.errors import NotFound
from notices_svc.chat.people import Known, PreChatForm

VISITOR = Actor.system("chat-visitor")
"""Whoever opened a chat, in the audit trail: the row names the chat, and nobody."""


async def _known(
    x_chat_token: Annotated[str, Header(max_length=200, description="as the answer to the form gave it")] = "",
    cx_chat: Annotated[str, Cookie(max_length=200, description="the same, in a browser")] = "",
) -> Known:
    known = Known.of(x_chat_token or cx_chat)
    if known is None:
        raise NotFound
    return known


MyToken = Annotated[Known, Depends(_known, scope="request")]


async def _writing(request: Request, known: MyToken) -> AsyncIterator[Session]:
    database: Database = request.app.state.database
    async with database.writing(Fence.organization(known.chat_id), VISITOR) as session:
        yield session
    request.app.state.wake(session.recording.spoken_of)


async def _reading(request: Request, known: MyToken) -> AsyncIterator[ReadSession]:
    database: Database = request.app.state.database
    async with database.reading(Fence.organization(known.chat_id)) as session:
        yield session


MySession = Annotated[Session, Depends(_writing, scope="function")]
"""Writes behind the fence of the token's chat. Whether the token is good, `my_chat` judges."""
MyReading = Annotated[ReadSession, Depends(_reading, scope="function")]


def opening(request: Request, form: PreChatForm, account: Actor | None) -> AbstractAsyncContextManager[Session]:
    """Return a transaction behind the fence of the chat that a form opens."""
    database: Database = request.app.state.database
    return database.writing(Fence.organization(form.chat_id), account or VISITOR)


def everybodys(request: Request) -> AbstractAsyncContextManager[ReadSession]:
    """Return a transaction that counts who waits; nothing but a number leaves it."""
    database: Database = request.app.state.database
    return database.reading(Fence.staff())
