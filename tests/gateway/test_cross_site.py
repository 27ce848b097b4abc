"""A cookie works only for pages of this site (CSRF)."""

import httpx
import pytest
from joserfc.jwk import ECKey

from tests.gateway import keys
from tests.gateway.running import Gateway

CHANGING = ["POST", "PUT", "PATCH", "DELETE"]
MINE = "/api/documents/uploads"
SESSIONS = [
    "/api/identity/renewal",
    "/api/identity/sign-out",
    "/api/identity/acting-organization",
    "/api/identity/sessions",
    "/api/identity/sessions/0199",
]


@pytest.fixture
def cookie(key: ECKey) -> dict[str, str]:
    return {"cookie": f"cx_token={keys.token(key)}"}


@pytest.mark.parametrize("method", CHANGING)
@pytest.mark.parametrize("path", [MINE, "/documents/mine", *SESSIONS])
async def test_another_site_cannot_use_the_cookie(
    browser: httpx.AsyncClient, cookie: dict[str, str], method: str, path: str
):
    answer = await browser.request(method, path, headers=cookie | {"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:connexion:problem:sent-from-another-site"


@pytest.mark.parametrize(
    "origin",
    [
        {},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://127.0.0.1:1"},
        {"referer": "https://evil.example/page"},
    ],
    ids=["none", "null", "empty", "another port", "another site's page"],
)
async def test_a_cookie_without_an_origin_of_ours_is_refused(
    browser: httpx.AsyncClient, cookie: dict[str, str], origin: dict[str, str]
):
    assert (await browser.post(MINE, headers=cookie | origin)).status_code == 403


async def test_a_page_of_this_site_may_use_the_cookie(
    browser: httpx.AsyncClient, gateway: Gateway, cookie: dict[str, str]
):
    assert (await browser.post(MINE, headers=cookie | {"origin": gateway.public})).status_code == 200


async def test_reading_needs_no_origin(browser: httpx.AsyncClient, cookie: dict[str, str]):
    assert (await browser.get(MINE, headers=cookie | {"origin": "https://evil.example"})).status_code == 200


async def test_a_program_with_a_bearer_token_needs_no_origin(browser: httpx.AsyncClient, bearer: dict[str, str]):
    assert (await browser.post(MINE, headers=bearer)).status_code == 200


async def test_beside_an_authorization_the_cookie_is_dropped(
    browser: httpx.AsyncClient, bearer: dict[str, str], cookie: dict[str, str]
):
    told = (await browser.post(MINE, headers=bearer | cookie | {"origin": "https://evil.example"})).json()
    assert "cookie" not in dict(told["headers"])


@pytest.mark.parametrize("junk", ["x", "Bearer", "Bearer x", "Basic eDp5", ""])
async def test_a_meaningless_authorization_does_not_let_a_cookie_pass(
    browser: httpx.AsyncClient, cookie: dict[str, str], junk: str
):
    forged = cookie | {"authorization": junk, "origin": "https://evil.example"}
    assert (await browser.post(MINE, headers=forged)).status_code in {401, 403}
    for path in ("/api/identity/renewal", "/api/identity/sign-out"):
        answer = await browser.post(path, headers=forged | {"cookie": "cx_session=opaque"})
        assert answer.status_code == 403 or "cookie" not in dict(answer.json()["headers"])


async def test_the_portal_calls_without_an_origin(portal: httpx.AsyncClient, cookie: dict[str, str]):
    assert (await portal.post(MINE, headers=cookie)).status_code == 200


async def test_a_browser_that_finds_the_portals_listener_is_refused(portal: httpx.AsyncClient, cookie: dict[str, str]):
    assert (await portal.post(MINE, headers=cookie | {"origin": "https://evil.example"})).status_code == 403
    assert (await portal.post(MINE, headers=cookie | {"origin": "null"})).status_code == 403
