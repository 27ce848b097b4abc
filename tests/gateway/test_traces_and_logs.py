"""Every request has one trace, with or without a collector, and neither log nor trace holds a secret or a person."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey

from tests.gateway import keys
from tests.gateway.conftest import fresh_ports
from tests.gateway.running import Gateway, running
from tests.infrastructure.waiting import eventually

GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
EMPTY_SETTINGS_FRAME = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0])


async def traceparent(client: httpx.AsyncClient, headers: dict[str, str]) -> list[str]:
    told = (await client.get("/api/bidding/rounds", headers=headers)).json()
    found = re.fullmatch(r"00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])", dict(told["headers"])["traceparent"])
    assert found
    return list(found.groups())


async def test_a_trace_begins_at_the_gateway(browser: httpx.AsyncClient):
    first, second = await traceparent(browser, {}), await traceparent(browser, {})
    assert first[2] == second[2] == "01"
    assert first[0] != second[0]


async def test_a_trace_begun_in_the_browser_goes_on(browser: httpx.AsyncClient, portal: httpx.AsyncClient):
    for client in (browser, portal):
        trace, parent, sampled = await traceparent(client, {"traceparent": GIVEN})
        assert trace == "0af7651916cd43dd8448eb211c80319c"
        assert parent != "b7ad6b7169203331"
        assert sampled == "01"


MEANINGLESS = [
    "x",
    "00-1-1-01",
    f"00-{'a' * 32}-{'0' * 16}-01",
    f"00-{'0' * 32}-b7ad6b7169203331-01",
    f"{GIVEN}'; drop",
    f"{GIVEN},{GIVEN}",
]


@pytest.mark.parametrize("junk", MEANINGLESS)
async def test_a_meaningless_trace_ends_at_the_gateway(browser: httpx.AsyncClient, junk: str):
    told = (await browser.get("/api/bidding/rounds", headers={"traceparent": junk})).json()
    assert dict(told["headers"]).get("traceparent") != junk


async def test_the_access_log_names_the_trace_and_no_secret(gateway: Gateway, browser: httpx.AsyncClient, key: ECKey):
    token = keys.token(key, sub="AB999999", sid="session-in-the-log")
    secrets = {"cookie": f"cx_session=opaque-secret; cx_token={token}", "user-agent": "agent-of-a-person"}
    told = (await browser.get("/api/documents/files?code=code-secret&state=s", headers=secrets)).json()
    await browser.get(
        "/api/identity/callback?code=code-secret", headers=secrets | {"referer": "http://a/?q=code-secret"}
    )
    trace = dict(told["headers"])["traceparent"].split("-")[1]
    [line] = await eventually(lambda: [line for line in gateway.access_lines() if line["trace_id"] == trace])
    assert (line["method"], line["path"], line["status"]) == ("GET", "/api/documents/files", 200)
    assert (line["listener"], line["service"]) == ("public", "documents")
    assert line["reference"] == dict(told["headers"])["x-request-id"]
    written = gateway.log.read_text()
    for secret in ("code-secret", "opaque-secret", token, "AB999999", "session-in-the-log", "agent-of-a-person"):
        assert secret not in written


class Collector:
    """Takes what an OTLP client sends over HTTP/2 and keeps the bytes; span fields stand in them in plain text."""

    def __init__(self) -> None:
        self.taken = bytearray()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read until the client closes."""
        writer.write(EMPTY_SETTINGS_FRAME)
        while chunk := await reader.read(65536):
            self.taken += chunk


@pytest.fixture
async def collected(settings: dict[str, str], folder: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Collector]]:
    collector = Collector()
    async with await asyncio.start_server(collector.take, "127.0.0.1", 0) as server:
        port = {"GATEWAY_TELEMETRY_PORT": str(server.sockets[0].getsockname()[1])}
        async with (
            running(settings | fresh_ports() | port, folder) as gateway,
            httpx.AsyncClient(base_url=gateway.public) as client,
        ):
            yield client, collector


async def test_spans_name_the_route_and_no_secret(collected: tuple[httpx.AsyncClient, Collector], key: ECKey):
    client, collector = collected
    token = keys.token(key, sub="AB999999")
    secrets = {"cookie": f"cx_session=opaque-secret; cx_token={token}", "user-agent": "agent-of-a-person"}
    await client.get("/api/identity/callback?code=code-secret&state=s", headers=secrets)
    await eventually(lambda: b"GET identity" in collector.taken)
    assert b"/api/identity/callback" in collector.taken
    for secret in (b"code-secret", b"opaque-secret", token.encode(), b"AB999999", b"agent-of-a-person"):
        assert secret not in collector.taken


async def test_a_missing_collector_is_not_noticed(gateway: Gateway, browser: httpx.AsyncClient):
    """The gateway of all tests has none; by now it has tried to reach it."""
    await browser.get("/")
    async with httpx.AsyncClient(base_url=gateway.admin) as admin:

        async def tried() -> bool:
            name = "cluster.telemetry.upstream_cx_connect_fail"
            return not (await admin.get("/stats", params={"filter": f"^{name}$"})).text.endswith(": 0\n")

        await eventually(tried, within=20)
    assert [line for line in gateway.complaints() if "[tracing]" in line or "OTLP" in line] == []
