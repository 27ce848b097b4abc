"""Signing in: code and PKCE, and every way to get in without them."""

from datetime import timedelta

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import func, select, update

from chassis.actor import Actor
from chassis.database import Fence
from chassis.tables import audit
from identity_adapter.sessions.session import SignedInSession
from identity_adapter.sign_in.attempt import SignInAttempt
from identity_adapter.sign_in.return_to import ReturnElsewhere, local_path

pytestmark = pytest.mark.database
REFUSED = "urn:connexion:problem:sign-in-refused"
NOT_YOURS = "urn:connexion:problem:not-your-sign-in"


async def count(adapter, what) -> int:
    async with adapter.database.reading(Fence.system()) as session:
        return await session.scalar(select(func.count()).select_from(what))


async def test_a_member_signs_in_and_lands_where_the_way_began(adapter, browser):
    back = await adapter.sign_in(browser, to="/documents?slot=7")
    assert (back.status_code, back.headers["location"]) == (302, "/documents?slot=7")
    me = (await browser.get("/api/identity/me")).json()
    assert (me["user_id"], me["name"], me["kind"], me["role"]) == ("DWHITLOCK01", "Dana Whitlock", "person", "AO")
    assert me["organization"]["name"] == "Larkspur Sample Medical, LLC"
    assert [each["role"] for each in me["organizations"]] == ["AO", "EU"]
    assert "offer.decide" in me["permissions"]


async def test_the_provider_is_asked_for_a_code_with_pkce_nonce_and_two_factors(adapter, browser):
    away = httpx.URL((await browser.get("/api/identity/sign-in")).headers["location"])
    asked = dict(away.params)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["acr_values"] == "urn:okta:loa:2fa:any"
    assert asked["redirect_uri"] == "http://localhost:8080/api/identity/callback"
    assert len(asked["state"]) > 40
    assert len(asked["nonce"]) > 40


async def test_sign_in_is_audited_as_the_person_who_signed_in(adapter, browser):
    await adapter.sign_in(browser)
    async with adapter.database.reading(Fence.system()) as session:
        row = (await session.execute(select(audit).where(audit.c.action == "session.open"))).one()
    assert (row.actor_kind, row.actor_id, row.role) == ("person", "DWHITLOCK01", "AO")


async def test_staff_sign_in_without_an_organization(adapter, browser):
    await adapter.sign_in(browser, "TANALYST07")
    me = (await browser.get("/api/identity/me")).json()
    assert (me["kind"], me["role"], me["organization"]) == ("staff", "EVALUATION_ANALYST", None)
    assert "staff.document.view" in me["permissions"]


async def test_the_user_id_is_known_whatever_its_case(adapter, browser):
    assert (await adapter.sign_in(browser, "dwhitlock01")).status_code == 302


async def test_a_browser_gets_a_page_when_sign_in_fails(adapter, browser):
    browser.headers["accept"] = "text/html,*/*"
    adapter.provider.claims = {"acr": "urn:okta:loa:1fa:any"}
    answer = await adapter.sign_in(browser)
    assert answer.headers["content-type"].startswith("text/html")
    assert "did not confirm this sign-in" in answer.text


async def test_a_replayed_callback_is_refused(adapter, browser):
    away = await browser.get("/api/identity/sign-in")
    back = adapter.provider.authorize(away.headers["location"])
    assert (await browser.get(back)).status_code == 302
    again = await browser.get(back)
    assert (again.status_code, again.json()["type"]) == (422, NOT_YOURS)
    assert await count(adapter, SignedInSession) == 1


async def test_a_replayed_code_is_refused_even_with_a_fresh_state(adapter, browser):
    first = adapter.provider.authorize((await browser.get("/api/identity/sign-in")).headers["location"])
    await browser.get(first)
    second = httpx.URL(adapter.provider.authorize((await browser.get("/api/identity/sign-in")).headers["location"]))
    answer = await browser.get(second.copy_set_param("code", httpx.URL(first).params["code"]))
    assert (answer.status_code, answer.json()["type"]) == (403, REFUSED)


async def test_a_code_of_another_sign_in_is_refused_for_its_verifier(adapter, browser):
    victims = httpx.URL(adapter.provider.authorize((await browser.get("/api/identity/sign-in")).headers["location"]))
    mine = httpx.URL(adapter.provider.authorize((await browser.get("/api/identity/sign-in")).headers["location"]))
    answer = await browser.get(mine.copy_set_param("code", victims.params["code"]))
    assert (answer.status_code, answer.json()["type"]) == (403, REFUSED)


@pytest.mark.parametrize("state", ["", "another", None])
async def test_a_wrong_state_is_refused(adapter, browser, state):
    back = httpx.URL(adapter.provider.authorize((await browser.get("/api/identity/sign-in")).headers["location"]))
    back = back.copy_remove_param("state") if state is None else back.copy_set_param("state", state)
    answer = await browser.get(back)
    assert (answer.status_code, answer.json()["type"]) == (422, NOT_YOURS)


async def test_a_sign_in_begun_in_another_browser_is_refused(adapter, browser):
    back = adapter.provider.authorize((await browser.get("/api/identity/sign-in")).headers["location"])
    async with adapter.browser() as victim:
        assert (await victim.get(back)).json()["type"] == NOT_YOURS
        assert "cx_session" not in victim.cookies


async def test_a_sign_in_that_took_too_long_is_refused(adapter, browser):
    back = adapter.provider.authorize((await browser.get("/api/identity/sign-in")).headers["location"])
    async with adapter.database.writing(Fence.system(), Actor.system("test")) as session:
        await session.execute(update(SignInAttempt).values(ends_at=SignInAttempt.ends_at - timedelta(minutes=10)))
    assert (await browser.get(back)).json()["type"] == NOT_YOURS


async def test_two_tabs_can_sign_in_at_once(adapter, browser):
    backs = [
        adapter.provider.authorize((await browser.get("/api/identity/sign-in")).headers["location"]) for _ in range(2)
    ]
    assert [(await browser.get(back)).status_code for back in backs] == [302, 302]


FOREIGN = RSAKey.generate_key(2048, {"kid": "idp-1"})


@pytest.mark.parametrize(
    "lie",
    [
        {"claims": {"nonce": "another"}},
        {"without": ("nonce",)},
        {"claims": {"aud": "another-application"}},
        {"claims": {"aud": ["connexion", "another"], "azp": "another"}},
        {"claims": {"iss": "http://other.example"}},
        {"claims": {"exp": 1_700_000_000}},
        {"without": ("exp",)},
        {"without": ("sub",)},
        {"without": ("auth_time",)},
        {"claims": {"acr": "urn:okta:loa:1fa:any"}},
        {"without": ("acr",)},
        {"signs_with": FOREIGN},
        {"header": {"kid": "another"}},
        {"header": {"alg": "none"}},
        {
            "header": {"alg": "HS256"},
            "signs_with": OctKey.import_key("shared secret of thirty-two bytes", {"kid": "idp-1"}),
        },
    ],
    ids=lambda lie: next(iter(lie.items()))[0] + "-" + str(next(iter(lie.values())))[:40],
)
async def test_an_id_token_that_does_not_hold_opens_nothing(adapter, browser, lie):
    for name, value in lie.items():
        setattr(adapter.provider, name, value)
    answer = await adapter.sign_in(browser)
    assert (answer.status_code, answer.json()["type"]) == (403, REFUSED)
    assert await count(adapter, SignedInSession) == 0


async def test_a_key_the_provider_rotated_in_is_fetched(adapter, browser, monkeypatch):
    monkeypatch.setattr("identity_adapter.sign_in.provider.KEYS_AT_MOST_EVERY_SECONDS", 0)
    await adapter.sign_in(browser)
    adapter.provider.key = RSAKey.generate_key(2048, {"kid": "idp-2", "use": "sig"})
    adapter.provider.header = {"kid": "idp-2"}
    assert (await adapter.sign_in(browser)).status_code == 302


async def test_a_refusal_by_the_provider_is_told(adapter, browser):
    back = httpx.URL(adapter.provider.authorize((await browser.get("/api/identity/sign-in")).headers["location"]))
    answer = await browser.get(back.copy_remove_param("code").copy_set_param("error", "access_denied"))
    assert (answer.status_code, answer.json()["type"]) == (403, REFUSED)


async def test_a_provider_that_is_away_is_told(adapter, browser):
    adapter.provider.down = True
    answer = await browser.get("/api/identity/sign-in")
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:connexion:problem:sign-in-unavailable")


ELSEWHERE = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "",
    "x",
]
ELSEWHERE += ["javascript:alert(1)", "/ok\r\nSet-Cookie: a=b", "/ü", "/" + "a" * 2000]


@pytest.mark.parametrize("return_to", ELSEWHERE)
def test_an_address_that_could_lead_off_the_site_is_refused(return_to):
    with pytest.raises(ReturnElsewhere):
        local_path(return_to)


async def test_nobody_is_sent_off_the_site_after_signing_in(adapter, browser):
    for return_to in ELSEWHERE:
        answer = await browser.get("/api/identity/sign-in", params={"return_to": return_to})
        assert answer.status_code == 422
        assert "location" not in answer.headers
    assert await count(adapter, SignInAttempt) == 0


@pytest.mark.parametrize("return_to", ["/", "/documents", "/documents?a=b#c", "/notices/7/"])
def test_a_page_of_the_site_is_a_place_to_return_to(return_to):
    assert local_path(return_to) == return_to
