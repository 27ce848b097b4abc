"""The switch of the upgrade test gives each release its share, and none to one that is on its way out."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

from deploy.local.ports import LOCALHOST
from tests.upgrade.switch import switch


@asynccontextmanager
async def answering(name: bytes):
    """A server that says its name and then what it was told."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(name + await reader.read())
        writer.close()

    server = await asyncio.start_server(serve, LOCALHOST, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def asked(port: int, what: bytes = b"") -> bytes:
    reader, writer = await asyncio.open_connection(LOCALHOST, port)
    writer.write(what)
    writer.write_eof()
    told = await reader.read()
    writer.close()
    return told


async def test_two_releases_take_turns_and_one_that_leaves_gets_no_more():
    async with AsyncExitStack() as stack:
        old = await stack.enter_async_context(answering(b"old"))
        new = await stack.enter_async_context(answering(b"new"))
        made = await stack.enter_async_context(switch(old))
        assert await asked(made.port, b" one") == b"old one"
        made.behind = [old, new]
        assert {await asked(made.port) for _ in range(4)} == {b"old", b"new"}
        made.behind = [new]
        assert {await asked(made.port) for _ in range(4)} == {b"new"}


async def test_a_long_answer_arrives_whole():
    async with answering(b"") as port, switch(port) as made:
        told = bytes(range(256)) * 8192
        assert await asked(made.port, told) == told
