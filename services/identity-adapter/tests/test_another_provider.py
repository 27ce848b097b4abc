"""Signing in with another OpenID Connect provider than the stand-in: only settings differ."""

import asyncio
import os
from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from chassis.edge import create_edge
from deploy.local.trouble import Trouble
from identity_adapter.app import SERVICE
from tests.infrastructure.keycloak import ASSURED, CLIENT_ID, Keycloak, keycloak

pytestmark = [
    pytest.mark.keycloak,
    pytest.mark.skipif("CONNEXION_TEST_KEYCLOAK" not in os.environ, reason="make test-keycloak asks for it"),
    pytest.mark.timeout(900),
]
SITE = "http://localhost:8080"
ME = "/api/identity/me"


@pytest.fixture(scope="module")
def other() -> Iterator[Keycloak]:
    try:
        with keycloak(f"{SITE}/api/identity/callback", f"{SITE}/") as running:
            yield running
    except Trouble as trouble:
        pytest.skip(str(trouble))


@pytest.fixture
def settings_for(settings, other):
    """The settings of the stand-in, with what this provider needs instead."""
    changed = {
        "identity_provider": other.issuer,
        "client_id": CLIENT_ID,
        "client_secret": SecretStr(other.client_secret),
        "user_id_claim": "preferred_username",
        "required_acr": ASSURED,
    }
    return type(settings)(**settings.model_dump() | changed)


async def test_a_person_signs_in_signs_in_again_and_signs_out(other, settings_for, organizations):
    app = create_edge(SERVICE, settings_for)
    transport = httpx.ASGITransport(app)
    at_provider = other.browser()
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=SITE) as browser:

        async def round_trip(**asked: str) -> httpx.Response:
            away = await browser.get("/api/identity/sign-in", params=asked)
            back = await asyncio.to_thread(other.sign_in, at_provider, away.headers["location"])
            assert back.startswith(f"{SITE}/api/identity/callback?")
            arrived = await browser.get(back)
            assert (await browser.get(back)).status_code == 422  # a code comes back once
            return arrived

        arrived = await round_trip(return_to="/documents")
        assert (arrived.status_code, arrived.headers["location"]) == (302, "/documents")
        first = (await browser.get(ME)).json()
        assert (first["user_id"], first["name"], first["role"]) == ("DWHITLOCK01", "Dana Whitlock-Sample", "AO")
        await round_trip(return_to="/offers", again="true")
        second = (await browser.get(ME)).json()
        assert second["signed_in_at"] >= first["signed_in_at"]
        assert second["organization"] == first["organization"]
        left = await browser.post("/api/identity/sign-out")
        assert left.headers["location"].startswith(f"{other.issuer}/")
        page = await asyncio.to_thread(at_provider.get, left.headers["location"])
        assert page.headers["location"] == f"{SITE}/"
        assert (await browser.post("/api/identity/renewal")).status_code == 401


async def test_an_assurance_that_the_provider_does_not_state_is_insisted_on(other, settings_for, organizations):
    app = create_edge(SERVICE, settings_for.model_copy(update={"required_acr": "urn:example:more-than-assured"}))
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=SITE) as browser:
        away = await browser.get("/api/identity/sign-in")
        back = await asyncio.to_thread(other.sign_in, other.browser(), away.headers["location"])
        refused = await browser.get(back)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:connexion:problem:sign-in-refused")
    assert "cx_session" not in browser.cookies
