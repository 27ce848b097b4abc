"""The identity provider stand-in is a real OpenID Connect provider, and a strict one."""

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from typing import cast
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.infrastructure.identity_provider import IdentityProvider, identity_provider

CALLBACK = "http://localhost:1/api/identity/callback"
TWO_FACTORS = "urn:okta:loa:2fa:any"


@pytest.fixture(scope="module")
def idp() -> Iterator[IdentityProvider]:
    with identity_provider(CALLBACK) as running:
        yield running


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    with httpx.Client() as client:
        yield client


def asked(idp: IdentityProvider, verifier: str, **changes: str) -> str:
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    parameters = {
        "client_id": idp.client_id,
        "redirect_uri": CALLBACK,
        "response_type": "code",
        "scope": "openid profile email",
        "state": "the-state",
        "nonce": "the-nonce",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    } | changes
    return f"{idp.issuer}/auth?{urlencode({name: value for name, value in parameters.items() if value})}"


def tokens_for(idp: IdentityProvider, location: str, verifier: str) -> httpx.Response:
    code = parse_qs(urlsplit(location).query)["code"][0]
    return httpx.post(
        f"{idp.issuer}/token",
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": verifier},
        auth=(idp.client_id, idp.client_secret),
    )


def claims_of(idp: IdentityProvider, id_token: str) -> dict[str, object]:
    keys = KeySet.import_key_set(httpx.get(f"{idp.issuer}/jwks").json())
    return jwt.decode(id_token, keys, algorithms=["RS256"]).claims


def test_a_person_signs_in_with_code_and_pkce(idp: IdentityProvider, browser: httpx.Client) -> None:
    verifier, person = secrets.token_urlsafe(48), idp.people[0]
    location = idp.sign_in(browser, asked(idp, verifier), person)
    assert location.startswith(CALLBACK + "?")
    assert parse_qs(urlsplit(location).query)["state"] == ["the-state"]
    claims = claims_of(idp, tokens_for(idp, location, verifier).json()["id_token"])
    assert claims["sub"] == "DWHITLOCK01"
    assert claims["name"] == "Dana Whitlock-Sample"
    assert claims["email"] == "dana@a.example"
    assert claims["nonce"] == "the-nonce"
    assert (claims["acr"], claims["amr"]) == ("urn:okta:loa:1fa:any", ["pwd"])


def test_the_asked_assurance_is_stated(idp: IdentityProvider, browser: httpx.Client) -> None:
    verifier = secrets.token_urlsafe(48)
    location = idp.sign_in(browser, asked(idp, verifier, acr_values=TWO_FACTORS), idp.people[0])
    claims = claims_of(idp, tokens_for(idp, location, verifier).json()["id_token"])
    assert claims["acr"] == TWO_FACTORS
    assert claims["amr"] == ["pwd", "mfa"]


def test_somebody_signed_in_signs_in_once_more_where_that_is_asked_for(
    idp: IdentityProvider, browser: httpx.Client
) -> None:
    idp.sign_in(browser, asked(idp, secrets.token_urlsafe(48)), idp.people[0])
    asked_at, verifier = int(time.time()), secrets.token_urlsafe(48)
    again = asked(idp, verifier, prompt="login", max_age="0")
    assert "/interaction/" in browser.get(again).headers["location"]
    location = idp.sign_in(browser, again, idp.people[0])
    claims = claims_of(idp, tokens_for(idp, location, verifier).json()["id_token"])
    assert claims["sub"] == "DWHITLOCK01"
    assert cast("int", claims["auth_time"]) >= asked_at


def test_another_verifier_gets_no_token(idp: IdentityProvider, browser: httpx.Client) -> None:
    location = idp.sign_in(browser, asked(idp, secrets.token_urlsafe(48)), idp.people[0])
    refused = tokens_for(idp, location, secrets.token_urlsafe(48))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_a_code_is_good_once(idp: IdentityProvider, browser: httpx.Client) -> None:
    verifier = secrets.token_urlsafe(48)
    location = idp.sign_in(browser, asked(idp, verifier), idp.people[0])
    assert tokens_for(idp, location, verifier).is_success
    assert tokens_for(idp, location, verifier).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "elsewhere", ["http://localhost:2/api/identity/callback", CALLBACK + "/x", "https://evil.example/"]
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(idp: IdentityProvider, elsewhere: str) -> None:
    refused = httpx.get(asked(idp, "v" * 43, redirect_uri=elsewhere))
    assert refused.status_code == 400
    assert "location" not in refused.headers


def test_sign_in_without_pkce_is_refused(idp: IdentityProvider) -> None:
    refused = httpx.get(asked(idp, "v" * 43, code_challenge="", code_challenge_method=""))
    assert parse_qs(urlsplit(refused.headers["location"]).query)["error"] == ["invalid_request"]


@pytest.mark.parametrize(("user_id", "password"), [("DWHITLOCK01", "wrong"), ("NOBODY", ""), ("", ""), ("NOBODY", "x")])
def test_a_wrong_password_and_an_unknown_person_look_the_same(
    idp: IdentityProvider, browser: httpx.Client, user_id: str, password: str
) -> None:
    form = browser.get(asked(idp, "v" * 43), follow_redirects=True)
    refused = browser.post(form.url, data={"user_id": user_id, "password": password})
    assert refused.status_code == 401
    assert "The user id or the password is not right." in refused.text
    assert "location" not in refused.headers


def test_the_form_names_nobody_and_labels_its_fields(idp: IdentityProvider, browser: httpx.Client) -> None:
    form = browser.get(asked(idp, "v" * 43), follow_redirects=True)
    assert not [person for person in idp.people if person["user_id"] in form.text or person["password"] in form.text]
    assert '<label for="user_id">' in form.text
    assert '<label for="password">' in form.text
    assert '<html lang="en">' in form.text


def test_a_person_signed_in_is_known_after_the_stand_in_was_killed(
    idp: IdentityProvider, browser: httpx.Client
) -> None:
    idp.sign_in(browser, asked(idp, secrets.token_urlsafe(48)), idp.people[0])
    idp.server.kill()
    idp.server.start()
    assert browser.get(asked(idp, "v" * 43)).headers["location"].startswith(CALLBACK + "?code=")


def test_signing_out_asks_for_the_password_again(idp: IdentityProvider, browser: httpx.Client) -> None:
    verifier = secrets.token_urlsafe(48)
    location = idp.sign_in(browser, asked(idp, verifier), idp.people[1])
    id_token = tokens_for(idp, location, verifier).json()["id_token"]
    leaving = browser.get(
        f"{idp.issuer}/session/end",
        params={"id_token_hint": id_token, "post_logout_redirect_uri": "http://localhost:1/"},
    )
    xsrf = leaving.text.split('name="xsrf" value="')[1].split('"')[0]
    left = browser.post(f"{idp.issuer}/session/end/confirm", data={"xsrf": xsrf, "logout": "yes"})
    assert left.headers["location"] == "http://localhost:1/"
    assert "/interaction/" in browser.get(asked(idp, "v" * 43)).headers["location"]
