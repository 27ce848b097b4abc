"""What is new shows on a page that stands open, and nothing changes under somebody's hands."""

import pytest
from fake_gateway import FakeGateway
from playwright.async_api import BrowserContext, expect

pytestmark = pytest.mark.e2e


async def test_a_new_thing_to_do_shows_by_itself_in_the_list_and_in_the_menu(
    window: BrowserContext, gateway: FakeGateway
) -> None:
    page = await window.new_page()
    await page.goto("/home")
    number, lines = page.locator("#todo-count"), page.locator("#todo li")
    await expect(number).to_have_text("1 to do")
    await expect(lines).to_have_count(1)
    gateway.todos.append(gateway.todo(label="Balance sheet"))
    await expect(number).to_have_text("2 to do")
    await expect(lines).to_have_count(2)
    await expect(page.locator("#live-news")).to_have_text("Updated. 2 to do, 0 unread notices.")


async def test_a_list_that_somebody_is_in_changes_once_they_have_left_it(
    window: BrowserContext, gateway: FakeGateway
) -> None:
    page = await window.new_page()
    await page.goto("/todo")
    lines = page.locator("#live li")
    await page.locator("#live a").first.focus()
    gateway.todos.append(gateway.todo(label="Balance sheet"))
    await expect(page.locator("#todo-count")).to_have_text("2 to do")
    await expect(lines).to_have_count(1)
    await page.locator("#main").focus()
    await expect(lines).to_have_count(2)


async def test_after_the_end_of_a_session_a_page_asks_no_more(window: BrowserContext, gateway: FakeGateway) -> None:
    page = await window.new_page()
    await page.goto("/todo")
    gateway.todos.append(gateway.todo(label="Balance sheet"))
    await expect(page.locator("#todo-count")).to_have_text("2 to do")
    gateway.live_ends = True
    await expect(page.locator("#live li")).to_have_count(2)
    opened = gateway.asked.count("GET /api/notices/live")
    await page.wait_for_function("performance.getEntriesByName(new URL('/api/notices/live', location).href).length")
    for _ in range(20):  # far longer than the pause after which a browser would come back
        await page.evaluate("fetch('/api/notices/todos/count')")
    assert gateway.asked.count("GET /api/notices/live") == opened
