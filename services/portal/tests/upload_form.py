"""The upload form as a person fills it in."""

from pathlib import Path

from playwright.async_api import Page

MEBIBYTE = 1024 * 1024
REPORT = b"%PDF-1.7\n" + b"x" * (10 * MEBIBYTE) + b"\n%%EOF"
"""A credit report of 10 MB: two requests of an upload."""


async def fill_in(page: Page, file: Path, user_id: str = "dana.whitlock") -> None:
    await page.get_by_label("This document includes").fill("Report with a numerical score")
    await page.get_by_label("Type your own CMS IDM user ID").fill(user_id)
    await page.locator("#file").set_input_files(file)


async def upload(page: Page) -> None:
    await page.get_by_role("button", name="Confirm and upload").click()
