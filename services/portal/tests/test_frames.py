"""What stands around a page for a supplier, for staff, and for somebody without a role."""

import re

import httpx
from fake_gateway import OTHER_ORGANIZATION, FakeGateway, token
from test_pages import words


def menu_of(page: httpx.Response) -> list[str]:
    nav = page.text.split('id="cx-nav"')[1].split("</nav>")[0]
    return re.findall(r'<a href="(/[a-z/-]+)"', nav)


async def test_staff_have_a_frame_of_their_own_with_their_own_menu(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.become("staff", "EVALUATION_ANALYST", ("staff.document.view",))
    person.cookies.set("cx_token", gateway.token())
    page = await person.get("/home")
    assert "Program workspace" in words(page)
    assert "Acting for Program staff" in words(page)
    assert "Evaluation analyst" in words(page)
    assert menu_of(page) == ["/roles", "/sessions"]
    assert "cx-idbar" not in page.text


async def test_suppliers_never_see_the_staff_frame(person: httpx.AsyncClient) -> None:
    page = await person.get("/roles")
    assert "Program workspace" not in page.text
    assert "cx-idbar" in page.text


async def test_every_page_says_for_whom_one_acts_and_as_what(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.organizations.append({"id": OTHER_ORGANIZATION, "name": "Tallgrass Sample Bracing, Inc.", "role": "EU"})
    for address in ("/home", "/documents", "/todo", "/activity", "/receipts", "/roles", "/sessions"):
        page = words(await person.get(address))
        bar = page.split("Act for another organization")
        assert "Larkspur Sample Medical, LLC Bidder number 2840071 Switch" in bar[0]
        assert "Tallgrass Sample Bracing, Inc. End user (EU) Switch" in bar[1]


async def test_the_role_table_stands_as_published_with_its_footnotes(person: httpx.AsyncClient) -> None:
    page = words(await person.get("/roles"))
    assert "View contract offers Y Y N" in page
    assert "View bid disqualification review notice/details Y Y Y footnote 4" in page
    assert "Footnote 4 An end user sees an inquiry result only for an inquiry" in page
    assert "Seen by staff only" not in page


async def test_staff_see_the_inside_roles_too(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.become("staff", "EVALUATION_ANALYST")
    person.cookies.set("cx_token", gateway.token())
    page = words(await person.get("/roles"))
    assert "View contract offers Y Y N" in page
    assert "Seen by staff only" in page


async def test_the_menu_shows_only_what_the_role_may_see(person: httpx.AsyncClient) -> None:
    person.cookies.set("cx_token", token(permissions=("document.view",)))
    assert menu_of(await person.get("/home")) == [
        "/home",
        "/documents",
        "/receipts",
        "/role-requests/mine",
        "/sessions",
    ]
