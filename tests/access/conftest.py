"""The edges of all services, each with rows of one organization, made anew for every file of tests in this folder."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
import pytest_asyncio
from fastapi import FastAPI

from chassis.actor import Actor
from chassis.database import Database, Fence, Session
from tests.access.edges import Route, edge_of
from tests.access.examples import BODIES, EXAMPLES, NAMED
from tests.access.rows import Site
from tests.access.tokens import EVERYTHING, MINE, SESSION, TICKET, publish_key, token
from tests.infrastructure.databases import PACKAGES


class _Undone(Exception):
    pass


class UndoingDatabase(Database):
    """Everything a request writes goes to PostgreSQL, and is taken back before the answer leaves."""

    @asynccontextmanager
    async def writing(self, fence: Fence, actor: Actor, *, at: datetime | None = None) -> AsyncIterator[Session]:
        with suppress(_Undone):
            async with super().writing(fence, actor, at=at) as session:
                yield session
                await session.flush()
                raise _Undone


@dataclass(frozen=True)
class Edge:
    """A service's edge with rows of one organization in its database."""

    app: FastAPI
    client: httpx.AsyncClient
    parameters: dict[str, Any]
    undone: UndoingDatabase

    @property
    def organization_id(self) -> UUID:
        """The organization whose rows stand here."""
        made: UUID = self.parameters.get("organization_id", MINE)
        return made

    @property
    def session_id(self) -> UUID:
        """The session of the person who asks."""
        opened: UUID = self.parameters.get("session_id", SESSION)
        return opened

    @property
    def ticket_id(self) -> UUID:
        """The ticket in that session's hand."""
        taken: UUID = self.parameters.get("ticket_id", TICKET)
        return taken

    @property
    def mine(self) -> str:
        """A good token of the organization whose rows stand here, with every permission there is."""
        return token(permissions=EVERYTHING, organization_id=self.organization_id)

    @contextmanager
    def undoing(self) -> Iterator[None]:
        """Let no request change what stands here: each meets the same rows."""
        state = self.app.state
        database, state.database = state.database, self.undone
        try:
            yield
        finally:
            state.database = database

    async def ask(self, route: Route, bearer: str | None) -> httpx.Response:
        """Send one request with a token."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        more = dict(BODIES.get(route.name, {}))
        headers |= more.pop("headers", {})
        named = {name: self.parameters[example] for name, example in NAMED.get(route.name, {}).items()}
        path = route.path.format(**self.parameters | named) if self.parameters else route.path
        return await self.client.request(route.method.upper(), path, headers=headers, **more)


@pytest_asyncio.fixture(scope="module")
async def edges(database_for) -> AsyncIterator[dict[str, Edge]]:
    made: dict[str, Edge] = {}
    open_things: list[Any] = []
    for name in PACKAGES:
        url = (await database_for(name)).login_url
        app, database = edge_of(name, url), Database(url, name)
        await publish_key(database)
        lifespan = app.router.lifespan_context(app)
        await lifespan.__aenter__()
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://edge"
        )
        open_things += [lifespan, client]
        client.headers["Authorization"] = f"Bearer {token(permissions=EVERYTHING)}"
        parameters = await EXAMPLES[name](Site(database, app, client, MINE))
        del client.headers["Authorization"]
        await database.close()
        made[name] = Edge(app, client, parameters, UndoingDatabase(url, name))
    yield made
    for edge in made.values():
        await edge.undone.close()
    for thing in reversed(open_things):
        await thing.__aexit__(None, None, None)
