"""Every route of every service against every token that must be refused, and against another organization's.

Routes come from the OpenAPI documents, so a new route is covered at once; one that names a thing needs its example in
`examples.py`.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import insert

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.tables import signing_key
from identity_adapter.roles.table import role_table
from tests.access.edges import Route, edge_of, routes
from tests.access.examples import BODIES, EXAMPLES, SHARED_LISTS, SHARED_THINGS, Site
from tests.access.tokens import KEY, MINE, OTHER, bad_tokens, token
from tests.infrastructure.databases import PACKAGES

pytestmark = pytest.mark.storage

PUBLIC_ROUTES = {
    "GET /api/bidding/rounds",
    "GET /api/bidding/rounds/{code}",
    "GET /api/documents/receipt-keys",
    "OPTIONS /api/documents/uploads",
    "POST /api/documents/receipt-checks",
    "GET /api/identity/.well-known/jwks.json",
    "GET /api/identity/callback",
    "GET /api/identity/sign-in",
    "POST /api/identity/renewal",
    "POST /api/identity/sign-out",
    "POST /api/identity/token",
}
EVERYTHING = sorted({code for role in role_table().roles for code in role_table().permissions_of(role)})


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
        await _publish_key(database)
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


async def _publish_key(database: Database) -> None:
    async with database.writing(Fence.system(), Actor.system("access-tests")) as session:
        key = {"kid": "access-tests", "use": "token", "issuer": "identity", "not_before": machine_time.now()}
        await session.execute(insert(signing_key).values(**key, public_jwk=KEY.as_dict(private=False)))


def named(chosen: list[Route]) -> Any:
    return pytest.mark.parametrize("route", chosen, ids=lambda route: route.name)


PROTECTED = sorted((route for route in routes() if not route.is_public), key=lambda route: route.method == "delete")
OF_ONE_THING = [route for route in PROTECTED if route.names_a_resource and route.name not in SHARED_THINGS]
LISTS = [route for route in PROTECTED if route.is_list and route.name not in SHARED_LISTS]


def test_the_public_routes_are_exactly_those_listed():
    assert {route.name for route in routes() if route.is_public} == PUBLIC_ROUTES


def test_every_permission_a_route_asks_for_is_in_the_role_table():
    asked = {route.permission for route in PROTECTED if not route.is_for_everybody_signed_in}
    assert asked <= set(EVERYTHING)


@named(PROTECTED)
async def test_a_token_that_is_not_good_is_refused(edges, route):
    for kind, bad in bad_tokens(EVERYTHING).items():
        answer = await edges[route.service].ask(route, bad)
        assert answer.status_code == 401, kind
        if route.method != "head":
            assert answer.headers["content-type"] == "application/problem+json", kind


@named([route for route in PROTECTED if not route.is_for_everybody_signed_in])
async def test_without_the_permission_a_route_is_refused(edges, route):
    others = [permission for permission in EVERYTHING if permission != route.permission]
    answer = await edges[route.service].ask(route, token(permissions=others))
    assert answer.status_code == 403


@named(LISTS)
async def test_another_organization_gets_an_empty_list(edges, route):
    mine = await edges[route.service].ask(route, edges[route.service].mine)
    assert mine.json()["items"], "the example of this list is no real row"
    other = await edges[route.service].ask(route, token(permissions=EVERYTHING, organization_id=OTHER))
    assert other.json() == {"items": [], "next": None}


@named(OF_ONE_THING)
async def test_another_organizations_thing_is_not_found(edges, route):
    other = await edges[route.service].ask(route, token(permissions=EVERYTHING, organization_id=OTHER))
    assert other.status_code == 404
    mine = await edges[route.service].ask(route, edges[route.service].mine)
    assert mine.status_code != 404, "the example of this route is no real row"
