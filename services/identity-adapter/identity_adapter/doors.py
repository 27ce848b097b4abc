"""A transaction for what belongs to a person, or to nobody yet.

Row-level security knows organizations. A session, a sign-in under way and a person belong to none: they cross them.
Their tables are the system role's alone, so the few routes that need them ask for `PersonalSession` instead of the
door's `WritingSession`, and their queries name the person from the verified token or the cookie they were handed.
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from chassis.actor import Actor
from chassis.database import Database, Fence, ReadSession, Session

NOBODY_YET = Actor.system("identity-edge")


async def _writing(request: Request) -> AsyncIterator[Session]:
    database: Database = request.app.state.database
    async with database.writing(Fence.system(), request.state.actor or NOBODY_YET) as session:
        request.state.session = session
        yield session
    request.app.state.wake()


async def _writing_unkept(request: Request) -> AsyncIterator[Session]:
    database: Database = request.app.state.database
    async with database.writing(Fence.system(), request.state.actor or NOBODY_YET) as session:
        yield session
    request.app.state.wake()


async def _reading(request: Request) -> AsyncIterator[ReadSession]:
    database: Database = request.app.state.database
    async with database.reading(Fence.system()) as session:
        yield session


PersonalSession = Annotated[Session, Depends(_writing, scope="function")]
"""Writes behind the system fence; acts as the signed-in person, or as the edge while that is nobody yet."""
SecretSession = Annotated[Session, Depends(_writing_unkept, scope="function")]
"""Writes behind the system fence; the answer shows a secret, so it is not kept for an idempotency key."""
PersonalReading = Annotated[ReadSession, Depends(_reading, scope="function")]
"""Reads behind the system fence."""
