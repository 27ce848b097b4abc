import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pikepdf
import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright, expect

from tests.e2e.people import CHROMIUM_FLAGS, sign_in
from tests.infrastructure.platform import Platform

PATIENCE = 30_000
MEBIBYTE = 1024 * 1024

WindowOf = Callable[..., Awaitable[BrowserContext]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield started
        await started.close()


@pytest.fixture
async def window_of(browser: Browser, platform: Platform) -> AsyncIterator[WindowOf]:
    """`await window_of("AO", "Larkspur")` opens a browser window and signs that person in, as people do."""
    opened: list[BrowserContext] = []

    async def window(role: str, organization: str, *, scripts: bool = True) -> BrowserContext:
        context = await browser.new_context(
            base_url=platform.gateway, viewport={"width": 1280, "height": 900}, java_script_enabled=scripts
        )
        opened.append(context)
        context.set_default_timeout(PATIENCE)
        await sign_in(await context.new_page(), platform.user(role, organization))
        return context

    yield window
    for context in opened:
        await context.close()


@pytest.fixture
async def nobody_yet(browser: Browser, platform: Platform) -> AsyncIterator[BrowserContext]:
    """A browser window in which nobody has signed in."""
    context = await browser.new_context(base_url=platform.gateway, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE)
    yield context
    await context.close()


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A credit report: a PDF of one page and 20 MB, which is several requests of an upload."""
    path = tmp_path_factory.mktemp("papers") / "credit-report-2026-10.pdf"
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        page.Contents = pdf.make_stream(b"% made up for a test " + b"x" * (20 * MEBIBYTE))
        pdf.save(path, compress_streams=False)
    return path
