"""The relying party against the real stand-in, and how it authenticates itself to a provider."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from chassis import machine_time
from chassis.edge import create_edge
from deploy.local.trouble import Trouble
from identity_adapter.app import SERVICE
from identity_adapter.sign_in.provider import IdentityProvider
from tests.infrastructure.identity_provider import IdentityProvider as StandIn
from tests.infrastructure.identity_provider import identity_provider

pytestmark = pytest.mark.database
SITE = "http://localhost:8080"


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    try:
        with identity_provider(f"{SITE}/api/identity/callback", f"{SITE}/") as running:
            yield running
    except Trouble as trouble:
        pytest.skip(str(trouble))


async def test_a_person_signs_in_and_out_with_the_real_stand_in(stand_in, settings, organizations):
    theirs = {"identity_provider": stand_in.issuer, "client_secret": stand_in.client_secret}
    settings = type(settings)(**settings.model_dump() | theirs)
    app = create_edge(SERVICE, settings)
    transport = httpx.ASGITransport(app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=SITE) as browser:
        away = await browser.get("/api/identity/sign-in", params={"return_to": "/documents"})
        with httpx.Client() as at_provider:
            where = away.headers["location"]
            back = await asyncio.to_thread(stand_in.sign_in, at_provider, where, stand_in.people[0])
            arrived = await browser.get(back)
            assert (arrived.status_code, arrived.headers["location"]) == (302, "/documents")
            assert (await browser.get("/api/identity/me")).json()["user_id"] == stand_in.people[0]["user_id"]
            assert (await browser.get(back)).status_code == 422
            await _sign_in_again(stand_in, browser, at_provider)
            left = await browser.post("/api/identity/sign-out")
            page = await asyncio.to_thread(at_provider.get, left.headers["location"])
            assert page.status_code == 200
            assert "sign out of the identity provider too" in page.text
        assert (await browser.post("/api/identity/renewal")).status_code == 401


async def _sign_in_again(stand_in: StandIn, browser: httpx.AsyncClient, at_provider: httpx.Client) -> None:
    """The person has a session at the provider, and has to type the password once more."""
    before = (await browser.get("/api/identity/me")).json()["signed_in_at"]
    away = (await browser.get("/api/identity/sign-in", params={"again": "true"})).headers["location"]
    assert "/interaction/" in (await asyncio.to_thread(at_provider.get, away)).headers["location"]
    back = await asyncio.to_thread(stand_in.sign_in, at_provider, away, stand_in.people[0])
    assert (await browser.get(back)).status_code == 302
    assert (await browser.get("/api/identity/me")).json()["signed_in_at"] >= before


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt"])
async def test_the_client_authenticates_as_its_settings_say(adapter, tmp_path, method):
    key = RSAKey.generate_key(2048)
    (tmp_path / "client.pem").write_bytes(key.as_pem(private=True))
    changes = {"client_authentication": method, "client_key_file": tmp_path / "client.pem", "client_key_id": "k"}
    settings = adapter.settings.model_copy(update=changes)
    provider = IdentityProvider(settings, httpx.ASGITransport(adapter.provider.app()))
    verifier, nonce = "v" * 64, "n"
    there = await provider.authorization_url(state="s", nonce=nonce, code_verifier=verifier)
    code = httpx.URL(adapter.provider.authorize(there)).params["code"]
    since = machine_time.now()
    vouched = await provider.redeem(code, nonce=nonce, code_verifier=verifier, since=since)
    await provider.close()
    (asked,) = adapter.provider.redeemed
    assert vouched.user_id == "DWHITLOCK01"
    assert asked.get("authorization", "").startswith("Basic ") == (method == "client_secret_basic")
    assert ("client_secret" in asked) == (method == "client_secret_post")
    if method == "private_key_jwt":
        decoded = jwt.decode(asked["client_assertion"], key, algorithms=["RS256"])
        assertion = decoded.claims
        assert decoded.header["kid"] == "k"
        assert assertion["exp"] - assertion["iat"] == 60
        assert (assertion["iss"], assertion["sub"]) == ("connexion", "connexion")
        assert assertion["aud"] == "http://provider.example/token"
