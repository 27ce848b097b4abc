"""The identity adapter's keys: changed, late, or out of reach."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import ECKey

from deploy.local.ports import free_port
from tests.gateway import keys
from tests.gateway.conftest import fresh_ports
from tests.gateway.running import Gateway, running
from tests.infrastructure.waiting import eventually

MINE = "/api/documents/files"


@dataclass
class Identity:
    """An identity adapter that only publishes keys."""

    port: int = field(default_factory=free_port)
    keys: dict[str, Any] = field(default_factory=dict)
    asked: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._publish, "127.0.0.1", self.port)

    def stop(self) -> None:
        """Stop listening."""
        assert self._server
        self._server.close()

    async def _publish(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1
        body = json.dumps(self.keys).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        writer.close()


@pytest.fixture
def identity() -> Identity:
    return Identity()


@pytest.fixture
async def started(settings: dict[str, str], identity: Identity, folder: Path) -> AsyncIterator[Gateway]:
    changed = settings | fresh_ports() | {"GATEWAY_IDENTITY_PORT": str(identity.port)}
    async with running(changed, folder, with_keys=False) as gateway:
        yield gateway


async def becomes(gateway: Gateway, signing: ECKey, status: int) -> None:
    """Ask with tokens of this key, a fresh one each time, until the status comes."""
    fresh = itertools.count()

    async with httpx.AsyncClient(base_url=gateway.public) as client:

        async def answered() -> bool:
            token = keys.token(signing, kid=signing.kid, jti=f"{signing.kid}-{next(fresh)}")
            answer = await client.get(MINE, headers={"authorization": f"Bearer {token}"})
            return answer.status_code == status

        await eventually(answered, within=8, what=f"status {status}")


async def test_a_gateway_that_starts_first_refuses_until_there_are_keys(started: Gateway, identity: Identity):
    first = keys.new_key("first")
    identity.keys = keys.published(first)
    await becomes(started, first, 401)
    await identity.start()
    await becomes(started, first, 200)
    identity.stop()


async def test_a_new_key_is_believed_and_a_withdrawn_one_refused_within_seconds(started: Gateway, identity: Identity):
    first, second = keys.new_key("first"), keys.new_key("second")
    identity.keys = keys.published(first)
    await identity.start()
    await becomes(started, first, 200)
    identity.keys = keys.published(second)
    await becomes(started, second, 200)
    await becomes(started, first, 401)
    identity.stop()


async def test_who_is_signed_in_goes_on_while_identity_is_out_of_reach(started: Gateway, identity: Identity):
    first = keys.new_key("first")
    identity.keys = keys.published(first)
    await identity.start()
    await becomes(started, first, 200)
    identity.stop()
    async with httpx.AsyncClient(base_url=started.admin) as admin:
        before = await failures(admin)

        async def tried_in_vain() -> bool:
            return await failures(admin) > before + 1

        await eventually(tried_in_vain)
    await becomes(started, first, 200)


async def failures(admin: httpx.AsyncClient) -> int:
    """How often the keys could not be fetched."""
    stats = (await admin.get("/stats", params={"filter": "public.*jwks_fetch"})).text
    counted = {line.split(": ")[0].rsplit(".", 1)[-1]: int(line.split(": ")[1]) for line in stats.splitlines()}
    return counted["jwks_fetch_failed"]
