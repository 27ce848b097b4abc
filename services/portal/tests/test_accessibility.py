"""axe finds nothing to complain about, on every page and in every state, at every width."""

import pytest
import states
from axe import axe_on, complaints
from fake_gateway import FakeGateway
from fake_gateway.evaluations import RUN
from fake_gateway.scores import RUN as SCORING
from playwright.async_api import BrowserContext

pytestmark = pytest.mark.e2e
PUBLIC = ("/", "/rounds/R2028", "/receipt-check", "/nowhere")
BIDDING = ("/home", "/documents", "/todo", "/notices", "/activity", "/receipts")
NOTICES = (
    f"/notices/{states.NOTICE}?done=response",
    f"/notices/{states.UNOPENED}",
    f"/inquiries/{states.INQUIRY}?done=draft",
)
PEOPLE = ("/organization", "/organization/requests", "/register", "/role-requests/mine", "/roles", "/sessions")
SUPPLIER = (*PUBLIC, *BIDDING, *PEOPLE)
LOCATIONS = tuple(f"/organization/locations/{ptan}" for ptan in ("9000000001", "9000000203", "9000000999"))
FORM_A = (
    "/form-a/R2028",
    *(f"/form-a/R2028/{page}" for page in ("business?check=1", "locations", "locations/9000000203?check=1")),
    *(f"/form-a/R2028/{page}" for page in ("locations/new", "locations/9000000203/removal", "links", "review")),
)
BIDS = (
    "/bids",
    "/bids/new",
    f"/bids/{states.BID}?check=1",
    f"/bids/{states.BID}/review",
    f"/bids/{states.CERTIFIED}/withdrawal",
    "/bid-status",
)
DESK = (
    "/help-desk?search=priya",
    "/help-desk?search=p",
    f"/help-desk/people/{states.PERSON}?done=lock",
    f"/help-desk/tickets/new?person={states.PERSON}&name=Priya",
    f"/help-desk/tickets/{states.TICKET}",
    f"/help-desk/tickets/{states.CLOSED_TICKET}",
)

CONTRACT = f"/contracts/{states.CONTRACT}"
CONTRACTS = (
    "/contracts",
    f"{CONTRACT}/standing",
    f"{CONTRACT}/versions/1",
    f"{CONTRACT}/activity",
    f"{CONTRACT}/calendar",
    f"{CONTRACT}/location-change",
    f"/location-changes/{states.REQUEST}/review",
    "/location-changes?done=submission",
    f"/location-changes/{states.CHANGE}",
)
CONTRACT_DESK = (
    "/staff/contracts",
    "/staff/contracts/to-sign",
    "/staff/contracts/to-be-sealed",
    f"/staff/contracts/{states.CONTRACT}?done=sending",
    "/staff/location-changes",
    f"/staff/location-changes/{states.CHANGE}?done=taking",
)
SCORES = (
    "/staff/scores",
    f"/staff/scores/{states.KEYED}?done=sheet&file={states.FILES[0]}",
    f"/staff/scores/{states.SCORED}",
    f"/staff/scores/scorings/{SCORING}",
)
EVALUATION = (
    "/staff/evaluations",
    f"/staff/evaluations/{RUN}",
    f"/staff/evaluations/{RUN}/competitions/OTSB/baltimore-columbia-towson-md",
)
FORM_C = f"/form-c/{states.FORM_C}"
REPORTS = (
    *("/form-c", f"{FORM_C}?done=rows", f"{FORM_C}/spreadsheet", f"{FORM_C}/certification"),
    *(f"/form-c/{states.SUBMITTED_FORM_C}{page}" for page in ("", "/certifications")),
)
REPORT_DESK = tuple(
    f"/staff/form-c{page}"
    for page in ("", f"/{states.SUBMITTED_FORM_C}", "/added-products", "/added-products?state=WRONG", "/product-list")
)
DISCLOSURES = (
    "/subcontracts",
    *(f"/contracts/{states.CONTRACT}/{page}" for page in ("subcontract", "no-subcontractors")),
    *(f"/subcontracts/{each}" for each in (states.SUBCONTRACT, states.ASKED_SUBCONTRACT)),
)
DISCLOSURE_DESK = (
    "/staff/subcontracts",
    *(f"/staff/subcontracts/{each}" for each in (states.SUBCONTRACT, f"{states.ASKED_SUBCONTRACT}?done=taking")),
)
RESULTS = ("/bidding-results", "/rounds/R2028/results")
TRANSFERS = (
    *("/transfers", "/transfers/new", f"/contracts/{states.CONTRACT}/transfer"),
    f"/transfers/{states.TRANSFER}?done=file",
    f"/transfers/{states.ASKED_TRANSFER}",
    f"/transfers/{states.DRAFTED_TRANSFER}/review",
)
TRANSFER_DESK = ("/staff/transfers", f"/staff/transfers/{states.TRANSFER}?done=taking")
OFFERS = ("/offers", f"/offers/{states.OFFER}?done=decided", f"/offers/{states.SUBMITTED_OFFER}?done=submitted")
AWARDS = (
    "/staff/awards",
    *(f"/staff/awards/{states.AWARD}?show={show}" for show in ("competitions", "lines", "offers")),
    f"/staff/awards/{states.HELD_AWARD}?done=prepared",
)
VIEWS = ("", "/calendar", "/contents?category=OTSK", "/registrations", "/window")
ROUNDS = (
    "/staff/rounds",
    "/staff/rounds/new",
    "/staff/rounds/R2030?done=draft",
    "/staff/rounds/R2030/contents",
    *(f"/staff/rounds/R2028{view}" for view in VIEWS),
)


async def visit(window: BrowserContext, address: str) -> list[str]:
    page = await window.new_page()
    await page.goto("/api/identity/sign-in?return_to=/")
    await page.goto(address)
    return await complaints(page)


@pytest.mark.parametrize(
    "address", [*SUPPLIER, *LOCATIONS, *NOTICES, *(f"/documents/files/{file}?sent=1" for file in states.FILES)]
)
async def test_a_page_with_something_in_every_place(window: BrowserContext, gateway: FakeGateway, address: str) -> None:
    states.full(gateway)
    assert await visit(window, address) == []


@pytest.mark.parametrize("address", SUPPLIER)
async def test_a_page_with_nothing_to_show(window: BrowserContext, gateway: FakeGateway, address: str) -> None:
    gateway.requirements.clear()
    gateway.todos.clear()
    assert await visit(window, address) == []


@pytest.mark.parametrize(
    ("moment", "address"),
    [
        *(("filled", address) for address in (*FORM_A, *BIDS, "/home")),
        ("approved", f"/bids/{states.BID}/review"),
        ("closed", f"/bids/{states.BID}"),
        *((moment, "/form-a/R2028/business") for moment in ("approved", "closed")),
        ("ready", "/form-a/R2028/review"),
        *(("newcomer", address) for address in ("/register", "/role-requests/mine?asked=1")),
        *(("analyst", address) for address in ("/home", "/roles", "/sessions?ended=1", "/documents")),
        *(("help_desk", address) for address in DESK),
        *(("notice_desk", f"/notice-desk{page}") for page in ("", f"/{states.DRAFT}", f"/batches/{states.BATCH}")),
        *(
            ("reviewer", address)
            for address in ("/reviews?kind=pbe", f"/reviews/{states.CASE}?file={states.FILES[0]}&page=2")
        ),
        *(("results", address) for address in RESULTS),
        *(("bonds", address) for address in ("/staff/bonds?clock=warned", f"/staff/bonds/{states.BOND}?done=paper")),
        ("bond_holder", "/bonds"),
        ("rounds", "/staff/sureties"),
        ("records", "/staff/records"),
        *(("rounds", address) for address in ROUNDS),
        *(("contractor", address) for address in CONTRACTS),
        *(("contract_desk", address) for address in CONTRACT_DESK),
        ("released", "/financial-summary"),
        *(("scores", address) for address in SCORES),
        *(("pricing", address) for address in EVALUATION),
        *(("offered", address) for address in OFFERS),
        *(("reporter", address) for address in REPORTS),
        *(("report_desk", address) for address in REPORT_DESK),
        *(("discloser", address) for address in DISCLOSURES),
        *(("disclosure_desk", address) for address in DISCLOSURE_DESK),
        *(("seller", address) for address in TRANSFERS),
        *(("transfer_desk", address) for address in TRANSFER_DESK),
        *(("award_desk", address) for address in AWARDS),
        *(("dbids", f"/staff/rounds/R2028/{view}") for view in ("dbids", "prices?bidder=2840072&purpose=review")),
    ],
)
async def test_a_page_of_others(window: BrowserContext, gateway: FakeGateway, moment: str, address: str) -> None:
    getattr(states, moment)(gateway)
    assert await visit(window, address) == []


async def test_forms_with_errors(window: BrowserContext) -> None:
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


async def test_a_refused_request_for_a_role(window: BrowserContext, gateway: FakeGateway) -> None:
    told = [{"path": name, "message": f"Mend the {name}."} for name in ("ptan", "role", "ssn", "birth_date")]
    page = await window.new_page()
    await page.goto("/register")
    await page.get_by_label("PTAN of the supplier").fill("9000000001")
    await page.get_by_text("Backup authorized official (BAO)", exact=False).first.click()
    gateway.failing["/api/identity/role-requests"] = (422, {"detail": "Mend the fields.", "fields": told})
    await page.get_by_role("button", name="Send the request").click()
    await page.locator("#error-summary").wait_for()
    assert await complaints(page) == []


@pytest.mark.parametrize(("moment", "item"), [("full", "Document Center"), ("help_desk", "Your sessions")])
async def test_the_open_menu_of_a_small_screen(
    window: BrowserContext, gateway: FakeGateway, moment: str, item: str
) -> None:
    getattr(states, moment)(gateway)
    page = await window.new_page()
    await page.set_viewport_size({"width": 375, "height": 900})
    await page.goto("/api/identity/sign-in?return_to=/home")
    await page.get_by_role("button", name="Menu", exact=True).click()
    await page.get_by_role("link", name=item).last.wait_for()
    assert await axe_on(page) == []
