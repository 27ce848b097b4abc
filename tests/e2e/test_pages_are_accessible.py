"""axe on the pages as the platform fills them; `services/portal/tests/test_accessibility.py` visits every state."""

from axe_playwright_python.async_playwright import Axe

from tests.e2e.conftest import WindowOf

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = (
    "/",
    "/rounds/R2028",
    "/rounds/R2021",
    "/receipt-check",
    "/home",
    "/documents",
    "/todo",
    "/activity",
    "/receipts",
)


async def test_axe_is_silent_and_nothing_scrolls_sideways(window_of: WindowOf) -> None:
    page = (await window_of("AO", "Tallgrass")).pages[0]
    found = []
    for address in PAGES:
        await page.goto(address)
        for width in (1280, 768, 375, 320):
            await page.set_viewport_size({"width": width, "height": 900})
            results = (await Axe().run(page, options=RULES)).response
            assert results["passes"], "axe ran no rule"
            found += [f"{address} at {width}: {rule['id']}" for rule in results["violations"]]
            if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                found.append(f"{address} at {width} scrolls sideways")
    assert found == []


async def test_no_page_says_anything_on_the_console(window_of: WindowOf) -> None:
    page = (await window_of("AO", "Tallgrass")).pages[0]
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for address in PAGES:
        await page.goto(address, wait_until="load")
    assert said == []
