"""Every route of every service against every token that must be refused, and against another organization's.

Routes come from the OpenAPI documents, so a new route is covered at once; one that names a thing needs its example in
`examples.py`.
"""

from typing import Any

import pytest

from tests.access.edges import Route, routes
from tests.access.examples import SHARED_LISTS, SHARED_THINGS
from tests.access.tokens import EVERYTHING, OTHER, STRANGER, bad_tokens, token

pytestmark = pytest.mark.database

PUBLIC_ROUTES = {
    "GET /api/bidding/rounds",
    "GET /api/bidding/rounds/{code}",
    "GET /api/bidding/rounds/{code}/contract-suppliers",
    "GET /api/bidding/rounds/{code}/payment-amounts",
    *(f"GET /api/{service}/standing" for service in ("bidding", "contracts", "documents", "identity", "notices")),
    "GET /api/documents/acceptance-rules",
    "GET /api/documents/acceptance-rules/{version}",
    "GET /api/documents/receipt-keys",
    "GET /api/identity/role-table",
    "GET /api/identity/role-table/{version}",
    "GET /api/notices/questions",
    "GET /api/notices/questions/{slug}",
    "POST /api/notices/chats",
    "GET /api/notices/chats/availability",
    "GET /api/notices/chats/mine",
    "GET /api/notices/chats/mine/live",
    "POST /api/notices/chats/mine/messages",
    "POST /api/notices/chats/mine/end",
    "OPTIONS /api/documents/uploads",
    "POST /api/documents/receipt-checks",
    "GET /api/identity/.well-known/jwks.json",
    "GET /api/identity/callback",
    "GET /api/identity/sign-in",
    "POST /api/identity/renewal",
    "POST /api/identity/sign-out",
    "POST /api/identity/token",
}


def somebody_elses() -> str:
    """A good token of another person, for another organization."""
    return token(permissions=EVERYTHING, organization_id=OTHER, pid=str(STRANGER))


def named(chosen: list[Route]) -> Any:
    return pytest.mark.parametrize("route", chosen, ids=lambda route: route.name)


PROTECTED = sorted((route for route in routes() if not route.is_public), key=lambda route: route.method == "delete")
OF_ORGANIZATIONS = [route for route in PROTECTED if not route.is_for_staff]
OF_ONE_THING = [route for route in OF_ORGANIZATIONS if route.names_a_resource and route.name not in SHARED_THINGS]
LISTS = [  # a list under one thing is not found where the thing is not
    route
    for route in OF_ORGANIZATIONS
    if route.is_list and not route.names_a_resource and route.name not in SHARED_LISTS
]
OF_STAFF = [route for route in PROTECTED if route.is_for_staff and (route.names_a_resource or route.is_list)]


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
    mine = (await edges[route.service].ask(route, edges[route.service].mine)).json()
    assert mine["items"], "the example of this list is no real row"
    other = (await edges[route.service].ask(route, somebody_elses())).json()
    assert other == mine | {"items": [], "next": None}, "what stands beside the rows is the same for everybody"


@named(OF_ONE_THING)
async def test_another_organizations_thing_is_not_found(edges, route):
    other = await edges[route.service].ask(route, somebody_elses())
    assert other.status_code == 404
    mine = await edges[route.service].ask(route, edges[route.service].mine)
    assert mine.status_code != 404, "the example of this route is no real row"


@named(OF_STAFF)
async def test_staff_reach_what_stands_there(edges, route):
    answer = await edges[route.service].ask(route, token(permissions=EVERYTHING, organization_id=None))
    assert answer.status_code < 500
    assert answer.status_code != 404, "the example of this route is no real row"
    if route.is_list:
        assert answer.json()["items"], "the example of this list is no real row"
