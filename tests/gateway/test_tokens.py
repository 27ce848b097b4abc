"""Who may pass: a valid token of ours, from the header or the cookie, and nothing else."""

import re
import time

import httpx
import pytest
from joserfc.jwk import ECKey

from tests.gateway import keys
from tests.gateway.running import Gateway

MINE = "/api/documents/files"


async def test_a_bearer_token_passes_and_reaches_the_service(browser: httpx.AsyncClient, key: ECKey):
    token = keys.token(key)
    told = (await browser.get(MINE, headers={"authorization": f"Bearer {token}"})).json()
    assert told["service"] == "documents"
    assert ["authorization", f"Bearer {token}"] in told["headers"]


async def test_the_token_cookie_passes_and_reaches_the_service(browser: httpx.AsyncClient, key: ECKey):
    cookie = f"cx_session=opaque; cx_token={keys.token(key)}"
    told = (await browser.get(MINE, headers={"cookie": cookie})).json()
    assert ["cookie", cookie] in told["headers"]


REFUSED = {
    "absent": lambda _: None,
    "not a token": lambda _: "not-a-token",
    "unsigned": lambda _: keys.unsigned("none"),
    "unsigned, written otherwise": lambda _: keys.unsigned("NonE"),
    "signed by another key under our key's name": lambda _: keys.token(keys.new_key()),
    "signed by a key of an unknown name": lambda _: keys.token(keys.new_key("other"), kid="other"),
    "signed by another key without a name": lambda _: keys.token(keys.new_key(), kid=None),
    "signed with the public key as a secret": keys.signed_with_the_public_key,
    "claims changed under the signature": lambda key: keys.altered(keys.token(key), sub="ZZ999999"),
    "signature cut off": lambda key: keys.token(key).rsplit(".", 1)[0] + ".",
    "for another audience": lambda key: keys.token(key, aud="somebody-else"),
    "for no audience": lambda key: keys.token(key, aud=None),
    "from another issuer": lambda key: keys.token(key, iss="https://somebody.else"),
    "from no issuer": lambda key: keys.token(key, iss=None),
    "expired": lambda key: keys.token(key, exp=int(time.time()) - 10),
    "without an end": lambda key: keys.token(key, exp=None),
    "not valid yet": lambda key: keys.token(key, nbf=int(time.time()) + 60),
}


@pytest.mark.parametrize("carried", ["header", "cookie"])
@pytest.mark.parametrize("kind", REFUSED)
async def test_every_other_token_is_refused(browser: httpx.AsyncClient, key: ECKey, kind: str, carried: str):
    forged = REFUSED[kind](key)
    headers = {}
    if forged is not None:
        headers = {"authorization": f"Bearer {forged}"} if carried == "header" else {"cookie": f"cx_token={forged}"}
    answer = await browser.get(MINE, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:connexion:problem:not-signed-in"


async def test_a_token_in_the_address_is_not_read(browser: httpx.AsyncClient, key: ECKey):
    answer = await browser.get(MINE, params={"access_token": keys.token(key)})
    assert answer.status_code == 401


async def test_two_authorization_headers_are_refused(browser: httpx.AsyncClient, key: ECKey):
    pair = [("authorization", f"Bearer {keys.token(key)}"), ("authorization", f"Bearer {keys.token(key, sid='b')}")]
    assert (await browser.get(MINE, headers=pair)).status_code in {400, 401}


async def test_two_token_cookies_are_refused(browser: httpx.AsyncClient, key: ECKey):
    cookie = f"cx_token={keys.token(key)}; cx_token={keys.token(key, sub='ZZ999999')}"
    assert (await browser.get(MINE, headers={"cookie": cookie})).status_code == 400


async def test_the_portals_listener_checks_tokens_as_well(portal: httpx.AsyncClient, bearer: dict[str, str]):
    assert (await portal.get(MINE)).status_code == 401
    assert (await portal.get(MINE, headers=bearer)).status_code == 200


async def test_an_expired_cookie_does_not_close_a_public_page(browser: httpx.AsyncClient, key: ECKey):
    expired = {"cookie": f"cx_token={keys.token(key, exp=int(time.time()) - 10)}"}
    assert (await browser.get("/", headers=expired)).json()["service"] == "portal"
    assert (await browser.get("/api/bidding/rounds", headers=expired)).status_code == 200


async def test_the_keys_are_fetched_without_a_request_waiting(gateway: Gateway):
    async with httpx.AsyncClient() as client:
        stats = (await client.get(f"{gateway.admin}/stats")).text
    assert re.search(r"jwks_fetch_success: [1-9]", stats)
