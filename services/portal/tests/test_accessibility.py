"""axe finds nothing to complain about, on every page and in every state, at every width."""

import pytest
from axe_playwright_python.async_playwright import Axe
from fake_gateway import OTHER_ORGANIZATION, FakeGateway
from playwright.async_api import BrowserContext, Page

pytestmark = pytest.mark.e2e
WIDTHS = (1280, 768, 375, 320)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PUBLIC = ("/", "/rounds/R2028", "/receipt-check", "/nowhere")
PAGES = (*PUBLIC, "/home", "/documents", "/todo", "/activity", "/receipts", "/roles", "/sessions")
ANOTHER_SLOT, THIRD_SLOT = (f"0197b3a0-0000-7000-8000-00000000000{number}" for number in "23")
REJECTED = {"code": "UPL-03", "reason": "It has a password, so nobody can open it. Save it again without a password."}


async def complaints(page: Page) -> list[str]:
    """What axe finds at every width with everything that opens open, and closed once; and sideways scrolling."""
    found = await axe_on(page)
    await page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        found += await axe_on(page)
        if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{page.url} at {width} scrolls sideways")
    return found


async def axe_on(page: Page) -> list[str]:
    results = (await Axe().run(page, options=RULES)).response
    assert results["passes"], "axe ran no rule"
    width = (page.viewport_size or {}).get("width")
    return [f"{page.url} at {width}: {rule['id']} {rule['nodes'][0]['html']}" for rule in results["violations"]]


@pytest.fixture
def full(gateway: FakeGateway) -> FakeGateway:
    """Something in every place, in every state."""
    gateway.organizations.append({"id": OTHER_ORGANIZATION, "name": "Tallgrass Sample Bracing, Inc.", "role": "EU"})
    gateway.receive(b"%PDF-1.7 locked", state="REJECTED", rejection=REJECTED)
    for state in ("ACCEPTED", "SUPERSEDED", "NOT_SCANNED", "SCANNING"):
        gateway.receive(b"%PDF-1.7 " + state.encode(), state=state, slot_id=ANOTHER_SLOT)
    gateway.requirements.append(gateway.requirement(label="Bid surety bond", slot_id=ANOTHER_SLOT, state="RECEIVED"))
    gateway.requirements.append(
        gateway.requirement(label="Personal credit report", slot_id=THIRD_SLOT, state="MISSING")
    )
    half = gateway.upload(offset=2_600_000)
    gateway.uploads[half["id"]] = half
    gateway.todos = [gateway.todo() for _ in range(45)]
    gateway.sessions = [gateway.session(is_this_one=number == 0) for number in range(30)]
    return gateway


async def test_pages_with_something_in_every_place(window: BrowserContext, full: FakeGateway) -> None:
    page = await window.new_page()
    found: list[str] = []
    for address in (*PAGES, *(f"/documents/files/{file['id']}?sent=1" for file in full.files)):
        await page.goto(address)
        found += await complaints(page)
    assert found == []


async def test_pages_of_staff(window: BrowserContext, gateway: FakeGateway) -> None:
    gateway.become("staff", "EVALUATION_ANALYST", ("staff.document.view",))
    page = await window.new_page()
    await page.goto("/api/identity/sign-in?return_to=/home")
    found: list[str] = []
    for address in ("/home", "/roles", "/sessions"):
        await page.goto(address)
        found += await complaints(page)
    assert found == []


async def test_pages_with_nothing_to_show(window: BrowserContext, gateway: FakeGateway) -> None:
    gateway.requirements.clear()
    gateway.todos.clear()
    page = await window.new_page()
    found: list[str] = []
    for address in PAGES:
        await page.goto(address)
        found += await complaints(page)
    assert found == []


async def test_forms_with_errors(window: BrowserContext, gateway: FakeGateway) -> None:
    page = await window.new_page()
    await page.goto("/documents")
    await page.get_by_role("button", name="Confirm and upload").click()
    found = await complaints(page)
    await page.goto("/receipt-check")
    await page.get_by_role("button", name="Check the receipt").click()
    found += await complaints(page)
    await page.get_by_label("Paste the receipt").fill("a.b.c2ln")
    await page.get_by_role("button", name="Check the receipt").click()
    found += await complaints(page)
    assert found == []


async def test_the_open_menu_of_a_small_screen(window: BrowserContext, gateway: FakeGateway) -> None:
    page = await window.new_page()
    await page.set_viewport_size({"width": 375, "height": 900})
    await page.goto("/home")
    await page.get_by_role("button", name="Menu", exact=True).click()
    await page.get_by_role("link", name="Document Center").last.wait_for()
    assert await axe_on(page) == []
