"""The edges of all services, each with rows of one organization, for every test in this folder."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest_asyncio

from chassis.database import Database
from tests.access.edges import Route, edge_of
from tests.access.examples import BODIES, EXAMPLES, Site
from tests.access.tokens import EVERYTHING, MINE, publish_key, token
from tests.infrastructure.databases import PACKAGES


@dataclass(frozen=True)
class Edge:
    """A service's edge with rows of one organization in its database."""

    client: httpx.AsyncClient
    parameters: dict[str, Any]

    @property
    def mine(self) -> str:
        """A good token of the organization whose rows stand here, with every permission there is."""
        return token(permissions=EVERYTHING, organization_id=self.parameters.get("organization_id", MINE))

    async def ask(self, route: Route, bearer: str | None) -> httpx.Response:
        """Send one request with a token."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        more = dict(BODIES.get(route.name, {}))
        headers |= more.pop("headers", {})
        path = route.path.format(**self.parameters) if self.parameters else route.path
        return await self.client.request(route.method.upper(), path, headers=headers, **more)


@pytest_asyncio.fixture(scope="session")
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
        made[name] = Edge(client, parameters)
    yield made
    for thing in reversed(open_things):
        await thing.__aexit__(None, None, None)
