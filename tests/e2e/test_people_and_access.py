"""From an account without a role to an organization with people, and the help desk beside it, in a real browser."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, Page, expect

from tests.e2e.conftest import WindowOf
from tests.e2e.people import at_the_provider
from tests.e2e.test_pages_are_accessible import RULES
from tests.infrastructure.platform import Platform

JUNIPER = "Juniper Sample Respiratory, LLC"
JUNIPERS_PTAN = "9000000301"


async def axe_is_silent(page: Page) -> None:
    results = (await Axe().run(page, options=RULES)).response
    assert results["passes"], "axe ran no rule"
    assert [rule["id"] for rule in results["violations"]] == []


async def ask_as_official(page: Page, ssn: str) -> None:
    await page.get_by_label("PTAN of the supplier").fill(JUNIPERS_PTAN)
    await page.locator("label[for=role-AO]").click()
    await page.get_by_label("Social Security number").fill(ssn)
    await page.get_by_label("Date of birth").fill("1979-11-08")
    await page.get_by_role("button", name="Send the request").click()


async def acting_for(page: Page, organization: str) -> None:
    await expect(page.get_by_role("region", name="You are acting for")).to_contain_text(organization)


async def test_an_official_registers_lets_somebody_in_and_the_help_desk_acts_only_with_a_ticket(
    platform: Platform, window_of: WindowOf, nobody_yet: BrowserContext
) -> None:
    page = await nobody_yet.new_page()
    await at_the_provider(page, platform.user(""))
    await expect(page.get_by_role("heading", level=1)).to_have_text("You have no role yet")
    await axe_is_silent(page)

    await ask_as_official(page, "900-00-9999")
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page.get_by_label("Social Security number")).to_have_value("")
    await axe_is_silent(page)

    await ask_as_official(page, "900-00-0301")
    await expect(page.get_by_role("heading", level=1)).to_have_text("People and access")
    await acting_for(page, JUNIPER)
    await axe_is_silent(page)

    stranger = (await window_of("EU", "Tallgrass")).pages[0]
    await stranger.goto("/register")
    await stranger.get_by_label("PTAN of the supplier").fill(JUNIPERS_PTAN)
    await stranger.locator("label[for=role-EU]").click()
    await stranger.get_by_role("button", name="Send the request").click()
    await expect(stranger.get_by_text("Your request is with us.")).to_be_visible()
    juniper = stranger.get_by_role("row").filter(has_text=JUNIPER)
    await expect(juniper).to_contain_text("Take it back")
    await expect(juniper.get_by_role("button", name="Act for it")).to_have_count(0)

    await page.goto("/organization/requests")
    await axe_is_silent(page)
    await page.get_by_role("button", name="Approve as EU").click()
    await expect(page.get_by_text("Approved.")).to_be_visible()

    await stranger.goto("/role-requests/mine")
    await juniper.get_by_role("button", name="Act for it").click()
    await acting_for(stranger, JUNIPER)
    await stranger.goto("/organization/requests")
    await expect(stranger.get_by_role("button", name="Approve")).to_have_count(0)

    desk = (await window_of("CUSTOMER_SERVICE", "")).pages[0]
    await desk.goto("/help-desk?search=CNOVAK06")
    await axe_is_silent(desk)
    person = await desk.get_by_role("link", name="Clara Novak-Example", exact=True).get_attribute("href")
    assert person is not None
    await desk.goto(person)
    await expect(desk.get_by_role("heading", level=1)).to_have_text("A ticket about this person is needed")

    await desk.get_by_role("link", name="Open a ticket").click()
    await desk.get_by_label("Topic").select_option(label="Roles")
    await desk.get_by_label("What it is about").fill("Wants to know for whom she acts.")
    await desk.get_by_role("button", name="Open and take in hand").click()
    await expect(desk.get_by_role("heading", level=1)).to_have_text("Clara Novak-Example")
    await axe_is_silent(desk)

    role = desk.get_by_role("region", name=f"End user (EU), {JUNIPER}")
    await role.locator("summary", has_text="Lock").click()
    await role.get_by_label("Why you lock it").fill("She left Juniper, says its official.")
    await role.get_by_role("button", name="Lock").click()
    await expect(desk.get_by_text("The role is locked, and the person is signed out.")).to_be_visible()
    await expect(desk.get_by_text("Recorded under HD-")).to_be_visible()
    await stranger.goto("/home")
    await expect(stranger.get_by_role("region", name="You are acting for")).to_have_count(0)
