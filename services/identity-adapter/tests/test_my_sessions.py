"""A person sees where they are signed in, and ends what they do not want."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from chassis.actor import Actor
from chassis.database import Fence
from chassis.tables import audit
from identity_adapter.sessions.browser import in_words
from identity_adapter.sessions.session import SignedInSession
from tests.infrastructure.waiting import eventually

pytestmark = pytest.mark.database
SESSIONS = "/api/identity/sessions"
RENEWAL = "/api/identity/renewal"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/26.0 Mobile/15E148 Safari/604.1"
)


async def listed(browser) -> list[dict]:
    return (await browser.get(SESSIONS)).json()["items"]


async def test_my_sessions_are_listed_the_youngest_first_and_nobody_elses(adapter, browser):
    async with adapter.browser() as phone, adapter.browser() as stranger:
        browser.headers["user-agent"], phone.headers["user-agent"] = FIREFOX, IPHONE
        await adapter.sign_in(browser)
        await adapter.sign_in(phone)
        await adapter.sign_in(stranger, "PLINDGREN04")
    here, there = (await listed(browser))[::-1]
    assert (here["browser"], here["is_this_one"]) == ("Firefox on Windows", True)
    assert (there["browser"], there["is_this_one"]) == ("Safari on iPhone", False)
    assert (here["organization"], here["role"]) == ("Larkspur Sample Medical, LLC", "AO")
    assert here["opened_at"] <= here["seen_at"] < here["idle_at"] < here["ends_at"]


async def test_the_list_goes_on_where_a_page_ends(adapter, browser):
    for _ in range(3):
        async with adapter.browser() as another:
            await adapter.sign_in(another)
    await adapter.sign_in(browser)
    first = (await browser.get(SESSIONS, params={"limit": 3})).json()
    rest = (await browser.get(SESSIONS, params={"limit": 3, "after": first["next"]})).json()
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 1, None)


async def test_an_idle_session_is_not_listed_even_before_the_sweep_has_come(adapter, browser):
    async with adapter.browser() as another:
        await adapter.sign_in(another)
    async with adapter.database.writing(Fence.system(), Actor.system("test")) as session:
        await session.execute(update(SignedInSession).values(idle_at=SignedInSession.idle_at - timedelta(minutes=30)))
    await adapter.sign_in(browser)
    assert [each["is_this_one"] for each in await listed(browser)] == [True]


async def test_a_session_ended_from_elsewhere_is_over_there_within_two_seconds(adapter, browser):
    async with adapter.browser() as lost:
        await adapter.sign_in(lost)
        await adapter.sign_in(browser)
        other = next(each for each in await listed(browser) if not each["is_this_one"])
        assert (await browser.delete(f"{SESSIONS}/{other['id']}")).status_code == 204

        async def refused() -> bool:
            return (await lost.get("/api/identity/me")).status_code == 401

        await eventually(refused, within=2, what="the token of the ended session is refused")
        assert (await lost.post(RENEWAL)).status_code == 401
    assert [each["is_this_one"] for each in await listed(browser)] == [True]
    async with adapter.database.reading(Fence.system()) as session:
        row = (await session.execute(select(audit).where(audit.c.action == "session.revoke"))).one()
    assert (row.actor_id, row.entity_id) == ("DWHITLOCK01", other["id"])


async def test_ending_the_session_that_asks_takes_its_cookies_back(adapter, browser):
    await adapter.sign_in(browser)
    (this,) = await listed(browser)
    assert (await browser.delete(f"{SESSIONS}/{this['id']}")).status_code == 204
    assert "cx_session" not in browser.cookies
    assert "cx_token" not in browser.cookies


async def test_all_others_are_ended_at_once_and_those_of_other_people_go_on(adapter, browser):
    async with adapter.browser() as first, adapter.browser() as second, adapter.browser() as stranger:
        for each, user_id in ((first, "DWHITLOCK01"), (second, "DWHITLOCK01"), (stranger, "PLINDGREN04")):
            await adapter.sign_in(each, user_id)
        await adapter.sign_in(browser)
        assert (await browser.delete(SESSIONS)).status_code == 204
        assert [(await each.post(RENEWAL)).status_code for each in (first, second, stranger)] == [401, 401, 200]
    assert (await browser.post(RENEWAL)).status_code == 200


async def test_a_session_of_somebody_else_and_one_that_has_ended_are_not_found(adapter, browser):
    async with adapter.browser() as stranger:
        await adapter.sign_in(stranger, "PLINDGREN04")
        await adapter.sign_in(browser)
        (theirs,) = await listed(stranger)
        assert (await browser.delete(f"{SESSIONS}/{theirs['id']}")).status_code == 404
        await stranger.delete(f"{SESSIONS}/{theirs['id']}")
    assert (await browser.delete(f"{SESSIONS}/{theirs['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        (IPHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ... Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on macOS"),
        ("Mozilla/5.0 (Linux; Android 15) ... Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (X11; CrOS x86_64 16328.55.0) ... Chrome/140.0 Safari/537.36", "Chrome on ChromeOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox on Linux"),
        ("<script>alert(1)</script>", "Unknown browser"),
        ("curl/8.14 (Linux)", "Unknown browser on Linux"),
        ("", "Unknown browser"),
        (None, "Unknown browser"),
    ],
)
def test_a_browser_is_told_in_words_and_never_in_its_own(said, words):
    assert in_words(said) == words
