"""The last day of a window on a platform of its own: what bidders sent stands, what they did not is too late.

An end user uploads the report, a backup authorized official certifies the bid, staff set up another round and watch
this one; then the clock passes the close.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from playwright.async_api import Page, expect

from chassis import machine_time, program_time
from tests.e2e.conftest import WindowOf
from tests.e2e.people import send_file
from tests.e2e.test_bid_forms import (
    an_end_user_fills_form_b_by_keyboard,
    an_end_user_names_the_location_without_scripts,
    an_official_approves_form_a_by_keyboard,
    an_official_certifies,
    an_official_fills_form_a,
    axe_is_silent,
)
from tests.infrastructure.platform import Platform, own_platform
from tests.infrastructure.waiting import eventually

WITHIN = 60
"""Seconds for the sweeps and events that follow a close."""


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """A platform whose clock this story may move."""
    with own_platform() as running:
        yield running


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A credit report of one page."""
    path = tmp_path_factory.mktemp("papers") / "credit-report.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(path)
    return path


async def shows(page: Page, address: str, text: str) -> None:
    """Load a page until it says that; what staff and bidders see follows by events."""

    async def said() -> bool:
        await page.goto(address)
        return text in await page.locator("#main").inner_text()

    await eventually(said, WITHIN, f"{address} says {text!r}")


async def staff_watch_the_window(page: Page) -> None:
    await shows(page, "/staff/rounds/R2028/window", "Bids certified")
    await axe_is_silent(page)
    await page.goto("/staff/rounds/R2028/calendar")
    await axe_is_silent(page)
    await page.goto("/staff/rounds/R2028/registrations")
    await axe_is_silent(page)
    await page.get_by_label("Bidder number, business name or PTAN").fill("Larkspur")
    await page.get_by_role("button", name="Find").click()
    await expect(page.get_by_role("row").filter(has_text="Larkspur")).to_contain_text("After the close")


async def close_the_window(page: Page, platform: Platform) -> None:
    """Move the clock of the whole platform to two seconds after the close."""
    told = await page.request.get(f"{platform.gateway}/api/documents/slots?limit=100")
    closes_at = max(datetime.fromisoformat(slot["closes_at"]) for slot in (await told.json())["items"])
    left = closes_at - machine_time.now()
    program_time.advance(platform.place.folder / "program-time.json", by=left + timedelta(seconds=2))


async def test_what_was_sent_and_certified_stands_when_the_clock_passes_the_close(
    window_of: WindowOf, platform: Platform, report: Path
) -> None:
    official = (await window_of("AO", "Larkspur")).pages[0]
    backup = (await window_of("BAO", "Larkspur")).pages[0]
    end_user = (await window_of("EU", "Larkspur")).pages[0]
    staff = (await window_of("EVALUATION_ANALYST", "")).pages[0]

    await an_end_user_names_the_location_without_scripts(end_user)
    await an_official_fills_form_a(official)
    await an_official_approves_form_a_by_keyboard(official, platform.user("AO", "Larkspur")["user_id"])
    await an_end_user_fills_form_b_by_keyboard(end_user)
    bid = end_user.url.removeprefix(platform.gateway).removesuffix("/review")
    await an_official_certifies(backup, bid, platform.user("BAO", "Larkspur")["user_id"])
    await send_file(end_user, report, platform.user("EU", "Larkspur")["user_id"])
    await expect(end_user.locator(".cx-up")).to_contain_text("Received")
    await shows(end_user, "/receipts", "credit-report.pdf")
    await staff_watch_the_window(staff)

    await close_the_window(official, platform)

    await shows(official, bid, "This bid is locked.")
    await expect(official.get_by_role("button", name="Save draft")).to_have_count(0)
    await axe_is_silent(official)
    await shows(backup, "/bid-status", "Received")
    await axe_is_silent(backup)
    await end_user.goto("/documents")
    await expect(end_user.get_by_role("button", name="Confirm and upload")).to_have_count(0)
    await axe_is_silent(end_user)
    await shows(end_user, "/receipts", "credit-report.pdf")
    await shows(staff, "/staff/rounds/R2028/window", "Received")


async def test_a_system_administrator_begins_a_round_and_sees_its_calendar(window_of: WindowOf) -> None:
    page = (await window_of("SYSTEM_ADMINISTRATOR", "")).pages[0]
    await page.goto("/staff/rounds")
    await axe_is_silent(page)
    await page.get_by_role("link", name="New round").click()
    await page.get_by_label("Code").fill("R2031")
    await page.get_by_label("Name").fill("Round 2031")
    await page.get_by_label("Rule set").select_option(index=1)
    await axe_is_silent(page)
    await page.get_by_role("button", name="Begin the draft").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Round 2031")
    await page.goto("/staff/rounds/R2031/calendar")
    await axe_is_silent(page)
    await page.goto("/staff/rounds")
    await expect(page.get_by_role("row").filter(has_text="Round 2031")).to_contain_text("Draft")
