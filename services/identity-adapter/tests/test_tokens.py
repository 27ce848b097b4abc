"""RunningAdapter tokens: what they say, and that nothing else passes for one."""

import base64
import json
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from joserfc.jws import JWSRegistry

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.signing import SigningKey
from chassis.trust import note_key
from identity_adapter.keys.tokens import TokenMint

pytestmark = pytest.mark.database
ME = "/api/identity/me"
ES256 = JWSRegistry.algorithms["ES256"]


def read(token: str, part: int = 1) -> dict[str, Any]:
    """Read a part of a token without checking it."""
    text = token.split(".")[part]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join([*parts, ""])


async def test_a_token_says_who_acts_for_whom_and_what_they_may_do(adapter, browser):
    await adapter.sign_in(browser)
    token = browser.cookies["cx_token"]
    claims = read(token)
    assert read(token, 0)["alg"] == "ES256"
    assert claims["iss"] == "http://localhost:8080"
    assert claims["aud"] == "connexion"
    assert (claims["sub"], claims["name"], claims["role"], claims["kind"]) == (
        "DWHITLOCK01",
        "Dana Whitlock",
        "AO",
        "person",
    )
    assert claims["org"] == str(adapter.organizations["a"].id)
    assert claims["exp"] - claims["iat"] == 300
    assert claims["auth_time"] <= claims["iat"]
    assert {"document.upload", "requirement.view"} <= set(claims["perms"])
    assert {"pid", "sid", "jti"} <= claims.keys()


async def test_a_staff_token_names_no_organization(adapter, browser):
    await adapter.sign_in(browser, "TANALYST07")
    claims = read(browser.cookies["cx_token"])
    assert claims["kind"] == "staff"
    assert "org" not in claims


async def test_a_token_names_the_ticket_in_hand(adapter):
    key, ticket = adapter.app.state.token_keys.current(), uuid4()
    mint = TokenMint(adapter.app.state.settings)
    about = {"user_id": "SERVICE16", "kind": "staff", "name": "Sol", "permissions": frozenset(), "ticket_id": ticket}
    token, _expires = mint.token(key, **about, at=machine_time.now())
    assert (await adapter.app.state.verifier.verify(token)).ticket_id == ticket


async def test_each_token_has_an_id_of_its_own(adapter, browser):
    await adapter.sign_in(browser)
    first = read(browser.cookies["cx_token"])["jti"]
    await browser.post("/api/identity/renewal")
    assert read(browser.cookies["cx_token"])["jti"] != first


def by_hand(header: dict[str, Any], claims: dict[str, Any], key: ECKey) -> str:
    """Sign a header that no library would write."""
    return signed_text(json.dumps(header), claims, key)


def by_hand_twice(header: dict[str, Any], claims: dict[str, Any], key: ECKey) -> str:
    """Name a key of the attacker's first and ours afterwards."""
    return signed_text(json.dumps(header)[:-1] + f', "kid": "{header["kid"]}"}}', claims, key)


def signed_text(header: str, claims: dict[str, Any], key: ECKey) -> str:
    parts = (base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (header, json.dumps(claims)))
    signed = ".".join(parts)
    signature = ES256.sign(signed.encode(), key)
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def _forged(adapter, token: str) -> dict[str, str]:
    header, claims, current = read(token, 0), read(token), adapter.app.state.token_keys.current()
    foreign = ECKey.generate_key("P-256", {"kid": current.kid})
    public = json.dumps(current.public().key.as_dict(private=False))
    head, body, signature = token.split(".")
    more = base64.urlsafe_b64encode(json.dumps(claims | {"role": "BAO"}).encode()).decode().rstrip("=")

    def signed(**changes: Any) -> str:
        return current.sign(claims | changes, "JWT")

    return {
        "alg none": unsigned({"alg": "none", "kid": current.kid}, claims),
        "alg None": unsigned({"alg": "None", "kid": current.kid}, claims),
        "foreign key under our kid": jwt.encode(header, claims, foreign),
        "foreign key under its own kid": SigningKey.generate().sign(claims, "JWT"),
        "the key brought along": jwt.encode({**header, "jwk": foreign.as_dict(private=False)}, claims, foreign),
        "our public key as a shared secret": jwt.encode(
            {"alg": "HS256", "kid": current.kid}, claims, OctKey.import_key(public)
        ),
        "kid as a path": jwt.encode({**header, "kid": "../../../dev/null"}, claims, foreign),
        "kid as a query": jwt.encode({**header, "kid": "' or 1=1 --"}, claims, foreign),
        "kid as a list": by_hand({**header, "kid": [current.kid]}, claims, foreign),
        "kid as a number": by_hand({**header, "kid": 7}, claims, foreign),
        "kid twice": by_hand_twice(header, claims, foreign),
        "a key to be fetched (jku)": by_hand({**header, "jku": "https://evil.example/jwks"}, claims, foreign),
        "a certificate to be fetched (x5u)": by_hand({**header, "x5u": "https://evil.example/x"}, claims, foreign),
        "no kid": jwt.encode({"alg": "ES256"}, claims, foreign),
        "changed claims": f"{head}.{more}.{signature}",
        "signature cut off": f"{head}.{body}.",
        "another audience": signed(aud="another"),
        "another issuer": signed(iss="http://elsewhere.example"),
        "expired": signed(iat=1_700_000_000, exp=1_700_000_300),
        "no expiry": current.sign({name: value for name, value in claims.items() if name != "exp"}, "JWT"),
        "no subject": current.sign({name: value for name, value in claims.items() if name != "sub"}, "JWT"),
    }


async def test_nothing_else_passes_for_a_token(adapter, browser):
    await adapter.sign_in(browser)
    token = browser.cookies["cx_token"]
    browser.cookies.delete("cx_token")
    assert (await browser.get(ME, headers={"Cookie": f"cx_token={token}"})).status_code == 200
    ours = by_hand(read(token, 0), read(token), adapter.app.state.token_keys.current()._key)
    assert (await browser.get(ME, headers={"Authorization": f"Bearer {ours}"})).status_code == 200
    passed = []
    for what, forged in _forged(adapter, token).items():
        for headers in ({"Cookie": f"cx_token={forged}"}, {"Authorization": f"Bearer {forged}"}):
            answer = await browser.get(ME, headers=headers)
            if (answer.status_code, answer.json()["type"]) != (401, "urn:connexion:problem:not-signed-in"):
                passed.append(what)
    assert passed == []


async def test_a_key_that_is_known_for_receipts_makes_no_tokens(adapter, browser):
    await adapter.sign_in(browser)
    receipts = SigningKey.generate()
    async with adapter.database.writing(Fence.system(), Actor.system("test")) as session:
        await note_key(
            session,
            kid=receipts.kid,
            use="receipt",
            issuer="documents",
            public_jwk=receipts.public().key.as_dict(private=False),
            not_before=machine_time.now(),
            not_after=None,
        )
    await adapter.app.state.verifier.refresh()
    forged = receipts.sign(read(browser.cookies["cx_token"]), "JWT")
    answer = await browser.get(ME, headers={"Authorization": f"Bearer {forged}"})
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:connexion:problem:not-signed-in")


def test_no_token_is_good_for_longer_than_five_minutes_or_its_session(settings):
    at, key = machine_time.now(), SigningKey.generate()
    about = {"user_id": "U", "kind": "person", "name": "N", "permissions": frozenset({"document.view"}), "at": at}
    _, alone = TokenMint(settings).token(key, **about)
    _, long = TokenMint(settings).token(key, **about, until=at + settings.session_lengths.longest)
    _, short = TokenMint(settings).token(key, **about, until=at + (alone - at) / 2)
    assert ((alone - at).total_seconds(), (long - at).total_seconds(), (short - at).total_seconds()) == (300, 300, 150)
