"""The body of a request as it arrives: chunks, silence, or the line going down."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

TICK = 1.0
PATIENCE = 30.0
"""Seconds of silence after which the line counts as down."""


class LineDown(Exception):
    """The sender is gone, or has said nothing for too long. What arrived before is kept."""


async def body_of(receive: Receive) -> AsyncIterator[bytes]:
    """Give the chunks of an ASGI request body as they come; an empty one for each second of silence.

    Raises `LineDown`.
    """
    silence = 0.0
    while True:
        try:
            async with asyncio.timeout(TICK):
                message = await receive()
        except TimeoutError:
            silence += TICK
            if silence >= PATIENCE:
                raise LineDown from None
            yield b""
            continue
        if message["type"] == "http.disconnect":
            raise LineDown
        silence = 0.0
        if chunk := message.get("body", b""):
            yield chunk
        if not message.get("more_body", False):
            return
