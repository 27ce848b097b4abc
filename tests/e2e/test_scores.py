"""One score and one competition, from the document to the release: four people of the staff, an auditor, an official.

The portal and bidding-svc are the real ones, on a database of their own; who signs in comes from the portal's fake.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select
from starlette.types import ASGIApp, Receive, Scope, Send

sys.path.insert(0, str(Path(__file__).parents[2] / "services/portal/tests"))  # where the fake gateway stands

from fake_gateway import FakeGateway

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.scores.use_cases import release_scores
from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from portal.app import create_portal
from portal.gateway import gateway_client
from portal.settings import PortalSettings
from tests.access.edges import edge_of
from tests.access.tokens import publish_key, token
from tests.bidding.evaluated import eligible_bids, send_documents, work
from tests.bidding.scored import (
    CHECKER,
    FIGURES,
    KEYER,
    OFFICER,
    PRICER,
    ROUND,
    a_round_in_evaluation,
    acting,
    approved,
    staff,
)
from tests.e2e.test_bid_forms import axe_is_silent

AUDITOR = staff("AUDITOR", "AUDITOR01")
OFFICIAL = ("financial_summary.view", "bid.view")


@dataclass
class Stage:
    """The portal in front of the real bidding-svc, and a browser."""

    browser: Browser
    database: Database
    fake: FakeGateway
    url: str

    async def window(self, bearer: str, kind: str, role: str) -> Page:
        """A window of somebody who has signed in with this token."""
        self.fake.kind, self.fake.role = kind, role
        context = await self.browser.new_context(base_url=self.url, viewport={"width": 1280, "height": 900})
        cookies: list[Any] = [{"name": name, "value": value, "url": self.url} for name, value in
                              (("cx_token", bearer), ("cx_session", "opaque"))]  # fmt: skip
        await context.add_cookies(cookies)
        return await context.new_page()

    async def of_staff(self, who: Actor) -> Page:
        """A window of somebody of the staff."""
        told = {"sub": who.user_id, "pid": str(who.person_id), "role": who.role, "kind": "staff"}
        return await self.window(_token(sorted(who.permissions), None, **told), "staff", who.role or "")

    async def of_official(self, organization_id: Any, *permissions: str, role: str) -> Page:
        """A window of somebody of a bidder."""
        return await self.window(_token(list(permissions), organization_id, role=role), "person", role)


def _token(permissions: list[str], organization_id: Any, **more: Any) -> str:
    exp = int(machine_time.now().timestamp()) + 3600
    return token(permissions=permissions, organization_id=organization_id, exp=exp, **more)


@pytest.fixture
async def stage(browser: Browser, database_for: Any) -> AsyncIterator[Stage]:
    made = await database_for("bidding")
    database = Database(made.login_url, "bidding")
    await publish_key(database)
    edge, fake = edge_of("bidding", made.login_url), FakeGateway()
    others = fake.app()

    async def api(scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"].startswith("/api/bidding")
        await (edge if ours else others)(scope, receive, send)

    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{listening.getsockname()[1]}"
    settings = PortalSettings(environment="local", gateway_internal_url="http://gateway.test", public_url=url)
    portal = create_portal(settings, gateway_client("http://gateway.test", httpx.ASGITransport(api)))

    async def site(scope: Scope, receive: Receive, send: Send) -> None:
        chosen: ASGIApp = api if scope["type"] == "http" and scope["path"].startswith("/api/") else portal
        await chosen(scope, receive, send)

    server = uvicorn.Server(uvicorn.Config(site, log_level="warning", lifespan="off"))
    async with edge.router.lifespan_context(edge):
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield Stage(browser, database, fake, url)
        server.should_exit = server.force_exit = True  # Chromium keeps its connections
        await serving
    await database.close()


async def an_analyst_keys_the_sheet_beside_its_documents(page: Page, number: str) -> str:
    await page.goto(f"/staff/scores?round={ROUND}")
    await page.get_by_role("row").filter(has_text=number).get_by_role("button").click()
    await expect(page.get_by_role("link", name="Open the file of Balance sheet")).to_be_visible()
    for chooser in await page.get_by_label("What was found").all():
        await chooser.select_option("ACCEPTABLE")
    for name, amount in FIGURES.items():
        if name != "inventory":
            await page.locator(f"#{name}").fill(amount)
    await page.get_by_label("Type of score").select_option("paydex")
    await page.get_by_label("Score, as it is written there").fill("76")
    await page.get_by_role("button", name="Submit for the check").click()
    await expect(page.get_by_role("link", name="Key this figure from its statement.")).to_be_visible()
    await axe_is_silent(page)
    await page.locator("#inventory").fill(FIGURES["inventory"])
    await page.get_by_role("button", name="Submit for the check").click()
    await expect(page.locator("#main")).to_contain_text("A second person checks it")
    return page.url.partition("?")[0]


async def a_second_person_approves(page: Page, address: str) -> None:
    await page.goto(address)
    await expect(page.locator("#main")).to_contain_text("$2,520,000")
    await page.get_by_role("button", name="Approve the sheet").click()
    await expect(page.get_by_role("status").first).to_contain_text("Approved.")


async def the_round_is_scored(page: Page, address: str) -> None:
    await page.goto(f"/staff/scores?round={ROUND}")
    await page.get_by_role("button", name="Score the round").click()
    await expect(page.get_by_role("heading", name="How each ratio is spread")).to_be_visible()
    await page.goto(address)
    row = page.get_by_role("row").filter(has_text="Current ratio")
    await expect(row).to_contain_text("Current assets $620,000; Current liabilities $280,000")


async def a_pricing_analyst_runs_and_checks_the_evaluation(page: Page, database: Database) -> str:
    await page.goto(f"/staff/evaluations?round={ROUND}")
    await page.get_by_role("button", name="Evaluate the round").click()
    await page.wait_for_url("**/staff/evaluations/*")
    address = page.url
    for button, then in (("Compute again and compare", "Being checked"), (None, "Checked: the same results")):
        await work(database)
        await page.goto(address)
        if button:
            await page.get_by_role("button", name=button).click()
        await expect(page.locator(".cx-head")).to_contain_text(then)
    await page.get_by_role("link", name="OTSB in baltimore-columbia-towson-md").click()
    await expect(page.get_by_role("img", name="Bids from low to high")).to_be_visible()
    await axe_is_silent(page)
    return address


async def an_auditor_follows_the_competition(page: Page, address: str, score: str) -> None:
    await page.goto(f"{address}/competitions/OTSB/baltimore-columbia-towson-md")
    await expect(page.get_by_role("row").filter(has_text="Winning, pivotal")).to_contain_text("$348.00")
    await expect(page.locator("#main")).to_contain_text("Expected payments $34,800, otherwise $40,000.")
    await page.goto(score)
    await expect(page.get_by_role("link", name="Open the file of Balance sheet")).to_be_visible()
    await expect(page.get_by_role("button", name="Key it again")).to_have_count(0)


async def test_a_score_and_a_competition_are_followed_from_the_document_to_the_release(stage: Stage) -> None:
    await a_round_in_evaluation(stage.database)
    first, *others = await eligible_bids(stage.database)
    await send_documents(stage.database, first)
    bidders = await _bidders(stage.database)
    for bid in others:
        await approved(stage.database, bidders[bid.bidder_id])
    number = bidders[first.bidder_id].number

    score = await an_analyst_keys_the_sheet_beside_its_documents(await stage.of_staff(KEYER), number)
    await a_second_person_approves(await stage.of_staff(CHECKER), score)
    await the_round_is_scored(await stage.of_staff(KEYER), score)
    run = await a_pricing_analyst_runs_and_checks_the_evaluation(await stage.of_staff(PRICER), stage.database)
    officer = await stage.of_staff(OFFICER)
    await officer.goto(run)
    await officer.get_by_role("button", name="Release the evaluation").click()
    await expect(officer.get_by_role("status").first).to_contain_text("Released.")
    await an_auditor_follows_the_competition(await stage.of_staff(AUDITOR), run, score)

    official = await stage.of_official(first.organization_id, *OFFICIAL, role="AO")
    await official.goto("/financial-summary")
    await expect(official.locator("#main")).to_contain_text("No summary yet")
    async with acting(stage.database, OFFICER) as session:
        await release_scores(session, ROUND)
    await official.reload()
    await expect(official.locator("#main")).to_contain_text("Net income $168,000")
    await expect(official.locator("#main")).to_contain_text("Medians and rank bands are not told")
    await axe_is_silent(official)
    async with official.expect_download() as downloading:
        await official.get_by_role("link", name="Save as PDF").click()
    assert (await (await downloading.value).path()).read_bytes().startswith(b"%PDF")

    end_user = await stage.of_official(first.organization_id, "bid.view", role="EU")
    answer = await end_user.goto("/financial-summary")
    assert answer is not None
    assert answer.status == 403


async def _bidders(database: Database) -> dict[Any, Any]:
    async with database.reading(Fence.staff()) as session:
        return {bidder.id: bidder for bidder in await session.scalars(select(Bidder))}
