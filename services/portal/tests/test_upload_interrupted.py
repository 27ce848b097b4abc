"""An upload that something comes in between: a lost line, a reload, a pause, a sign-in."""

from pathlib import Path

import pytest
from fake_gateway import FakeGateway
from playwright.async_api import BrowserContext, Route, expect
from upload_form import REPORT, fill_in, upload

pytestmark = pytest.mark.e2e
expect.set_options(timeout=20_000)


async def test_an_upload_goes_on_after_the_token_ran_out(
    window: BrowserContext, gateway: FakeGateway, report: Path
) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await fill_in(page, report)
    gateway.refuse_next_patch = 401
    await upload(page)
    await expect(page.locator(".cx-up")).to_contain_text("Received")
    assert "POST /api/identity/renewal" in gateway.asked


async def test_an_upload_that_meets_an_ended_session_says_so_and_keeps_what_arrived(
    window: BrowserContext, gateway: FakeGateway, report: Path
) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await fill_in(page, report)
    gateway.refuse_next_patch, gateway.session_lives = 401, False
    await upload(page)
    row = page.locator(".cx-up")
    await expect(row).to_contain_text("You are signed out. What has arrived is kept")
    link = row.get_by_role("link", name="Sign in again")
    await expect(link).to_have_attribute("href", "/api/identity/sign-in?return_to=%2Fdocuments")


async def test_a_signature_that_needs_a_fresh_sign_in_leads_there_and_keeps_what_was_typed(
    window: BrowserContext, gateway: FakeGateway, report: Path
) -> None:
    gateway.sign_in_is_old = True
    page = await window.new_page()
    await page.goto("/documents")
    await fill_in(page, report)
    await upload(page)
    link = page.locator(".cx-up").get_by_role("link", name="Sign in again")
    await expect(link).to_have_attribute("href", "/api/identity/sign-in?return_to=%2Fdocuments&again=true")
    gateway.sign_in_is_old = False
    await link.click()
    await expect(page.get_by_text("What you typed is back.")).to_be_visible()
    await expect(page.get_by_label("This document includes")).not_to_have_value("")


async def test_an_upload_stopped_by_a_lost_line_goes_on_where_it_stopped(
    window: BrowserContext, gateway: FakeGateway, report: Path
) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await fill_in(page, report)
    lost = False

    async def lose_the_second_piece(route: Route) -> None:
        nonlocal lost
        if route.request.headers.get("upload-offset") != "0" and not lost:
            lost = True
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await page.route("**/api/documents/uploads/*", lose_the_second_piece)
    await upload(page)
    await expect(page.locator(".cx-up")).to_contain_text("Received")
    assert lost
    assert gateway.files[0]["size"] == len(REPORT)


async def test_after_a_reload_choosing_the_same_file_goes_on_where_it_stopped(
    window: BrowserContext, gateway: FakeGateway, report: Path
) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await fill_in(page, report)
    await page.route(
        "**/api/documents/uploads/*",
        lambda route: route.continue_() if route.request.headers.get("upload-offset") == "0" else route.abort(),
    )
    await upload(page)
    await expect(page.locator(".cx-up__state")).to_contain_text("79 percent")
    await page.reload()
    await page.unroute("**/api/documents/uploads/*")
    row = page.locator(".cx-up")
    await expect(row).to_contain_text("Upload stopped")
    await expect(row).to_contain_text("Choose the same file to go on.")
    async with page.expect_file_chooser() as chosen:
        await row.get_by_role("button", name="Resume").click()
    await (await chosen.value).set_files(report)
    await expect(page.locator(".cx-up")).to_contain_text("Received")
    assert sum(asked.startswith("POST /api/documents/uploads") for asked in gateway.asked) == 1
    assert gateway.files[0]["size"] == len(REPORT)


async def test_a_paused_upload_resumes_and_a_cancelled_one_leaves_nothing(
    window: BrowserContext, gateway: FakeGateway, report: Path
) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await fill_in(page, report)

    async def hold(route: Route) -> None:
        if route.request.headers.get("upload-offset") == "0":
            await route.continue_()

    await page.route("**/api/documents/uploads/*", hold)
    await upload(page)
    row = page.locator(".cx-up")
    await expect(row.locator(".cx-up__state")).to_contain_text("79 percent")
    await row.get_by_role("button", name="Pause").click()
    await expect(row).to_contain_text("You paused it. What has arrived is kept.")
    await page.unroute("**/api/documents/uploads/*")
    await row.get_by_role("button", name="Cancel").click()
    await expect(row).to_have_count(0)
    assert gateway.uploads == {}
    assert gateway.files == []
