"""A bid from its first answer to its certification, and again after an edit has voided it: as AO and as EU."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import WindowOf
from tests.e2e.test_pages_are_accessible import RULES
from tests.infrastructure.platform import Platform

FORM_A = "/form-a/R2028"
DISCLOSED = ("Legal actions", "Sanctions", "Revocations of a supplier number or accreditation", "Convictions")
LARKSPURS_PTAN = "9000000101"


async def axe_is_silent(page: Page) -> None:
    results = (await Axe().run(page, options=RULES)).response
    assert results["passes"], "axe ran no rule"
    assert [(page.url, rule["id"]) for rule in results["violations"]] == []


def question(page: Page, legend: str) -> Locator:
    return page.get_by_role("group", name=legend)


async def press_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    wanted = await target.element_handle()
    for _ in range(120):
        if await page.evaluate("wanted => document.activeElement === wanted", wanted):
            return
        await page.keyboard.press("Tab")
    raise AssertionError("Tab never comes there")


async def type_in(page: Page, label: str, text: str) -> None:
    await press_to(page, page.get_by_label(label))
    await page.keyboard.type(text)


async def choose_yes(page: Page, legend: str) -> None:
    await press_to(page, question(page, legend).get_by_role("radio").first)
    await page.keyboard.press("Space")


async def press(page: Page, button: str) -> None:
    await press_to(page, page.get_by_role("button", name=button))
    await page.keyboard.press("Enter")


async def an_end_user_names_the_location_without_scripts(page: Page) -> None:
    await page.goto(f"{FORM_A}/business")
    await expect(page.locator("#main")).to_contain_text("You can read this section, not change it.")
    await page.goto(f"{FORM_A}/locations/new")
    await page.get_by_label("PTAN", exact=False).first.fill(LARKSPURS_PTAN)
    await page.get_by_text("OTS knee braces", exact=True).click()
    await page.get_by_role("button", name="Save and continue").click()
    await expect(page).to_have_title("Error: Locations: PTAN 9000000101, Form A | Connexion")
    await page.get_by_text("MD", exact=True).click()
    await page.get_by_role("button", name="Save and continue").click()
    await expect(page.get_by_role("row").filter(has_text=LARKSPURS_PTAN)).to_contain_text("Complete")


async def an_official_fills_form_a(page: Page) -> None:
    await page.goto(f"{FORM_A}/business")
    await axe_is_silent(page)
    await page.get_by_label("Business type").select_option("c-corporation")
    await question(page, "How you bid").get_by_text("As a single location").click()
    await question(page, "Specialty supplier").get_by_text("No").click()
    await question(page, "Small supplier").get_by_text("No").click()
    await expect(page.locator("#save-state")).to_contain_text("Draft saved")
    await page.get_by_role("button", name="Save and continue").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Locations")
    await page.goto(f"{FORM_A}/disclosures")
    for legend in (*DISCLOSED, "Exclusions from a federal program"):
        await question(page, legend).get_by_text("No").click()
    await question(page, "These disclosures are complete and true").get_by_text("Yes").click()
    await page.get_by_role("button", name="Save and continue").click()


async def an_official_approves_form_a_by_keyboard(page: Page, user_id: str) -> None:
    await page.goto(f"{FORM_A}/review")
    await axe_is_silent(page)
    await type_in(page, "First name", "Dana")
    await type_in(page, "Last name", "Whitlock-Sample")
    await type_in(page, "Type your own CMS IDM user ID", user_id)
    await press(page, "Approve Form A")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Form A is approved")


async def an_end_user_fills_form_b_by_keyboard(page: Page) -> None:
    await page.goto("/bids/new?category=OTSK")
    await axe_is_silent(page)
    await press(page, "Begin")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("OTS knee braces")
    await type_in(page, "Amount for the lead item", "20.00")
    await choose_yes(page, "The amount is for a new item")
    await type_in(page, "Estimated capacity", "100")
    await choose_yes(page, "The amount accounts for all costs")
    await press(page, "Save and review")
    await expect(page.locator("#main")).to_contain_text("An authorized official certifies this bid")


async def an_official_certifies(page: Page, address: str, user_id: str) -> None:
    await page.goto(f"{address}/review")
    await page.get_by_label("Type your own CMS IDM user ID").fill(user_id)
    await page.get_by_role("button", name="Certify the bid").click()
    await expect(page.get_by_role("status").first).to_contain_text("The bid is certified.")


async def an_end_user_voids_the_certification_after_being_asked(page: Page, address: str) -> None:
    await page.goto(address)
    await page.get_by_label("Estimated capacity").fill("120")
    await page.get_by_role("button", name="Save draft").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Saving this voids the certification")
    await axe_is_silent(page)
    await page.get_by_role("button", name="Save, and void the certification").click()
    await expect(page.get_by_role("status").first).to_contain_text("Draft saved.")


async def test_a_bid_is_filled_certified_voided_by_an_edit_and_certified_again(
    window_of: WindowOf, platform: Platform
) -> None:
    user_id = platform.user("AO", "Larkspur")["user_id"]
    await an_end_user_names_the_location_without_scripts((await window_of("EU", "Larkspur", scripts=False)).pages[0])
    official = (await window_of("AO", "Larkspur")).pages[0]
    await an_official_fills_form_a(official)
    await an_official_approves_form_a_by_keyboard(official, user_id)

    end_user = (await window_of("EU", "Larkspur")).pages[0]
    await an_end_user_fills_form_b_by_keyboard(end_user)
    bid = end_user.url.removeprefix(platform.gateway).removesuffix("/review")
    await an_official_certifies(official, bid, user_id)
    await an_end_user_voids_the_certification_after_being_asked(end_user, bid)

    await official.goto("/bid-status")
    await expect(official.locator("#main")).to_contain_text("One bid is not certified.")
    await axe_is_silent(official)
    await an_official_certifies(official, bid, user_id)
    await axe_is_silent(official)
    await official.goto("/bids")
    await expect(official.get_by_role("row").filter(has_text="OTS knee braces")).to_contain_text("Certified")
    await axe_is_silent(official)
