"""Contract offers in a browser: accepted, declined with the bond warning, changed, submitted; lapsed by a moved clock.

Portal and edge of bidding-svc are the real ones, on a real database in which a round was evaluated and its award was
released; what the pages ask of others the portal's fake gateway answers. Without scripts, as the pages must work.
"""

import asyncio
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect
from starlette.types import ASGIApp, Receive, Scope, Send

from bidding_svc.offers.use_cases import settle_due
from chassis import machine_time, program_time
from chassis.database import Database
from identity_adapter.roles.table import role_table
from portal.app import create_portal
from portal.gateway import gateway_client
from portal.settings import PortalSettings
from tests.access.edges import edge_of
from tests.access.tokens import publish_key, token
from tests.bidding.awarded import Awarded, an_evaluated_round, just_after
from tests.infrastructure.waiting import until

sys.path.insert(0, str(Path(__file__).parents[2] / "services" / "portal" / "tests"))
from fake_gateway import FakeGateway

REAL = "/api/bidding/offers"


def site_of(bidding: ASGIApp, url: str) -> ASGIApp:
    """One origin: offers from the real edge, what else the pages ask from the fake one, everything else the portal."""
    fake = FakeGateway().app()

    async def api(scope: Scope, receive: Receive, send: Send) -> None:
        real = scope["type"] == "lifespan" or scope["path"].startswith(REAL)
        await (bidding if real else fake)(scope, receive, send)

    settings = PortalSettings(environment="local", gateway_internal_url="http://gateway.test", public_url=url)
    portal = create_portal(settings, gateway_client("http://gateway.test", httpx.ASGITransport(api)))

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "lifespan" or scope["path"].startswith("/api/")
        await (api if asks else portal)(scope, receive, send)

    return site


@contextmanager
def running(bidding: ASGIApp) -> Iterator[str]:
    """Serve the site in a thread of its own; yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(site_of(bidding, url), log_level="warning", lifespan="on"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    try:
        until(lambda: server.started, within=30, what="the site is up")
        yield url
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture
async def house(database_for) -> AsyncIterator[tuple[Awarded, str]]:
    """A round whose offers are out, and where they are decided."""
    url = (await database_for("bidding")).login_url
    database = Database(url, "bidding")
    await publish_key(database)
    made = await an_evaluated_round(database, areas=2)
    await made.released()
    with running(edge_of("bidding", url)) as site:
        yield made, site
    await database.close()


@pytest.fixture
def clock(monkeypatch) -> Callable[[datetime], None]:
    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


@asynccontextmanager
async def official(browser: Browser, site: str, organization: UUID) -> AsyncIterator[Page]:
    """A window of an authorized official of a bidder, signed in a moment ago."""
    permissions = sorted(role_table().permissions_of("AO"))
    expires = int(machine_time.now().timestamp()) + 1800
    signed_in = token(permissions=permissions, organization_id=organization, exp=expires, pid=str(uuid4()))
    context = await browser.new_context(base_url=site, java_script_enabled=False)
    context.set_default_timeout(30_000)
    named = (("cx_session", "opaque"), ("cx_token", signed_in))
    await context.add_cookies([{"name": name, "value": value, "url": site} for name, value in named])
    yield await context.new_page()
    await context.close()


async def open_offers(page: Page) -> None:
    await page.goto("/offers")
    await page.get_by_role("link", name="2 offers of round 2021").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("2 contract offers")


async def choose(page: Page, *choices: str) -> None:
    for number, choice in enumerate(choices, 1):
        await page.locator(f"label[for={choice}-{number}]").click()


async def sign(page: Page) -> None:
    await page.get_by_label("First name").fill("Dana")
    await page.get_by_label("Last name").fill("Whitlock")
    await page.get_by_label("Type your own CMS IDM user ID").fill("DWHITLOCK01")
    await page.get_by_role("button", name="Save these decisions").click()


async def test_offers_are_accepted_declined_after_the_warning_changed_and_submitted(browser, house):
    made, site = house
    async with official(browser, site, made.bidders[0].organization_id) as page:
        await open_offers(page)
        await expect(page.get_by_role("group", name="Bid surety bonds are at risk")).to_be_visible()
        await choose(page, "accept", "decline")
        await sign(page)
        await expect(page.get_by_role("alert")).to_contain_text("Acknowledge the warning, or accept the offer.")
        assert [line.state.value for line in (await made.offer(0)).lines] == ["OPEN", "OPEN"]
        await page.get_by_text("If I decline: I know").nth(1).click()
        await sign(page)
        await expect(page.get_by_role("status").first).to_contain_text("Your decisions are saved.")
        assert [line.state.value for line in (await made.offer(0)).lines] == ["ACCEPTED", "DECLINED"]
        await choose(page, "accept", "accept")
        await sign(page)
        await expect(page.locator("#main")).to_contain_text("2 accepted, 0 declined")
        await page.get_by_role("button", name="Submit, for good").click()
        await expect(page.get_by_role("status").first).to_contain_text("Your decisions are final.")
        await expect(page.get_by_role("region", name="Receipt")).to_contain_text("DWHITLOCK01")
        await expect(page.get_by_role("button", name="Save these decisions")).to_have_count(0)
    assert len(await made.said("offer-line-accepted")) == 2


async def test_an_offer_that_nobody_decides_lapses_when_the_clock_passes_its_due_time(browser, house, clock):
    made, site = house
    async with official(browser, site, made.bidders[1].organization_id) as page:
        await open_offers(page)
        await choose(page, "accept")
        clock(just_after((await made.offer(1)).due_at))
        await sign(page)
        await expect(page.get_by_role("alert")).to_contain_text("The time to decide about these offers is over.")
        await made.sweep(settle_due)
        await page.goto("/offers")
        await page.get_by_role("link", name="2 offers of round 2021").click()
        await expect(page.get_by_text("Lapsed", exact=True)).to_have_count(2)
        await expect(page.get_by_role("button", name="Save these decisions")).to_have_count(0)
