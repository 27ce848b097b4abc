"""How the fake gateway answers: it counts, can be told to fail, and keeps what passed for the check against the API."""

import base64
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import machine_time

Json = dict[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]
PUBLIC = (
    "/api/bidding/rounds",
    "/api/documents/receipt-checks",
    "/api/notices/chats",
    "/api/identity/renewal",
    "/api/identity/sign-in",
    "/api/identity/sign-out",
)
SUPPLIER_PERMISSIONS = (
    "document.upload",
    "document.view",
    "requirement.view",
    "activity.view",
    "todo.view",
    "round.view",
    "organization.view",
    "member.view",
    "member.approve_bao",
    "member.approve_eu",
    "enrolment.view",
    "bid.view",
    "form_a.business.edit",
    "form_a.location.edit",
    "form_a.approve",
    "form_b.edit",
    "form_b.certify",
    "notice.pbe.view",
)
END_USER_PERMISSIONS = (
    "document.view",
    "requirement.view",
    "todo.view",
    "round.view",
    "bid.view",
    "form_a.location.edit",
    "form_b.edit",
    "notice.pbe.view",
)


def token(
    expires_in: timedelta = timedelta(minutes=5), permissions: tuple[str, ...] = SUPPLIER_PERMISSIONS, **other: Any
) -> str:
    """A token's three parts; nobody checks the signature here."""
    claims = {
        "sub": "dana.whitlock",
        "name": "Dana Whitlock",
        "kind": "person",
        "role": "AO",
        "perms": permissions,
        "exp": int((machine_time.now() + expires_in).timestamp()),
        **other,
    }
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{payload}.c2ln"


@dataclass(frozen=True)
class Exchange:
    """One call and its answer, as JSON where they were JSON."""

    method: str
    path: str
    query: tuple[str, ...]
    sent: Any
    status: int
    told: Any


@dataclass
class Answering:
    """What every part of the fake shares."""

    failing: dict[str, tuple[int, Json]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers_seen: list[dict[str, str]] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    def answered(self, endpoint: Endpoint) -> Endpoint:
        """Note the call, refuse it where a test or a missing token says so, and let `endpoint` answer otherwise."""

        async def answer(request: Request) -> Response:
            path = request.url.path
            self.asked.append(f"{request.method} {path}")
            self.headers_seen.append(dict(request.headers))
            if request.headers.get("content-type") == "application/json":
                await request.body()
            if path in self.failing:
                status, told = self.failing[path]
                return problem(status, **told)
            signed_in = "authorization" in request.headers or "cx_token" in request.cookies
            if not signed_in and not path.startswith(PUBLIC):
                return problem(401, type="urn:connexion:problem:not-signed-in")
            if not re.fullmatch(r'(?:W/)?"\d+"', request.headers.get("if-match", '"1"')):
                return problem(422, detail="Send the version you changed: the ETag of what you read.")
            return await endpoint(request)

        return answer

    def listed(self, items: Callable[[Request], list[Json]]) -> Endpoint:
        """Answer with one page of a list."""

        async def page(request: Request) -> Response:
            limit, after = int(request.query_params.get("limit", 25)), int(request.query_params.get("after", 0))
            found = items(request)
            more = str(after + limit) if after + limit < len(found) else None
            return JSONResponse({"items": found[after : after + limit], "next": more})

        return page

    def watched(self, app: ASGIApp) -> ASGIApp:
        """Keep every exchange in JSON that passes."""

        async def watch(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            sent, told, status = bytearray(), bytearray(), 0
            is_json = (b"content-type", b"application/json") in scope["headers"]

            async def receiving() -> Message:
                message = await receive()
                if is_json:
                    sent.extend(message.get("body", b""))
                return message

            async def sending(message: Message) -> None:
                nonlocal status
                status = message.get("status", status)
                told.extend(message.get("body", b""))
                await send(message)

            await app(scope, receiving, sending)
            query = tuple(part.partition("=")[0] for part in scope["query_string"].decode().split("&") if part)
            exchange = Exchange(scope["method"], scope["path"], query, _json(sent), status, _json(told))
            if scope["path"] not in self.failing:
                self.exchanges.append(exchange)

        return watch


def problem(status: int, **told: Any) -> Response:
    """A refusal as the API writes it; `told` says otherwise where a test cares."""
    whole = {"type": "about:blank", "title": "Refused", "status": status, "detail": "", **told}
    return JSONResponse(whole, status, media_type="application/problem+json")


def is_stale(request: Request, item: Json) -> bool:
    """Whether somebody changed the item after the version that the request names."""
    version = f'"{item["version"]}"'
    return request.headers.get("if-match", version) != version


def found(items: list[Json], request: Request, name: str = "id") -> Json | None:
    """The item that the address names."""
    return next((item for item in items if item["id"] == request.path_params[name]), None)


def _json(content: bytes | bytearray) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None
