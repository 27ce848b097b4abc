"""The use that must run: a bid document travels from a person's browser through the whole platform and back."""

import asyncio
import hashlib
import json
import re
from pathlib import Path

from playwright.async_api import Locator, Page, Route, expect

from tests.e2e.conftest import WindowOf
from tests.e2e.people import send_file
from tests.infrastructure.platform import Platform
from tests.infrastructure.waiting import eventually

DOCUMENT = "Business credit report"


def required(page: Page) -> Locator:
    return (
        page.locator("#required")
        .get_by_role("row")
        .filter(has=page.get_by_role("rowheader", name=re.compile(f"^{DOCUMENT}")))
    )


async def shows(page: Page, address: str, text: str, *, within: Locator | None = None) -> None:
    """Load the page again and again until it says so: what it shows comes by events."""

    async def seen() -> bool:
        await page.goto(address)
        await expect(within or page.locator("#main")).to_contain_text(text, timeout=1_000)
        return True

    await eventually(seen, within=60, what=f"{address} saying {text!r}")


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


async def downloaded(page: Page, link: str) -> str:
    """Follow a link that downloads a text, and return the text."""
    async with page.expect_download() as begun:
        await page.get_by_role("link", name=link).click()
    return await asyncio.to_thread((await (await begun.value).path()).read_text)


async def test_an_authorized_official_sends_a_document_and_sees_it_through(
    window_of: WindowOf, platform: Platform, report: Path
) -> None:
    window = await window_of("AO", "Larkspur")
    page = window.pages[0]
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your bid is not complete yet")
    await expect(page.locator("#todo")).to_contain_text(f"Upload: {DOCUMENT}")
    await expect(page.get_by_label("Next deadlines")).to_contain_text(re.compile(r"8:59:59\sp\.m\.\sE[DS]T\s*Passed"))
    await expect(page.get_by_label("Next deadlines")).to_contain_text(re.compile(r"24 days \d+ hours? left|25 days"))

    await send_file(page, report, platform.user("AO", "Larkspur")["user_id"])
    row = page.locator(".cx-up")
    await expect(row).to_contain_text("Received")
    await expect(row.locator("progress")).to_have_attribute("value", "100")
    await row.get_by_role("link", name="See the receipt and the check").click()

    await expect(page.locator("#file-status")).to_contain_text(re.compile("no malware found|Could not scan"))
    receipt = await downloaded(page, "Download the signed receipt")
    said = json.loads(await downloaded(page, "Readable copy (JSON)"))
    assert said["sha256"] == digest(report)
    assert said["verdict"] == "in-time"

    await shows(page, "/home", "Received", within=page.get_by_role("region", name="Your documents"))
    await shows(page, "/home", f"{DOCUMENT} received", within=page.locator("#activity"))
    await shows(page, "/todo", "Nothing to do now")
    await shows(page, "/documents", "After the review date", within=required(page))

    await window.clear_cookies()
    await page.goto("/receipt-check")
    await page.get_by_label("Paste the receipt").fill(receipt)
    await page.get_by_role("button", name="Check the receipt").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("The signature is valid")
    await expect(page.locator("#main")).to_contain_text(said["sha256"])


async def test_another_organization_sees_none_of_it(window_of: WindowOf, platform: Platform, report: Path) -> None:
    tallgrass = (await window_of("AO", "Tallgrass")).pages[0]
    await send_file(tallgrass, report, platform.user("AO", "Tallgrass")["user_id"])
    link = tallgrass.locator(".cx-up").get_by_role("link", name="See the receipt and the check")
    address = str(await link.get_attribute("href"))
    file_id = address.rsplit("/", 1)[-1]
    await shows(tallgrass, "/activity", f"{DOCUMENT} received")

    larkspur = (await window_of("AO", "Larkspur")).pages[0]
    for path in ("/home", "/documents", "/receipts", "/activity", "/todo"):
        await larkspur.goto(path)
        assert file_id not in await larkspur.content(), path
    for path in (address, f"{address}/status", f"{address}/receipt.jws", f"/api{address}", f"/api{address}/content"):
        answer = await larkspur.request.get(path)
        assert answer.status == 404, path


async def test_without_scripts_the_same_document_arrives(window_of: WindowOf, platform: Platform, report: Path) -> None:
    page = (await window_of("EU", "Tallgrass", scripts=False)).pages[0]
    await send_file(page, report, platform.user("EU", "Tallgrass")["user_id"])
    await expect(page.get_by_role("status").first).to_contain_text(f"{DOCUMENT} received.")
    await expect(page.locator("#main")).to_contain_text(digest(report))


async def test_without_scripts_a_wrong_certification_comes_back_with_everything_typed(
    window_of: WindowOf, platform: Platform, report: Path
) -> None:
    page = (await window_of("EU", "Tallgrass", scripts=False)).pages[0]
    await send_file(page, report, platform.user("AO", "Tallgrass")["user_id"], includes="Typed before")
    await expect(page).to_have_title("Error: Document Center | Connexion")
    await expect(page.locator("#error-summary").get_by_role("link")).to_have_attribute("href", "#certified_by")
    await expect(page.get_by_label("This document includes")).to_have_value("Typed before")


async def test_an_upload_whose_line_was_cut_goes_on_after_a_reload(
    window_of: WindowOf, platform: Platform, report: Path
) -> None:
    window = await window_of("BAO", "Tallgrass")
    page = window.pages[0]

    async def cut_after_the_first_piece(route: Route) -> None:
        if route.request.headers.get("upload-offset") == "0":
            await route.continue_()
        else:
            await route.abort("connectionreset")

    await window.route("**/api/documents/uploads/*", cut_after_the_first_piece)
    await send_file(page, report, platform.user("BAO", "Tallgrass")["user_id"])
    await expect(page.locator(".cx-up__state")).to_contain_text("39 percent")
    await page.reload()
    await window.unroute("**/api/documents/uploads/*")

    row = page.locator(".cx-up")
    await expect(row).to_contain_text("Upload stopped")
    await expect(row).to_contain_text("39 percent, 8.0 MB of 20.0 MB arrived. Choose the same file to go on.")
    async with page.expect_file_chooser() as chosen:
        await row.get_by_role("button", name="Resume").click()
    await (await chosen.value).set_files(report)
    await expect(page.locator(".cx-up")).to_contain_text("Received")
    await page.locator(".cx-up").get_by_role("link", name="See the receipt and the check").click()
    await expect(page.locator("#main")).to_contain_text(digest(report))
