"""What every service's OpenAPI document says, to hold a client's calls, or a stand-in's answers, against.

Stricter than the documents: an object may have no field that its schema does not name, because a page that shows
such a field would be empty in front of the real service.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, Protocol

import jsonschema_rs

from tests.access.edges import Route, document_of, routes

Json = dict[str, Any]


class Exchange(Protocol):
    """One call and its answer; `sent` and `told` are None where they were not JSON."""

    method: str
    path: str
    query: tuple[str, ...]
    sent: Any
    status: int
    told: Any


def contradictions(exchange: Exchange) -> Iterator[str]:
    """Say what the documents do not know of this call and its answer."""
    route = _route_of(exchange.method, exchange.path)
    if route is None:
        yield f"{exchange.method} {exchange.path}: no service has this"
        return
    known = {parameter["name"] for parameter in route.operation.get("parameters", ()) if parameter["in"] == "query"}
    for name in sorted(set(exchange.query) - known):
        yield f"{route.name}: no query parameter {name}"
    if exchange.sent is not None:
        yield from _against(route, _schema(route.operation.get("requestBody", {})), exchange.sent, "sent")
    answer = route.operation["responses"].get(str(exchange.status))
    if answer is None:
        yield f"{route.name}: never answers {exchange.status}"
    elif exchange.told is not None and exchange.status < 300:
        yield from _against(route, _schema(answer), exchange.told, "told")


def _route_of(method: str, path: str) -> Route | None:
    fitting = [route for route in routes() if route.method == method.lower() and _fits(route.path, path)]
    return min(fitting, key=lambda route: route.path.count("{"), default=None)


def _fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    pairs = zip(wanted, given, strict=False)
    return len(wanted) == len(given) and all(want == has or want.startswith("{") for want, has in pairs)


def _schema(holder: Json) -> Json | None:
    schema: Json | None = holder.get("content", {}).get("application/json", {}).get("schema")
    return schema


def _against(route: Route, schema: Json | None, value: Any, what: str) -> Iterator[str]:
    if schema is None:
        yield f"{route.name}: no JSON is {what}"
        return
    whole = {**schema, "components": _parts(route.service)}
    for error in jsonschema_rs.Draft202012Validator(whole, validate_formats=True).iter_errors(value):
        place = "/".join(map(str, error.instance_path))
        yield f"{route.name}: {what} {place or 'as a whole'}: {error.message}"


@cache
def _parts(service: str) -> Json:
    parts: Json = _closed(document_of(service)["components"])
    return parts


def _closed(part: Any) -> Any:
    """The same schema, where an object has no other fields than those it names."""
    if isinstance(part, list):
        return [_closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    closed = {name: _closed(value) for name, value in part.items()}
    if isinstance(closed.get("properties"), dict) and closed.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed
