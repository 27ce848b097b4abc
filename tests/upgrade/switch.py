"""A TCP switch between the gateway and the releases of one process: each new connection goes to the next in turn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from deploy.local.ports import LOCALHOST

CHUNK = 64 * 1024


@dataclass
class Switch:
    """Where the gateway connects to (`port`), and the ports of those who answer; both may change while it runs."""

    port: int = 0
    behind: list[int] = field(default_factory=list)
    turn: int = 0

    def next(self) -> int:
        """Whose turn it is."""
        self.turn += 1
        return self.behind[self.turn % len(self.behind)]


@asynccontextmanager
async def switch(behind: int) -> AsyncIterator[Switch]:
    """Run a switch in front of one port of this machine."""
    made, talks = Switch(behind=[behind]), set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        talks.add(talk)
        try:
            await _talk(made.next(), reader, writer)
        except asyncio.CancelledError:
            pass  # the switch is taken away; a task that ends so would be told as an error
        finally:
            talks.discard(talk)
            writer.close()

    listening = await asyncio.start_server(serve, LOCALHOST, 0)
    made.port = listening.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        listening.close()
        for talk in list(talks):
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


async def _talk(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes both ways until either side ends; what the other had to say is carried to its end."""
    try:
        answers, asks = await asyncio.open_connection(LOCALHOST, port)
    except OSError:
        return
    with suppress(OSError):
        await asyncio.gather(_carry(reader, asks), _carry(answers, writer))
    asks.close()


async def _carry(source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
    try:
        while chunk := await source.read(CHUNK):
            to.write(chunk)
            await to.drain()
    finally:
        with suppress(OSError):
            to.write_eof()
