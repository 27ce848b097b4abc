"""PostgreSQL's wire protocol, version 3, as far as a fault proxy must understand it."""

import asyncio
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass

SSL_REQUEST = 80877103
GSS_REQUEST = 80877104
COMMIT = "COMMIT"


@dataclass(frozen=True, slots=True)
class Message:
    """One message after the start-up: its kind (one letter) and the whole of it, kind and length included."""

    kind: bytes
    raw: bytes

    @property
    def body(self) -> bytes:
        return self.raw[5:]


async def messages(reader: asyncio.StreamReader) -> AsyncIterator[Message]:
    """Yield what comes until the line is down."""
    while True:
        try:
            head = await reader.readexactly(5)
            body = await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        yield Message(head[:1], head + body)


async def start_up(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read one of the first packets, which have no kind; return its code and the whole of it."""
    head = await reader.readexactly(8)
    length, code = struct.unpack("!ii", head)
    return code, head + await reader.readexactly(length - 8)


class Statements:
    """The statements a client runs on one connection, by whatever way it runs them."""

    def __init__(self) -> None:
        self._prepared: dict[bytes, str] = {}

    def run_by(self, message: Message) -> str | None:
        """Return the text that a message makes the server run; None for every other message."""
        if message.kind == b"Q":
            return _text(message.body)
        if message.kind == b"P":
            name, _, rest = message.body.partition(b"\0")
            self._prepared[name] = _text(rest)
        if message.kind == b"B":
            _portal, name = message.body.split(b"\0", 2)[:2]
            return self._prepared.get(name, "")
        return None


def is_commit(statement: str) -> bool:
    return statement.strip(" ;\n").upper() == COMMIT


def begins(statement: str) -> bool:
    return statement.lstrip()[:5].upper() == "BEGIN"


def _text(raw: bytes) -> str:
    return raw.partition(b"\0")[0].decode(errors="replace")
