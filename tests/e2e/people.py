"""What people do in the portal, step by step, as the tests need it."""

from collections.abc import Mapping
from pathlib import Path

from playwright.async_api import Page, expect

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


async def sign_in(page: Page, person: Mapping[str, str]) -> None:
    """From the front page through the identity provider to the page of somebody who has a role."""
    await at_the_provider(page, person)
    await expect(page.get_by_role("region", name="You are acting for")).to_be_visible()


async def at_the_provider(page: Page, person: Mapping[str, str]) -> None:
    """From the front page to the identity provider and back."""
    await page.goto("/")
    await page.get_by_role("link", name="Sign in to Connexion").click()
    await page.get_by_label("User id").fill(person["user_id"])
    await page.get_by_label("Password").fill(person["password"])
    await page.get_by_role("button", name="Sign in").click()


async def send_file(page: Page, file: Path, user_id: str, *, includes: str = "Report with a numerical score") -> None:
    """Fill in the upload form of the Document Center and send it."""
    await page.goto("/documents")
    await page.get_by_label("I am uploading").select_option(label="Business credit report")
    await page.get_by_label("This document includes").fill(includes)
    await page.locator("#file").set_input_files(file)
    await page.get_by_label("Type your own CMS IDM user ID").fill(user_id)
    await page.get_by_role("button", name="Confirm and upload").click()
