"""How often one caller may ask: counted by session, by address only for those who have none."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from joserfc.jwk import ECKey

from tests.gateway import keys
from tests.gateway.conftest import fresh_ports
from tests.gateway.running import Gateway, running

pytestmark = pytest.mark.alone

MINE = "/api/documents/files"
RUSH = 40


@pytest.fixture(scope="module")
async def strict(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """The gateway with room for three requests at once, and one more each second."""
    little = {"GATEWAY_SESSION_BURST": "3", "GATEWAY_SESSION_PER_SECOND": "1"}
    little |= {"GATEWAY_ADDRESS_BURST": "3", "GATEWAY_ADDRESS_PER_SECOND": "1"}
    async with running(settings | fresh_ports() | little, tmp_path_factory.mktemp("strict")) as started:
        yield started


async def rush(address: str, path: str, headers: dict[str, str]) -> Counter[int]:
    """The statuses of many requests sent at once."""
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        answers = await asyncio.gather(*(client.get(path, headers=headers) for _ in range(RUSH)))
    return Counter(answer.status_code for answer in answers)


def bearer(key: ECKey, **changes: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {keys.token(key, **changes)}"}


async def test_one_session_that_rushes_does_not_stop_another(strict: Gateway, key: ECKey):
    rushed = await rush(strict.public, MINE, bearer(key, sid="first"))
    assert rushed[200] >= 3
    assert rushed[429] > 0
    async with httpx.AsyncClient(base_url=strict.public) as client:
        assert (await client.get(MINE, headers=bearer(key, sid="patient"))).status_code == 200


async def test_a_fresh_token_or_a_cookie_of_the_same_session_gives_no_more_room(strict: Gateway, key: ECKey):
    await rush(strict.public, MINE, bearer(key, sid="rushing"))
    token = keys.token(key, sid="rushing", jti="renewed")
    assert (await rush(strict.public, MINE, {"cookie": f"cx_token={token}"}))[429] > 0
    assert (await rush(strict.public, "/", {"cookie": f"cx_token={token}"}))[429] > 0


async def test_machines_without_a_session_are_counted_one_by_one(strict: Gateway, key: ECKey):
    assert (await rush(strict.public, MINE, bearer(key, sid=None, sub="machine-one")))[429] > 0
    async with httpx.AsyncClient(base_url=strict.public) as client:
        assert (await client.get(MINE, headers=bearer(key, sid=None, sub="machine-two"))).status_code == 200


async def test_without_a_valid_token_the_address_counts(strict: Gateway, key: ECKey):
    forged = {"authorization": f"Bearer {keys.token(keys.new_key(), sid='invented')}"}
    assert (await rush(strict.public, "/api/bidding/rounds", forged))[429] > 0
    assert (await rush(strict.public, "/api/bidding/rounds", {}))[429] > 0
    async with httpx.AsyncClient(base_url=strict.public) as client:
        assert (await client.get(MINE, headers=bearer(key, sid="patient"))).status_code == 200


async def test_behind_the_portal_the_forwarded_address_counts(strict: Gateway):
    rushed = await rush(strict.internal, "/api/bidding/rounds", {"x-forwarded-for": "203.0.113.1"})
    assert rushed[429] > 0
    async with httpx.AsyncClient(base_url=strict.internal) as client:
        neighbour = await client.get("/api/bidding/rounds", headers={"x-forwarded-for": "203.0.113.2"})
    assert neighbour.status_code == 200


async def test_outside_a_made_up_address_does_not_help(strict: Gateway):
    async with httpx.AsyncClient(base_url=strict.public, timeout=30) as client:
        answers = await asyncio.gather(
            *(client.get("/api/bidding/rounds", headers={"x-forwarded-for": f"203.0.113.{n}"}) for n in range(RUSH))
        )
    assert 429 in {answer.status_code for answer in answers}


async def test_style_sheets_and_scripts_are_not_counted(strict: Gateway):
    assert await rush(strict.public, "/static/abc/app.css", {}) == {200: RUSH}


async def test_who_is_told_to_wait_is_told_how_long(strict: Gateway, key: ECKey):
    headers = bearer(key, sid="rushing")
    async with httpx.AsyncClient(base_url=strict.public, timeout=30) as client:
        answers = await asyncio.gather(*(client.get(MINE, headers=headers) for _ in range(RUSH)))
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["type"] == "urn:connexion:problem:too-many-requests"
