"""No route without a permission. What an application serves is walked, mounts included, not what it documents."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from starlette.responses import Response
from starlette.routing import Mount, Route

from chassis.door import DoorRoute, SliceRouter
from tests.access.edges import NO_DATABASE, edge_of
from tests.infrastructure.databases import PACKAGES

OPEN = {"/health/live", "/health/ready", "/metrics", "/openapi.json"}
"""What needs no permission: the pulse and the counters, kept from outside by the gateway, and the API's words."""


def served(routes: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every route below, with its full path; something mounted that has no routes is one."""
    for route in routes:
        inner = getattr(route, "original_router", route)
        path = prefix + getattr(route, "path", "")
        if below := getattr(inner, "routes", None):
            yield from served(below, path)
        else:
            yield path, route


def unguarded(app: FastAPI, service: str) -> list[str]:
    """The routes that do not go through the door with a permission."""
    return [
        path
        for path, route in served(app.routes)
        if path.removeprefix(f"/api/{service}") not in OPEN
        and not (isinstance(route, DoorRoute) and (route.openapi_extra or {}).get("x-permission"))
    ]


@pytest.mark.parametrize("service", sorted(PACKAGES))
def test_every_route_of_a_service_goes_through_the_door_with_a_permission(service):
    app = edge_of(service, NO_DATABASE)
    assert len(list(served(app.routes))) > len(OPEN)
    assert unguarded(app, service) == []


def bare_route(app: FastAPI) -> None:
    app.add_route("/api/documents/bare", lambda _request: Response())


def bare_router(app: FastAPI) -> None:
    router = APIRouter(prefix="/api/documents/bare")
    router.add_api_route("", lambda: None)
    app.include_router(router)


def bare_mount(app: FastAPI) -> None:
    app.mount("/api/documents", FastAPI(routes=[Mount("/b", routes=[Route("/are", lambda _request: Response())])]))


def bare_file_server(app: FastAPI) -> None:
    app.mount("/api/documents/bare", Response())


def door_without_a_permission(app: FastAPI) -> None:
    router = SliceRouter(prefix="/api/documents/bare", tags=[])
    router.get("", permission="")(lambda: None)
    app.include_router(router.router)


@pytest.mark.parametrize(
    "plant",
    [bare_route, bare_router, bare_mount, bare_file_server, door_without_a_permission],
    ids=lambda it: it.__name__,
)
def test_a_planted_route_without_a_permission_is_found(plant):
    app = edge_of("documents", NO_DATABASE)
    plant(app)
    assert [path for path in unguarded(app, "documents") if "/b" in path]
