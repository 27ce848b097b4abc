"""The warning before a session ends."""

from datetime import timedelta

import pytest
from axe import axe_on
from fake_gateway import FakeGateway
from playwright.async_api import BrowserContext, expect

pytestmark = pytest.mark.e2e


async def test_a_person_is_warned_two_minutes_before_and_can_stay(window: BrowserContext, gateway: FakeGateway) -> None:
    gateway.idle_in = timedelta(minutes=2, seconds=2)
    page = await window.new_page()
    await page.goto("/documents")
    warning = page.get_by_role("region", name="Your session")
    await expect(warning).to_contain_text("You will be signed out in 2 minutes.")
    assert await axe_on(page) == []
    await warning.get_by_role("button", name="Stay signed in").click()
    await expect(warning).to_be_hidden()
    assert "POST /api/identity/renewal" in gateway.asked


async def test_when_the_session_is_over_the_page_says_so_and_keeps_what_was_typed(
    window: BrowserContext, gateway: FakeGateway
) -> None:
    gateway.idle_in = timedelta(seconds=3)
    page = await window.new_page()
    await page.goto("/documents")
    await page.get_by_label("This document includes").fill("Half a sentence")
    warning = page.get_by_role("region", name="Your session")
    await expect(warning).to_contain_text("You are signed out.")
    link = warning.get_by_role("link", name="Sign in again")
    await expect(link).to_have_attribute("href", "/api/identity/sign-in?return_to=%2Fdocuments")
    await expect(page.get_by_label("This document includes")).to_have_value("Half a sentence")


async def test_nobody_is_warned_while_there_is_time(window: BrowserContext) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await expect(page.locator("#session-warning")).to_be_hidden()
