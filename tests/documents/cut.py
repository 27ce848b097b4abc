"""A sender whose line goes down in the middle of its bytes."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

from tests.documents.house import BYTES, Person


async def patch_cut_after(person: Person, location: str, offset: int, content: bytes, sent: int) -> None:
    """Send the head of a PATCH for all of `content`, then `sent` bytes of it, and hang up."""
    server = urlsplit(str(person.client.base_url))
    headers = BYTES | {
        "Host": server.netloc,
        "Authorization": person.client.headers["authorization"],
        "Upload-Offset": str(offset),
        "Content-Length": str(len(content)),
    }
    head = f"PATCH {location} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    _, writer = await asyncio.open_connection(server.hostname, server.port)
    writer.write(head.encode() + b"\r\n" + content[:sent])
    with suppress(ConnectionError):
        await writer.drain()
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()
