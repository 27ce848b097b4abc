"""Sessions and their tokens: renewal, ends, switching, and what the verifier of any service then says."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotAllowedNow
from chassis.tables import outbox, revocation
from events.identity import PersonRemoved, SessionRevoked
from identity_adapter.members.membership import Membership
from identity_adapter.members.use_cases import memberships, person_of, remove_member
from identity_adapter.roles.table import role_table
from identity_adapter.sessions.cookies import Cookies
from identity_adapter.sessions.session import LIFECYCLE, SessionState, SignedInSession
from identity_adapter.sessions.use_cases import expire_sessions
from tests.infrastructure.waiting import eventually

pytestmark = pytest.mark.database
TEST = Actor.system("test")
RENEWAL = "/api/identity/renewal"


async def age(adapter, **times: timedelta) -> None:
    """Let every session be older than it is."""
    async with adapter.database.writing(Fence.system(), TEST) as session:
        columns = {name: getattr(SignedInSession, name) - older for name, older in times.items()}
        await session.execute(update(SignedInSession).values(columns))


async def said(adapter, event) -> list:
    async with adapter.database.reading(Fence.system()) as session:
        bodies = await session.scalars(select(outbox.c.body).where(outbox.c.type == event.TYPE))
        return [event.model_validate_json(body) for body in bodies]


def test_a_session_that_ended_stays_ended():
    for state in set(SessionState) - {SessionState.OPEN}:
        for verb in LIFECYCLE.verbs:
            with pytest.raises(NotAllowedNow):
                LIFECYCLE.next(state, verb)


async def test_both_cookies_are_out_of_reach_of_scripts_and_other_sites(adapter, browser):
    back = await adapter.sign_in(browser)
    cookies = [line for line in back.headers.get_list("set-cookie") if line.startswith(("cx_session=", "cx_token="))]
    assert len(cookies) == 2
    for line in cookies:
        parts = {part.strip().lower() for part in line.split(";")}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert not [part for part in parts if part.startswith("domain")]


async def test_outside_the_local_environment_cookies_travel_over_tls_only(adapter):
    state, settings = adapter.app.state, adapter.settings.model_copy(update={"environment": "production"})
    state.settings, state.cookies = settings, Cookies(settings, state.token_keys)
    async with adapter.browser() as browser:
        away = await browser.get("https://localhost:8080/api/identity/sign-in")
        back = await browser.get(adapter.provider.authorize(away.headers["location"]).replace("http:", "https:"))
    lines = away.headers.get_list("set-cookie") + back.headers.get_list("set-cookie")
    assert [line.partition("=")[0] for line in lines] == ["__Host-cx_sign_in", "cx_session", "cx_token"]
    assert all("secure" in line.lower() for line in lines)


async def test_a_renewal_hands_out_a_fresh_token(adapter, browser):
    await adapter.sign_in(browser)
    first = browser.cookies["cx_token"]
    answer = await browser.post(RENEWAL)
    assert answer.status_code == 200
    assert answer.json()["token_expires_at"] < answer.json()["idle_at"] < answer.json()["ends_at"]
    assert browser.cookies["cx_token"] != first
    assert (await browser.get("/api/identity/me")).status_code == 200


async def test_a_renewal_needs_no_token_but_the_session(adapter, browser):
    await adapter.sign_in(browser)
    browser.cookies.delete("cx_token")
    assert (await browser.post(RENEWAL)).status_code == 200
    browser.cookies.delete("cx_session")
    assert (await browser.post(RENEWAL)).status_code == 401


@pytest.mark.parametrize("cookie", ["x", "x" * 4000, "%00", '"; drop'])
async def test_a_tampered_session_cookie_is_nobodys(adapter, cookie):
    async with adapter.browser() as browser:
        assert (await browser.post(RENEWAL, headers={"Cookie": f"cx_session={cookie}"})).status_code == 401


@pytest.mark.parametrize(
    "older",
    [{"idle_at": timedelta(minutes=30)}, {"idle_at": timedelta(hours=12), "ends_at": timedelta(hours=12)}],
    ids=["idle for 30 minutes", "12 hours old"],
)
async def test_a_session_ends_by_time(adapter, browser, older):
    await adapter.sign_in(browser)
    await age(adapter, **older)
    answer = await browser.post(RENEWAL)
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:connexion:problem:session-ended")


async def test_a_session_renewed_within_half_an_hour_goes_on(adapter, browser):
    await adapter.sign_in(browser)
    await age(adapter, idle_at=timedelta(minutes=29, seconds=30))
    assert (await browser.post(RENEWAL)).status_code == 200


async def test_no_token_outlives_its_session(adapter, browser):
    await adapter.sign_in(browser)
    await age(adapter, ends_at=timedelta(hours=11, minutes=58))
    ends = (await browser.post(RENEWAL)).json()
    assert ends["token_expires_at"] == ends["ends_at"]


async def test_sign_out_ends_the_session_and_says_so(adapter, browser):
    await adapter.sign_in(browser)
    token = browser.cookies["cx_token"]
    left = await browser.post("/api/identity/sign-out")
    assert left.status_code == 303
    assert left.headers["location"].startswith("http://provider.example/session/end?id_token_hint=ey")
    assert "cx_session" not in browser.cookies
    assert "cx_token" not in browser.cookies
    (revoked,) = await said(adapter, SessionRevoked)

    async def refused() -> bool:
        answer = await browser.get("/api/identity/me", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code == 401

    await eventually(refused, within=2, what="the token of the ended session is refused")
    async with adapter.database.reading(Fence.system()) as session:
        assert (await session.scalar(select(revocation.c.subject))) == str(revoked.session_id)


async def test_sign_out_without_a_session_still_clears_the_cookies(adapter, browser):
    left = await browser.post("/api/identity/sign-out", headers={"Cookie": "cx_session=unknown"})
    assert (left.status_code, left.headers["location"]) == (303, "/")
    assert len(left.headers.get_list("set-cookie")) == 2


async def test_renewal_after_sign_out_is_refused(adapter, browser):
    await adapter.sign_in(browser)
    stolen = browser.cookies["cx_session"]
    await browser.post("/api/identity/sign-out")
    assert (await browser.post(RENEWAL, headers={"Cookie": f"cx_session={stolen}"})).status_code == 401


async def test_a_session_that_was_there_before_the_sign_in_dies(adapter, browser):
    async with adapter.browser() as attacker:
        await adapter.sign_in(attacker, "PLINDGREN04")
        planted = attacker.cookies["cx_session"]
        browser.cookies.set("cx_session", planted, domain="localhost.local", path="/")
        await adapter.sign_in(browser)
        assert browser.cookies["cx_session"] != planted
        assert (await attacker.post(RENEWAL)).status_code == 401
    assert (await browser.get("/api/identity/me")).json()["user_id"] == "DWHITLOCK01"


async def test_a_removed_person_is_refused_within_two_seconds(adapter, browser):
    await adapter.sign_in(browser)
    assert (await browser.get("/api/identity/me")).status_code == 200
    async with adapter.database.writing(Fence.system(), TEST) as session:
        person = await person_of(session, "DWHITLOCK01")
        await remove_member(session, person.id, adapter.organizations["a"].id)

    async def refused() -> bool:
        return (await browser.get("/api/identity/me")).status_code == 401

    await eventually(refused, within=2, what="the removed person's token is refused")
    assert (await browser.post(RENEWAL)).status_code == 401
    (removed,) = await said(adapter, PersonRemoved)
    assert (removed.person_id, removed.organization_id) == (person.id, adapter.organizations["a"].id)


async def test_whoever_was_removed_from_one_organization_may_sign_in_for_the_other(adapter, browser):
    async with adapter.database.writing(Fence.system(), TEST) as session:
        person = await person_of(session, "DWHITLOCK01")
        await remove_member(session, person.id, adapter.organizations["a"].id)
    await adapter.sign_in(browser)
    assert (await browser.get("/api/identity/me")).json()["organization"]["name"] == "Tallgrass Sample Bracing, Inc."


async def test_a_change_of_role_is_felt_at_the_next_renewal(adapter, browser):
    await adapter.sign_in(browser)
    async with adapter.database.writing(Fence.system(), TEST) as session:
        (theirs,) = await memberships(session, Membership.organization_id == adapter.organizations["a"].id)
        theirs.change_role("EU", None, session.at)
    await browser.post(RENEWAL)
    assert "offer.decide" not in (await browser.get("/api/identity/me")).json()["permissions"]


async def test_a_person_acts_for_another_organization_of_theirs(adapter, browser):
    await adapter.sign_in(browser)
    other = adapter.organizations["b"].id
    answer = await browser.post("/api/identity/acting-organization", json={"organization_id": str(other)})
    assert answer.status_code == 200
    me = (await browser.get("/api/identity/me")).json()
    assert (me["organization"]["id"], me["role"]) == (str(other), "EU")
    await browser.post(RENEWAL)
    assert (await browser.get("/api/identity/me")).json()["role"] == "EU"


async def test_nobody_acts_for_an_organization_they_are_no_member_of(adapter, browser):
    await adapter.sign_in(browser, "PLINDGREN04")
    for unknown in (adapter.organizations["a"].id, "00000000-0000-0000-0000-000000000000"):
        answer = await browser.post("/api/identity/acting-organization", json={"organization_id": str(unknown)})
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:connexion:problem:not-found")


async def test_expired_sessions_are_ended_by_the_sweep_and_open_ones_are_not(adapter, browser):
    await adapter.sign_in(browser)
    await age(adapter, idle_at=timedelta(minutes=31))
    async with adapter.browser() as another:
        await adapter.sign_in(another, "PLINDGREN04")
    async with adapter.database.writing(Fence.system(), TEST) as session:
        assert await expire_sessions(session, session.at, 10) == 1
    async with adapter.database.reading(Fence.system()) as session:
        states = await session.execute(select(SignedInSession.state, SignedInSession.id_token))
    assert {(state, token is None) for state, token in states} == {
        (SessionState.EXPIRED, True),
        (SessionState.OPEN, False),
    }


async def test_the_largest_token_fits_into_a_cookie(adapter, browser):
    largest = max(
        (code for code, role in role_table().roles.items() if role.side == "supplier"),
        key=lambda role: len(role_table().permissions_of(role)),
    )
    await adapter.sign_in(browser)
    async with adapter.database.writing(Fence.system(), TEST) as session:
        (theirs,) = await memberships(session, Membership.organization_id == adapter.organizations["a"].id)
        theirs.role, person = largest, theirs.person
        person.given_name, person.family_name = "Maximiliana-Theodora" * 2, "Featherstonehaugh-Cholmondeley" * 2
    line = next(
        line for line in (await browser.post(RENEWAL)).headers.get_list("set-cookie") if line.startswith("cx_token")
    )
    assert len(line.encode()) < 4096
    assert len(line.encode()) > 1000


@pytest.mark.parametrize("organization", ["own", "another", "none at all"])
async def test_only_its_members_see_an_organization(adapter, browser, organization):
    await adapter.sign_in(browser)
    own, another = adapter.organizations["a"].id, adapter.organizations["b"].id
    asked = {"own": own, "another": another, "none at all": "00000000-0000-0000-0000-000000000000"}[organization]
    answer = await browser.get(f"/api/identity/organizations/{asked}")
    assert answer.status_code == (200 if organization == "own" else 404)


async def test_staff_see_every_organization(adapter, browser):
    await adapter.sign_in(browser, "TANALYST07")
    for organization in adapter.organizations.values():
        answer = await browser.get(f"/api/identity/organizations/{organization.id}")
        assert answer.json()["name"] == organization.legal_business_name
