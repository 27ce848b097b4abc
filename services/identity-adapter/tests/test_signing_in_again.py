"""Step-up: a sign-in that is asked for again is a fresh one, by the same person, acting as before."""

from datetime import datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from chassis import machine_time
from chassis.database import Fence
from identity_adapter.sessions.session import SessionState, SignedInSession

pytestmark = pytest.mark.database
AGAIN = {"return_to": "/offers/7?step=2", "again": "true"}
ME = "/api/identity/me"
REFUSED = (403, "urn:connexion:problem:sign-in-refused")


async def again(adapter, browser, user_id: str = "DWHITLOCK01") -> httpx.Response:
    adapter.provider.user_id = user_id
    away = await browser.get("/api/identity/sign-in", params=AGAIN)
    return await browser.get(adapter.provider.authorize(away.headers["location"]))


def ago(**age: float) -> dict[str, int]:
    return {"auth_time": int((machine_time.now() - timedelta(**age)).timestamp())}


async def test_the_provider_is_asked_to_have_the_person_sign_in_whatever_session_there_is(adapter, browser):
    usual = httpx.URL((await browser.get("/api/identity/sign-in")).headers["location"]).params
    asked = httpx.URL((await browser.get("/api/identity/sign-in", params=AGAIN)).headers["location"]).params
    assert ("prompt" in usual, usual["max_age"]) == (False, "43200")
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")


async def test_the_person_goes_on_where_it_was_asked_for_and_acts_for_the_same_organization(adapter, browser):
    adapter.provider.claims = ago(hours=2)
    await adapter.sign_in(browser)
    other = str(adapter.organizations["b"].id)
    await browser.post("/api/identity/acting-organization", json={"organization_id": other})
    before = (await browser.get(ME)).json()
    adapter.provider.claims = {}
    back = await again(adapter, browser)
    assert (back.status_code, back.headers["location"]) == (302, "/offers/7?step=2")
    after = (await browser.get(ME)).json()
    assert (after["organization"]["id"], after["role"]) == (other, "EU")
    assert after["signed_in_at"] > before["signed_in_at"]
    async with adapter.database.reading(Fence.system()) as session:
        states = list(await session.scalars(select(SignedInSession.state).order_by(SignedInSession.id)))
    assert states == [SessionState.REVOKED, SessionState.OPEN]


async def test_a_sign_in_from_before_it_was_asked_for_is_refused(adapter, browser):
    await adapter.sign_in(browser)
    adapter.provider.claims = ago(minutes=2)
    answer = await again(adapter, browser)
    assert (answer.status_code, answer.json()["type"]) == REFUSED
    assert (await browser.get(ME)).status_code == 200  # the session there was goes on


async def test_a_sign_in_older_than_a_session_may_be_is_refused_at_any_time(adapter, browser):
    adapter.provider.claims = ago(hours=11, minutes=59)
    assert (await adapter.sign_in(browser)).status_code == 302
    adapter.provider.claims = ago(hours=12, minutes=1)
    answer = await adapter.sign_in(browser)
    assert (answer.status_code, answer.json()["type"]) == REFUSED


async def test_a_provider_whose_clock_is_ahead_makes_no_sign_in_younger_than_now(adapter, browser):
    adapter.provider.claims = ago(minutes=-20)
    await adapter.sign_in(browser)
    told = datetime.fromisoformat((await browser.get(ME)).json()["signed_in_at"])
    assert told <= machine_time.now()


async def test_somebody_else_does_not_come_back_to_the_page_of_the_first(adapter, browser):
    await adapter.sign_in(browser)
    answer = await again(adapter, browser, "PLINDGREN04")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:connexion:problem:signed-in-as-somebody-else")
    assert (await browser.get(ME)).json()["user_id"] == "DWHITLOCK01"


async def test_whoever_had_no_session_may_sign_in_again_all_the_same(adapter, browser):
    assert (await again(adapter, browser)).status_code == 302
    assert (await browser.get(ME)).json()["user_id"] == "DWHITLOCK01"


async def test_a_session_of_somebody_else_in_this_browser_does_not_say_for_whom_to_act(adapter, browser):
    await adapter.sign_in(browser, "PLINDGREN04")
    await adapter.sign_in(browser)
    assert (await browser.get(ME)).json()["organization"]["id"] == str(adapter.organizations["a"].id)
