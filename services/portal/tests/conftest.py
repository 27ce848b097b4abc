import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, async_playwright

sys.path.insert(0, str(Path(__file__).parent))  # the fake gateway stands beside the tests that ask it

from fake_gateway import FakeGateway, token
from portal_site import RunningSite
from upload_form import REPORT

from portal.app import create_portal
from portal.gateway import gateway_client
from portal.settings import PortalSettings
from tests.compatibility.published_api import contradictions

PUBLIC = "http://portal.test"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    """The fake gateway; whatever passed in the test must be such as the services' OpenAPI documents say."""
    fake = FakeGateway()
    yield fake
    assert [line for exchange in fake.exchanges for line in contradictions(exchange)] == []


@pytest.fixture
def settings() -> PortalSettings:
    return PortalSettings(environment="local", gateway_internal_url="http://gateway.test", public_url=PUBLIC)


@pytest.fixture
async def visitor(gateway: FakeGateway, settings: PortalSettings) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has not signed in."""
    api = gateway_client("http://gateway.test", httpx.ASGITransport(gateway.app()))
    app = create_portal(settings, api)
    async with api, httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC) as browser:
        yield browser


@pytest.fixture
async def person(visitor: httpx.AsyncClient) -> httpx.AsyncClient:
    """Dana Whitlock, authorized official, signed in."""
    visitor.cookies.set("cx_session", "opaque")
    visitor.cookies.set("cx_token", token())
    return visitor


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "credit-report.pdf"
    path.write_bytes(REPORT)
    return path


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield started
        await started.close()


@pytest.fixture
def site(gateway: FakeGateway) -> Iterator[str]:
    """The portal and the fake gateway on one address, for a browser."""
    with RunningSite(gateway) as address:
        yield address


@pytest.fixture
async def window(browser: Browser, site: str) -> AsyncIterator[BrowserContext]:
    """A browser window of Dana Whitlock, signed in."""
    context = await browser.new_context(base_url=site, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(10_000)
    page = await context.new_page()
    await page.goto("/api/identity/sign-in?return_to=/home")
    await page.close()
    yield context
    await context.close()
