"""The door of an edge: who comes in, with which permission, and one transaction per request.

A slice's routes hang on a `SliceRouter`. Each names the permission it asks for; there is no route without one.

    router = SliceRouter(prefix="/api/documents/slots", tags=["slots"])

    @router.get("/{slot_id}", permission="document.view")
    async def read_slot(slot_id: UUID, session: ReadingSession) -> SlotView: ...

    @router.post("/{slot_id}/closing", permission="slot.close")
    async def close_slot(slot_id: UUID, session: WritingSession) -> SlotView: ...

The order of refusals is 401, 403, then 404, 409 or 422: the token is checked before the body is read. A POST with an
`Idempotency-Key` is done once; sent again, it gets the first answer; with another body it is a conflict.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import Database, Fence, ReadSession, Session
from chassis.errors import Conflict, ConnexionError, Invalid, NotAllowed, NotSignedIn
from chassis.problems import Problem
from chassis.recording import KeptAnswer
from chassis.tables import inbox

PUBLIC = "public"
"""Permission of a route anybody may use, signed in or not."""
SIGNED_IN = "signed-in"
"""Permission of a route everybody who is signed in may use."""

TOKEN_COOKIE = "cx_token"  # noqa: S105  a cookie's name
KEY_LENGTH = 255

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


class SameKeyOtherBody(Conflict):
    """This Idempotency-Key was used for another request. Use a fresh key."""


class NotAKey(Invalid):
    """An Idempotency-Key has 1 to 255 characters."""


async def admit(request: Request, permission: str) -> Actor | None:
    """Return who sent the request, once the token is good and carries `permission`.

    None for a public route. Raises `NotSignedIn` (401) or `NotAllowed` (403).
    """
    if permission == PUBLIC:
        return None
    token = token_of(request)
    if not token:
        raise NotSignedIn
    actor: Actor = await request.app.state.verifier.verify(token)
    if permission != SIGNED_IN and not actor.may(permission):
        raise NotAllowed
    return actor


def token_of(request: Request) -> str | None:
    """Return the token of a request: its bearer, otherwise its cookie; None where there is neither."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if token and scheme.lower() == "bearer":
        return token.strip()
    return request.cookies.get(TOKEN_COOKIE)


class DoorRoute(APIRoute):
    """A route that admits before it parses, and answers a repeated request from what it kept."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Wrap FastAPI's own handler."""
        handle = super().get_route_handler()
        extra = self.openapi_extra or {}
        permission, streams = extra["x-permission"], extra.get("x-streams", False)
        fresh = extra.get("x-cached-seconds")

        async def through_the_door(request: Request) -> Response:
            request.state.actor = await admit(request, permission)
            key = await _idempotency_key(request, self.path_format, streams=streams)
            if key is None:
                response = await handle(request)
                return response if fresh is None else _cached(request, response, fresh)
            request.state.key = key
            if answered := await kept_answer(request):
                return answered
            try:
                response = await handle(request)
            except ConnexionError:
                if answered := await kept_answer(request):  # the same request was under way, and has come through
                    return answered
                raise
            session: Session | None = getattr(request.state, "session", None)
            if session is not None and response.status_code < 400:
                session.keep(
                    KeptAnswer(*key, response.status_code, bytes(response.body).decode(), _organization(request))
                )
            return response

        return through_the_door


def _cached(request: Request, response: Response, seconds: int) -> Response:
    """Let anybody keep an answer that is the same for all, and say 304 to whoever has it already."""
    if response.status_code != HTTPStatus.OK:
        return response
    mark = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    kept = {"etag": mark, "cache-control": f"public, max-age={seconds}"}
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if known & {mark, "*"}:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)
    response.headers.update(kept)
    return response


async def _idempotency_key(request: Request, route: str, *, streams: bool) -> tuple[str, str] | None:
    """The key to keep the answer under, and the digest of the body; None for a request without a key."""
    given = request.headers.get("idempotency-key")
    if request.method != "POST" or given is None or request.state.actor is None:
        return None
    if not 0 < len(given) <= KEY_LENGTH:
        raise NotAKey(field="Idempotency-Key")
    actor: Actor = request.state.actor
    parts = (actor.user_id, str(actor.organization_id), request.method, request.url.path, route, given)
    body = b"" if streams else await request.body()
    # The key, which is kept nowhere, makes the digest useless to whoever would try out what little a body may hold.
    return hashlib.sha256("\0".join(parts).encode()).hexdigest(), hashlib.sha256(given.encode() + body).hexdigest()


async def kept_answer(request: Request) -> Response | None:
    """The answer kept for this request's key, if it was answered before.

    Raises `SameKeyOtherBody` (409) when that request had another body.
    """
    key, digest = request.state.key
    database: Database = request.app.state.database
    async with database.reading(_fence_of_answers(request.state.actor)) as session:
        row = (
            await session.execute(
                select(inbox.c.digest, inbox.c.status, inbox.c.answer).where(
                    inbox.c.consumer == "http", inbox.c.key == key
                )
            )
        ).one_or_none()
    if row is None:
        return None
    if row.digest != digest:
        raise SameKeyOtherBody(field="Idempotency-Key")
    return Response(row.answer, row.status, {"Idempotent-Replay": "true"}, "application/json")


def _fence_of_answers(actor: Actor) -> Fence:
    """Somebody who acts for no organization (yet) finds answers among the rows of none, as staff do."""
    return Fence.of(actor) if actor.organization_id else Fence.staff()


def _organization(request: Request) -> Any:
    return request.state.actor.organization_id


def actor_of(request: Request) -> Actor:
    """Return who sent the request. Raises `NotSignedIn` on a public route."""
    if request.state.actor is None:
        raise NotSignedIn
    actor: Actor = request.state.actor
    return actor


async def _current_actor(request: Request) -> Actor:
    # A plain function would be sent to a thread for every request.
    return actor_of(request)


def _fence(request: Request) -> Fence:
    actor: Actor | None = request.state.actor
    return Fence.of(actor) if actor else Fence.public()


async def _writing(request: Request) -> AsyncIterator[Session]:
    database: Database = request.app.state.database
    async with database.writing(_fence(request), actor_of(request)) as session:
        request.state.session = session
        yield session
    request.app.state.wake(session.recording.spoken_of)


async def _reading(request: Request) -> AsyncIterator[ReadSession]:
    database: Database = request.app.state.database
    async with database.reading(_fence(request)) as session:
        yield session


CurrentActor = Annotated[Actor, Depends(_current_actor)]
WritingSession = Annotated[Session, Depends(_writing, scope="function")]
"""One transaction for the request. It commits before the answer leaves; an error rolls all of it back."""
ReadingSession = Annotated[ReadSession, Depends(_reading, scope="function")]
"""One READ ONLY transaction for the request."""

_PROBLEMS = {
    400: "The body cannot be read",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    409: "Not allowed now, or conflict",
    422: "Invalid",
}


class SliceRouter:
    """The routes of one slice; each names its permission (or `PUBLIC`, `SIGNED_IN`)."""

    def __init__(self, *, prefix: str, tags: list[str]) -> None:
        """Take the full path all routes begin with (`/api/<service>/…`) and the tag they stand under."""
        self.router = APIRouter(prefix=prefix, tags=list(tags), route_class=DoorRoute)

    def get(
        self, path: str, *, permission: str, cached_for: timedelta | None = None, **options: Any
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare a GET route; `options` are FastAPI's.

        With `cached_for` the answer, which must be the same for everybody, may be kept so long, and carries an ETag.
        """
        extra = {"x-cached-seconds": int(cached_for.total_seconds())} if cached_for else {}
        return self._route("GET", path, permission, options | {"openapi_extra": extra})

    def post(
        self, path: str, *, permission: str, streams: bool = False, **options: Any
    ) -> Callable[[Endpoint], Endpoint]:
        """Declare a POST route; `streams` when its body must not be read as a whole."""
        return self._route("POST", path, permission, options | {"streams": streams})

    def put(self, path: str, *, permission: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Declare a PUT route; `options` are FastAPI's."""
        return self._route("PUT", path, permission, options)

    def delete(self, path: str, *, permission: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Declare a DELETE route; `options` are FastAPI's."""
        return self._route("DELETE", path, permission, options)

    def patch(self, path: str, *, permission: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Declare a PATCH route; the endpoint reads the body itself, as a stream."""
        return self._route("PATCH", path, permission, options)

    def head(self, path: str, *, permission: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Declare a HEAD route; `options` are FastAPI's."""
        return self._route("HEAD", path, permission, options)

    def options(self, path: str, *, permission: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Declare an OPTIONS route; `options` are FastAPI's."""
        return self._route("OPTIONS", path, permission, options)

    def _route(
        self, method: str, path: str, permission: str, options: dict[str, Any]
    ) -> Callable[[Endpoint], Endpoint]:
        extra = {"x-permission": permission, "x-streams": options.pop("streams", False)}
        extra |= {"security": []} if permission == PUBLIC else {"security": [{"bearer": []}, {"cookie": []}]}
        refusals: dict[int | str, dict[str, Any]] = {
            status: {"model": Problem, "description": words, "content": {"application/problem+json": {}}}
            for status, words in _PROBLEMS.items()
            if permission != PUBLIC or status not in {401, 403}
        }
        responses = refusals | options.pop("responses", {})
        return self.router.api_route(
            path,
            methods=[method],
            openapi_extra=extra | options.pop("openapi_extra", {}),
            responses=responses,
            **options,
        )
