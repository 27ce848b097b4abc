"""How long the gateway waits: for honest slow senders long, for those who only hold a connection not at all."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.gateway.conftest import fresh_ports
from tests.gateway.running import Gateway, running
from tests.gateway.upstream import BEATS, Upstream

pytestmark = [pytest.mark.slow, pytest.mark.alone]


@pytest.fixture(scope="module")
async def hasty(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """The gateway with a second of patience."""
    second = dict.fromkeys(("GATEWAY_HEADERS_WITHIN", "GATEWAY_SILENCE_UP_TO", "GATEWAY_ANSWER_WITHIN"), "1s")
    second |= {"GATEWAY_WHOLE_WITHIN": "3s"}
    async with running(settings | fresh_ports() | second, tmp_path_factory.mktemp("hasty")) as started:
        yield started


async def opened(gateway: Gateway) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(gateway.settings["GATEWAY_PUBLIC_PORT"]))


async def test_headers_that_do_not_come_to_an_end_are_cut_off(hasty: Gateway):
    reader, writer = await opened(hasty)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
    async with asyncio.timeout(10):
        answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 408")
    writer.close()


async def test_a_body_that_does_not_come_to_an_end_never_reaches_a_service(hasty: Gateway, upstream: Upstream):
    upstream.asked.clear()
    reader, writer = await opened(hasty)
    writer.write(b"POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
    async with asyncio.timeout(10):
        answer = await reader.readuntil(b"too-slow")
    assert answer.startswith(b"HTTP/1.1 408")
    assert upstream.asked["/held"] == 0
    writer.close()


async def test_an_upload_slower_than_every_limit_passes_while_bytes_come(hasty: Gateway, bearer: dict[str, str]):
    async def trickle():
        for _ in range(12):
            yield b"a" * 1000
            await asyncio.sleep(0.4)

    async with httpx.AsyncClient(base_url=hasty.public, timeout=30) as client:
        told = (await client.patch("/api/documents/uploads/0199", headers=bearer, content=trickle())).json()
    assert told["size"] == 12000


async def test_live_updates_stay_open_while_their_heart_beats_and_no_other_answer_does(
    hasty: Gateway, bearer: dict[str, str]
):
    async with httpx.AsyncClient(base_url=hasty.public, timeout=30, headers=bearer) as client:
        live = await client.get("/api/notices/live")
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/api/notices/another/live")
    assert live.text.count(": ping") == BEATS


async def test_nothing_but_a_document_may_trickle_for_ever(hasty: Gateway, upstream: Upstream):
    upstream.asked.clear()
    reader, writer = await opened(hasty)
    writer.write(b"POST /trickled HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n")

    async def trickle():
        while True:
            writer.write(b"a")
            await asyncio.sleep(0.3)

    trickling = asyncio.create_task(trickle())
    async with asyncio.timeout(10):
        answer = await reader.readuntil(b"too-slow")
    trickling.cancel()
    assert answer.startswith(b"HTTP/1.1 408")
    assert upstream.asked["/trickled"] == 0
    writer.close()


async def test_an_upload_that_falls_silent_is_ended(hasty: Gateway, bearer: dict[str, str]):
    reader, writer = await opened(hasty)
    lines = ["PATCH /api/documents/uploads/0199 HTTP/1.1", "Host: a", "Content-Length: 1000"]
    writer.write("\r\n".join([*lines, f"Authorization: {bearer['authorization']}", "", "abc"]).encode())
    async with asyncio.timeout(10):
        answer = await reader.readuntil(b"too-slow")
    assert answer.startswith(b"HTTP/1.1 408")
    writer.close()


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_service_that_does_not_answer_is_given_up(
    hasty: Gateway, upstream: Upstream, bearer: dict[str, str], method: str
):
    upstream.asked.clear()
    async with httpx.AsyncClient(base_url=hasty.public, timeout=30) as client:
        answer = await client.request(method, "/api/contracts/never", headers=bearer)
    assert answer.status_code == 504
    assert answer.json()["type"] == "urn:connexion:problem:no-answer-in-time"
    assert upstream.asked["/api/contracts/never"] == 1
