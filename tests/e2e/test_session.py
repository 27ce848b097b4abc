"""Signing in, staying signed in, and signing out, in a real browser on the real platform."""

import re

from playwright.async_api import expect

from tests.e2e.conftest import WindowOf


async def test_a_stranger_is_sent_to_sign_in_and_comes_back_to_the_page_asked_for(
    window_of: WindowOf,
) -> None:
    window = await window_of("AO", "Larkspur")
    page = window.pages[0]
    await window.clear_cookies(name="cx_session")
    await window.clear_cookies(name="cx_token")
    await page.goto("/activity?seen=1")
    await expect(page).to_have_url(re.compile(r"/activity\?seen=1$"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Recent activity")


async def test_a_page_renews_a_token_that_has_run_out(window_of: WindowOf) -> None:
    window = await window_of("AO", "Larkspur")
    await window.clear_cookies(name="cx_token")
    page = window.pages[0]
    await page.goto("/home")
    await expect(page.get_by_role("region", name="You are acting for")).to_contain_text("Larkspur Sample Medical, LLC")
    assert "cx_token" in {cookie["name"] for cookie in await window.cookies()}


async def test_after_signing_out_the_session_is_over_everywhere(window_of: WindowOf) -> None:
    window = await window_of("AO", "Tallgrass")
    page = window.pages[0]
    kept = [cookie for cookie in await window.cookies() if cookie["name"] == "cx_session"]
    await page.get_by_role("button", name="Sign out").first.click()
    await expect(page.get_by_text("sign out of the identity provider too")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("link", name="Sign in to Connexion")).to_be_visible()
    await window.add_cookies(kept)
    await page.goto("/home")
    await expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")


async def test_a_program_analyst_finds_the_work_of_the_role_and_no_page_of_suppliers(window_of: WindowOf) -> None:
    page = (await window_of("EVALUATION_ANALYST", "")).pages[0]
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your work")
    menu = page.get_by_role("navigation", name="Main")
    await expect(menu.get_by_role("link", name="Document Center")).to_have_count(0)
    await menu.get_by_role("link", name="Reviews").click()
    await expect(page.get_by_text("Cases are opened by themselves")).to_be_visible()
