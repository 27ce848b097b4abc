"""A bid form saves itself while it is filled in, and never at the cost of a signature or of what others wrote."""

import pytest
import states
from fake_gateway import FakeGateway
from playwright.async_api import BrowserContext, Page, expect

pytestmark = pytest.mark.e2e
BUSINESS = "/form-a/R2028/business"


async def business(window: BrowserContext) -> Page:
    page = await window.new_page()
    await page.goto(BUSINESS)
    return page


async def test_what_is_typed_is_saved_without_a_button(window: BrowserContext, gateway: FakeGateway) -> None:
    page = await business(window)
    await page.get_by_text("As a network of small suppliers").click()
    await expect(page.locator("#save-state")).to_contain_text("Draft saved")
    assert gateway.form_a["business"]["answers"] == {"bidding_as": "network"}
    await page.get_by_text("As a single location").click()
    await page.get_by_role("button", name="Save draft").click()
    await expect(page.get_by_text("A draft is not a bid")).to_be_visible()
    assert gateway.form_a["business"]["answers"] == {"bidding_as": "single-location"}


async def test_only_questions_that_count_are_shown(window: BrowserContext) -> None:
    page = await business(window)
    for label in ("How the locations belong together", "Explain how the locations belong together"):
        await expect(page.get_by_label(label, exact=True)).to_be_hidden()
    await page.get_by_text("With multiple locations", exact=True).click()
    await page.get_by_label("How the locations belong together", exact=True).select_option("none")
    await expect(page.get_by_label("Explain how the locations belong together")).to_be_visible()
    await page.get_by_text("As a single location").click()
    await expect(page.get_by_label("Explain how the locations belong together")).to_be_hidden()


async def test_what_others_saved_stops_the_saving_and_is_shown_by_the_button(
    window: BrowserContext, gateway: FakeGateway
) -> None:
    page = await business(window)
    gateway.somebody_else_saves({"bidding_as": "network"})
    await page.get_by_text("As a single location").click()
    await expect(page.locator("#save-state")).to_contain_text("somebody else saved this form")
    await page.get_by_role("button", name="Save draft").click()
    await expect(page.locator("#error-summary")).to_be_focused()
    await page.get_by_role("button", name="Keep mine and save").click()
    await expect(page.get_by_text("A draft is not a bid")).to_be_visible()
    assert gateway.form_a["business"]["answers"]["bidding_as"] == "single-location"


async def test_saving_by_itself_never_voids_an_approval(window: BrowserContext, gateway: FakeGateway) -> None:
    states.ready(gateway)
    page = await business(window)
    gateway.approve_form_a()
    await page.get_by_text("As a single location").click()
    await expect(page.locator("#save-state")).to_contain_text("the form was signed meanwhile")
    assert gateway.form_a["state"] == "APPROVED"


async def test_while_the_line_is_down_nothing_is_lost(window: BrowserContext, gateway: FakeGateway) -> None:
    page = await business(window)
    await window.set_offline(True)
    await page.get_by_text("As a single location").click()
    await expect(page.locator("#save-state")).to_contain_text("the line is down")
    await window.set_offline(False)
    await page.get_by_text("As a network of small suppliers").click()
    await expect(page.locator("#save-state")).to_contain_text("Draft saved")
    assert gateway.form_a["business"]["answers"] == {"bidding_as": "network"}
