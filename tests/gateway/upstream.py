"""A stand-in for the portal and the five edges: it tells what reached it, and misbehaves when asked to."""

import asyncio
import hashlib
import json
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
BEATS = 12
"""So many heartbeats a stand-in of live updates gives, four tenths of a second apart."""
SERVICES = ("bidding", "contracts", "documents", "notices", "identity", "portal")


@dataclass
class Upstream:
    """An ASGI application behind one socket per service, so that a test sees which service a route leads to."""

    jwks: dict[str, Any]
    sockets: dict[str, socket.socket] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        for service in SERVICES:
            # asyncio turns Nagle's algorithm off only for sockets that name TCP; it costs 40 ms an answer.
            listening = socket.socket(proto=socket.IPPROTO_TCP)
            listening.bind(("127.0.0.1", 0))
            self.sockets[service] = listening

    def port(self, service: str) -> int:
        """Where the stand-in of this service listens."""
        return int(self.sockets[service].getsockname()[1])

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer with what arrived; the last part of a path may ask for something else."""
        path: str = scope["path"]
        self.asked[path] += 1
        if path == "/api/identity/.well-known/jwks.json":
            await _answer(send, 200, self.jwks)
        elif path.endswith("/never"):
            await asyncio.Event().wait()
        elif path.endswith("/live"):
            await _trickle(send, BEATS)
        elif path.endswith("/unavailable"):
            await _answer(send, 503, {"detail": "this service says so itself"})
        elif path.endswith("/refused"):
            await _answer(send, 409, {"detail": "refused before the body was read"})
        elif path.endswith("/own-headers"):
            await _answer(
                send, 200, {}, {"content-security-policy": "default-src 'self'", "cache-control": "max-age=60"}
            )
        else:
            await _answer(send, 200, await self._told(scope, receive), {"x-powered-by": "stand-in"})

    async def _told(self, scope: Message, receive: Callable[[], Awaitable[Message]]) -> Message:
        digest, size = hashlib.sha256(), 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                break
            body = message.get("body", b"")
            digest.update(body)
            size += len(body)
            if not message.get("more_body"):
                break
        ports = {self.port(service): service for service in SERVICES}
        return {
            "service": ports[scope["server"][1]],
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[name.decode(), value.decode()] for name, value in scope["headers"]],
            "size": size,
            "sha256": digest.hexdigest(),
        }


async def _answer(
    send: Callable[[Message], Awaitable[None]], status: int, body: Message, headers: dict[str, str] | None = None
) -> None:
    told = {"content-type": "application/json", **(headers or {})}
    pairs = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


async def _trickle(send: Callable[[Message], Awaitable[None]], beats: int) -> None:
    """Answer with a heartbeat now and then."""
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for _ in range(beats):
        await asyncio.sleep(0.4)
        await send({"type": "http.response.body", "body": b": ping\n\n", "more_body": True})
    await send({"type": "http.response.body", "body": b""})
