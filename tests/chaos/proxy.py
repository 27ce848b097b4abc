"""A TCP proxy before PostgreSQL that does harm between two statements of one's choice.

A fault is a coroutine function that sees every statement before the server does, and decides: let it pass, delay it,
cut the line before it, or let the server run it and cut the line before the answer, so that the client cannot know.
"""

import asyncio
import enum
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from deploy.local.ports import LOCALHOST
from tests.chaos.wire import GSS_REQUEST, SSL_REQUEST, Message, Statements, begins, is_commit, messages, start_up

READY_FOR_QUERY = b"Z"


class Act(enum.Enum):
    """What becomes of a statement and of its connection."""

    PASS = "pass"
    CUT = "cut"


@dataclass
class Statement:
    """A statement on its way, with those of the same transaction before it."""

    text: str
    earlier: list[str]
    run: Callable[[], Awaitable[None]]
    """Let the server run it now; returns when the server has answered. The answer is kept and the line is cut."""

    @property
    def is_commit(self) -> bool:
        return is_commit(self.text)

    def follows(self, part: str) -> bool:
        """Whether an earlier statement of this transaction contains `part`."""
        return any(part in statement for statement in self.earlier)


Harm = Callable[[Statement], Awaitable[Act]]


async def no_harm(_statement: Statement) -> Act:
    """Let everything pass."""
    return Act.PASS


@dataclass
class FaultProxy:
    """The proxy's address, and the fault in force, which may be changed while it runs."""

    port: int
    harm: Harm = no_harm
    cut: int = 0


@asynccontextmanager
async def fault_proxy(server_port: int) -> AsyncIterator[FaultProxy]:
    """Run a proxy to the PostgreSQL on `server_port` of this machine."""
    proxy = FaultProxy(0)
    talks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        talks.add(talk)
        try:
            await _Conversation(proxy, reader, writer).hold(server_port)
        finally:
            talks.discard(talk)

    listening = await asyncio.start_server(serve, LOCALHOST, 0)
    proxy.port = listening.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listening.close()
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


class _LineCut(Exception):
    """The fault cut this connection."""


@dataclass
class _Conversation:
    """One client's connection and ours to the server on its behalf."""

    proxy: FaultProxy
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    earlier: list[str] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    held_back: bool = False

    async def hold(self, server_port: int) -> None:
        """Carry both directions until either side, or the fault, ends it."""
        with suppress(OSError):  # PostgreSQL may be away: the client's line is closed, as the server's would be
            there, to_server = await asyncio.open_connection(LOCALHOST, server_port)
            try:
                await self._carry(there, to_server)
            finally:
                _reset(to_server)
        _reset(self.writer)

    async def _carry(self, there: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
        try:
            await self._start_up(there, to_server)
        except asyncio.IncompleteReadError:
            return
        ways = [asyncio.create_task(self._forth(to_server)), asyncio.create_task(self._back(there))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _start_up(self, there: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
        while True:
            code, packet = await start_up(self.reader)
            to_server.write(packet)
            if code not in {SSL_REQUEST, GSS_REQUEST}:
                return
            self.writer.write(await there.readexactly(1))

    async def _forth(self, to_server: asyncio.StreamWriter) -> None:
        statements = Statements()
        async for message in messages(self.reader):
            text = statements.run_by(message)
            if text is not None:
                await self._meet_fault(text, message, to_server)
            to_server.write(message.raw)
            await to_server.drain()

    async def _meet_fault(self, text: str, message: Message, to_server: asyncio.StreamWriter) -> None:
        """Let the fault look at a statement. Raises `_LineCut`."""
        if begins(text):
            self.earlier = []

        async def run() -> None:
            self.held_back = True
            to_server.write(message.raw)
            await to_server.drain()
            await self.answered.wait()

        act = await self.proxy.harm(Statement(text, self.earlier, run))
        self.earlier.append(text)
        if act is Act.CUT or self.held_back:
            self.proxy.cut += 1
            raise _LineCut

    async def _back(self, there: asyncio.StreamReader) -> None:
        async for message in messages(there):
            if self.held_back:
                if message.kind == READY_FOR_QUERY:
                    self.answered.set()
                continue
            self.writer.write(message.raw)
            await self.writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(Exception):
        writer.transport.abort()
