"""The upload as a person meets it, with scripts and without, against the fake gateway."""

from pathlib import Path

import pytest
from fake_gateway import FakeGateway
from playwright.async_api import Browser, BrowserContext, Route, expect
from upload_form import MEBIBYTE, REPORT, fill_in, upload

pytestmark = pytest.mark.e2e
expect.set_options(timeout=20_000)


async def test_a_file_is_sent_with_progress_and_ends_in_a_receipt(
    window: BrowserContext, gateway: FakeGateway, report: Path
) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await fill_in(page, report)
    await upload(page)
    row = page.locator(".cx-up")
    await expect(row).to_contain_text("Received")
    await expect(row.locator("progress")).to_have_attribute("value", "100")
    await expect(page.locator("#upload-news")).to_have_text("Business credit report received")
    await expect(page.locator("#required")).to_contain_text("Malware check under way")
    await row.get_by_role("link", name="See the receipt and the check").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Business credit report")
    assert gateway.files[0]["size"] == len(REPORT)


async def test_the_page_shows_the_end_of_the_check_by_itself(window: BrowserContext, gateway: FakeGateway) -> None:
    file = gateway.receive(b"%PDF-1.7 x")
    page = await window.new_page()
    await page.goto(f"/documents/files/{file['id']}")
    await expect(page.locator("#file-status")).to_contain_text("Malware check under way")
    file["state"] = "ACCEPTED"
    await expect(page.locator("#file-status")).to_contain_text("no malware found")
    await expect(page.locator("#file-status")).not_to_have_attribute("data-hx-trigger", "every 5s")


@pytest.mark.parametrize(
    ("content", "sentence"), [(b"", "The file is empty."), (b"MZ\x90\x00" * 100, "The file is not a PDF.")]
)
async def test_a_file_that_cannot_be_right_does_not_leave_the_page(
    window: BrowserContext, gateway: FakeGateway, tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(content)
    page = await window.new_page()
    await page.goto("/documents")
    await fill_in(page, file)
    await upload(page)
    summary = page.locator("#error-summary")
    await expect(summary).to_contain_text(sentence)
    await expect(summary).to_be_focused()
    await expect(page).to_have_title("Error: Document Center | Connexion")
    await summary.get_by_role("link").click()
    await expect(page.locator("#file")).to_be_focused()
    assert not any(asked.startswith("POST /api/documents") for asked in gateway.asked)


async def test_a_refusal_of_the_service_is_shown_at_its_field(window: BrowserContext, report: Path) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await fill_in(page, report, user_id="somebody.else")
    await upload(page)
    await expect(page.locator(".cx-up")).to_contain_text("Not accepted")
    await expect(page.locator("#error-summary")).to_contain_text("Type the user ID you signed in with.")
    await expect(page.locator("#certified_by")).to_have_attribute("aria-invalid", "true")


async def test_a_closed_slot_refuses_at_once(window: BrowserContext, gateway: FakeGateway, report: Path) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await fill_in(page, report)
    gateway.closed = "Uploads for this document closed on Tuesday."
    await upload(page)
    await expect(page.locator(".cx-up")).to_contain_text("Not accepted")
    await expect(page.locator(".cx-up")).to_contain_text("Uploads for this document closed on Tuesday.")
    assert gateway.asked.count("POST /api/documents/uploads") == 1


async def test_the_table_shows_the_upload_while_it_is_under_way(
    window: BrowserContext, gateway: FakeGateway, report: Path
) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await fill_in(page, report)

    async def hold(route: Route) -> None:
        if route.request.method != "PATCH":
            await route.continue_()

    await page.route("**/api/documents/uploads/*", hold)
    await upload(page)
    await expect(page.locator("#required")).to_contain_text("Uploading")
    await page.locator(".cx-up").get_by_role("button", name="Cancel").click()
    await expect(page.locator("#required")).to_contain_text("Response needed")


async def test_two_files_go_one_after_the_other(window: BrowserContext, gateway: FakeGateway, report: Path) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    for _ in range(2):
        await fill_in(page, report)
        await upload(page)
    await expect(page.locator(".cx-up").nth(1)).to_contain_text("Received")
    sent = [asked for asked in gateway.asked if "/api/documents/uploads" in asked and not asked.startswith("GET")]
    assert [asked.split(" ")[0] for asked in sent] == ["POST", "PATCH", "PATCH"] * 2
    assert len(gateway.files) == 2


async def test_the_form_works_by_keyboard_alone(window: BrowserContext, gateway: FakeGateway, report: Path) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await page.locator("#slot").focus()
    for expected in ("nickname", "includes", "file", "certified_by"):
        await page.keyboard.press("Tab")
        await expect(page.locator(f"#{expected}")).to_be_focused()
        if expected == "file":
            await page.locator("#file").set_input_files(report)
        else:
            await page.keyboard.type("dana.whitlock")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".cx-up")).to_contain_text("Received")
    assert gateway.files


async def test_without_scripts_the_same_form_sends_the_file(
    browser: Browser, site: str, gateway: FakeGateway, report: Path
) -> None:
    context = await browser.new_context(base_url=site, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/api/identity/sign-in?return_to=/documents")
    await fill_in(page, report)
    await upload(page)
    await expect(page.get_by_role("status").first).to_contain_text("Business credit report received.")
    assert gateway.files[0]["size"] == len(REPORT)
    assert gateway.largest_chunk < MEBIBYTE
    await context.close()
