"""Asking for a role, deciding and unlocking as a person does it: by keyboard, and without any script."""

from collections.abc import AsyncIterator

import pytest
import states
from fake_gateway import FakeGateway
from playwright.async_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.e2e


@pytest.fixture
async def plain(browser: Browser, site: str) -> AsyncIterator[BrowserContext]:
    """A browser that runs no script."""
    context = await browser.new_context(base_url=site, java_script_enabled=False)
    context.set_default_timeout(10_000)
    yield context
    await context.close()


async def signed_in(context: BrowserContext, page_address: str) -> Page:
    page = await context.new_page()
    await page.goto(f"/api/identity/sign-in?return_to={page_address}")
    return page


async def test_a_newcomer_asks_for_a_role_without_scripts(plain: BrowserContext, gateway: FakeGateway) -> None:
    gateway.user_id, gateway.name = "casey.lin", "Casey Lin"
    gateway.become("person", "")
    page = await signed_in(plain, "/home")
    await expect(page).to_have_url("/register")
    await page.get_by_label("PTAN of the supplier").fill("9000000001")
    await page.locator("label", has_text="End user (EU)").click()
    await expect(page.get_by_label("Social Security number")).to_be_hidden()
    await page.get_by_role("button", name="Send the request").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your request is in review")


async def test_an_official_decides_by_keyboard_alone(window: BrowserContext, gateway: FakeGateway) -> None:
    gateway.role_requests = [gateway.role_request(), gateway.role_request("BAO", name="Ines Moreau")]
    page = await signed_in(window, "/organization/requests")
    await page.get_by_role("button", name="Approve as EU").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").first).to_contain_text("Approved.")
    await page.get_by_text("Decline", exact=False).first.focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.type("You left us in May.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").first).to_contain_text("Declined.")
    assert gateway.exchanges[-1].status == 200


async def test_the_help_desk_unlocks_a_role_without_scripts(plain: BrowserContext, gateway: FakeGateway) -> None:
    states.help_desk(gateway)
    gateway.members = gateway.people[0]["roles"]
    page = await signed_in(plain, "/home")
    await page.get_by_label("User ID, last name or PTAN").fill("priya.natarajan")
    await page.get_by_role("button", name="Find").click()
    await page.get_by_role("link", name="Priya Natarajan").first.click()
    await expect(page.get_by_role("region", name="Ticket in hand")).to_contain_text("HD-000123")
    await page.get_by_role("button", name="Unlock").click()
    await expect(page.get_by_role("status").first).to_contain_text("Recorded under HD-000123.")
    assert gateway.members[0]["state"] == "ACTIVE"
    await page.get_by_role("button", name="Put it down").click()
    await expect(page.get_by_role("region", name="Ticket in hand")).to_be_hidden()
