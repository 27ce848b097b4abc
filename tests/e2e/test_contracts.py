"""A contract from its signature to moved locations, in the browser: supplier, administrator, officer, end user."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pikepdf
import pytest
from aiokafka import AIOKafkaProducer
from playwright.async_api import Page, expect

from chassis import machine_time
from chassis.ids import new_id
from events.envelope import Envelope
from tests.contracts.house import accepted_line
from tests.e2e.conftest import WindowOf
from tests.e2e.test_bid_forms import axe_is_silent
from tests.infrastructure.platform import Platform

FIRST, ADDED, MOVED_TO = "9000000101", "9000000909", "9000000910"
LINE = "Back braces, Dallas, TX"
NAMES = {"AO": ("Dana", "Whitlock-Sample"), "CONTRACTING_OFFICER": ("Olive", "Tanaka-Example")}


async def a_line_is_accepted(platform: Platform, organization_id: UUID) -> None:
    """What bidding-svc says when an offer was accepted; the story of offers is another one."""
    now = machine_time.now()
    period = {
        "period_starts_on": (now - timedelta(days=30)).date(),
        "period_ends_on": (now + timedelta(days=900)).date(),
    }
    told = accepted_line(
        organization_id, uuid4(), "dallas-tx", label=LINE, locations=(FIRST,), accepted_at=now, **period
    )
    envelope = Envelope.of(told, id=new_id(), time=now, source="/connexion/bidding-svc")
    producer = AIOKafkaProducer(bootstrap_servers=platform.kafka)
    await producer.start()
    try:
        headers = [(name, value.encode()) for name, value in envelope.headers().items()]
        await producer.send_and_wait(told.TOPIC, told.body(), key=told.key.encode(), headers=headers)
    finally:
        await producer.stop()


async def in_time(page: Page, address: str, is_there: Callable[[], Awaitable[bool]]) -> None:
    """Load the page again until it shows what a worker brings about."""
    async with asyncio.timeout(60):
        await page.goto(address)
        while not await is_there():
            await asyncio.sleep(0.3)
            await page.goto(address)


async def sign(page: Page, platform: Platform, role: str, button: str) -> None:
    given, family = NAMES[role]
    person = platform.user(role, "Larkspur" if role == "AO" else None)
    await page.get_by_label("First name").fill(given)
    await page.get_by_label("Last name").fill(family)
    await page.get_by_label("Type your own CMS IDM user ID").fill(person["user_id"])
    await page.get_by_role("button", name=button).click()


async def done(page: Page, words: str) -> None:
    await expect(page.get_by_role("status").first).to_contain_text(words)


async def ask(page: Page, platform: Platform, kind: str, *, comes: str = "", goes: str = "") -> None:
    """An official asks for a location change, from My Current Contract on."""
    await page.goto("/contracts")
    await page.get_by_role("link", name="Add, remove or move a location").click()
    await page.get_by_text(f"{kind} a location", exact=False).last.click()
    await page.get_by_role("button", name="Continue").click()
    if comes:
        await page.get_by_label("PTAN of the location that comes").fill(comes)
    if goes:
        await page.get_by_label("Location that goes").select_option(goes)
    await page.get_by_label("Reason").select_option(label="Another reason")
    await page.get_by_role("button", name="Save the draft and review").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Review the location change")
    await axe_is_silent(page)
    await sign(page, platform, "AO", "Sign and submit")
    await done(page, "Submitted.")


async def approve(admin: Page, officer: Page, link: str) -> None:
    """The administrator reviews and recommends, the officer decides."""
    await admin.goto("/staff/location-changes?state=SUBMITTED")
    await admin.get_by_role("link", name=link).click()
    await admin.get_by_role("button", name="Take it in review").click()
    await done(admin, "You have it in review.")
    await admin.locator("label[for=what-approve]").click()
    for field in await admin.locator('input[name^="confirmed."]').all():
        await field.fill("Read in the record of the enrollment contractor.")
    await admin.get_by_role("button", name="Recommend", exact=True).click()
    await done(admin, "Recommended.")
    await officer.goto(admin.url.partition("?")[0])
    await axe_is_silent(officer)
    await officer.get_by_role("button", name="Approve", exact=True).click()
    await done(officer, "Approved.")


async def the_contract_is_sent_signed_and_sealed(
    platform: Platform, admin: Page, officer: Page, official: Page
) -> None:
    link = admin.get_by_role("row").filter(has_text="Larkspur").get_by_role("link")
    await in_time(admin, "/staff/contracts", link.first.is_visible)
    await link.first.click()
    await admin.get_by_role("button", name="Send", exact=True).click()
    await done(admin, "Sent for signature.")
    await official.goto("/contracts")
    await expect(official.locator("#main")).to_contain_text("Awaiting CMS signature")
    await officer.goto("/staff/contracts/to-sign")
    await axe_is_silent(officer)
    await officer.get_by_role("group", name="Contracts to sign").locator("label").first.click()
    await sign(officer, platform, "CONTRACTING_OFFICER", "Sign the chosen contracts")
    await done(officer, "1 contract is signed.")
    active = official.locator(".cx-head__act").get_by_text("Active", exact=True)
    await in_time(official, "/contracts", active.is_visible)
    await axe_is_silent(official)


async def the_signed_contract_is_a_sealed_pdf(official: Page, folder: Path) -> None:
    async with official.expect_download() as started:
        await official.get_by_role("link", name="Download version 1 (PDF)").click()
    file = folder / "contract.pdf"
    await (await started.value).save_as(file)
    with pikepdf.open(file) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert str(field.V.SubFilter) == "/ETSI.CAdES.detached"


async def an_end_user_meets_no_trace_of_a_location_request(page: Page) -> None:
    await page.goto("/contracts")
    await expect(page.locator(".cx-head__act")).to_have_text("Active")
    for address in ("/contracts", "/todo", "/notices", "/activity"):
        await page.goto(address)
        assert "ocation change" not in await page.content()
        assert "ocation request" not in await page.content()
    answer = await page.goto("/location-changes")
    assert answer is not None
    assert answer.status == 403


@pytest.mark.timeout(600)
async def test_a_contract_is_signed_and_its_locations_are_added_removed_and_moved(
    platform: Platform, window_of: WindowOf, tmp_path: Path
) -> None:
    official = (await window_of("AO", "Larkspur")).pages[0]
    admin = (await window_of("CONTRACT_ADMINISTRATOR", "")).pages[0]
    officer = (await window_of("CONTRACTING_OFFICER", "")).pages[0]
    me = await (await official.request.get("/api/identity/me")).json()
    await a_line_is_accepted(platform, UUID(me["organization"]["id"]))
    await the_contract_is_sent_signed_and_sealed(platform, admin, officer, official)
    await the_signed_contract_is_a_sealed_pdf(official, tmp_path)

    await ask(official, platform, "Add", comes=ADDED)
    await an_end_user_meets_no_trace_of_a_location_request((await window_of("EU", "Larkspur")).pages[0])
    await approve(admin, officer, f"Add PTAN {ADDED}")
    await ask(official, platform, "Remove", goes=FIRST)
    await approve(admin, officer, f"Remove PTAN {FIRST}")
    await ask(official, platform, "Move", goes=ADDED, comes=MOVED_TO)
    await approve(admin, officer, f"Add PTAN {MOVED_TO}")

    await official.goto("/contracts")
    await expect(official.get_by_role("row").filter(has_text=MOVED_TO)).to_contain_text("The end of the contract")
    await expect(official.locator("#main")).to_contain_text("Version 4")
    await official.get_by_role("link", name="Duty calendar").click()
    await expect(official.get_by_role("heading", level=1)).to_have_text("Duty calendar")
    await axe_is_silent(official)
