"""What axe finds wrong with a page, wide and narrow, and with everything that opens open."""

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

WIDTHS = (1280, 768, 375, 320)
LOOKED_AT = (1280, 320)
"""Where axe looks: between the two only the wrapping changes, which is looked at for itself, at every width."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


async def complaints(page: Page) -> list[str]:
    """What axe finds with everything that opens open, and closed once if anything does; and sideways scrolling."""
    found = await axe_on(page) if await page.locator("details").count() else []
    await page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        found += await axe_on(page) if width in LOOKED_AT else []
        if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{page.url} at {width} scrolls sideways")
    return found


async def axe_on(page: Page) -> list[str]:
    results = (await Axe().run(page, options=RULES)).response
    assert results["passes"], "axe ran no rule"
    width = (page.viewport_size or {}).get("width")
    return [f"{page.url} at {width}: {rule['id']} {rule['nodes'][0]['html']}" for rule in results["violations"]]
