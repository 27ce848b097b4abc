"""Who may see a page, what happens when a session ends, and how refusals look."""

from datetime import timedelta

import httpx
import pytest
from fake_gateway import FakeGateway, token

from portal.app import create_portal
from portal.gateway import gateway_client

PERSONAL = ("/home", "/documents", "/todo", "/activity", "/receipts", "/documents/under-way")
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.parametrize("address", PERSONAL)
async def test_a_personal_page_sends_a_stranger_to_sign_in_and_back(visitor: httpx.AsyncClient, address: str) -> None:
    answer = await visitor.get(f"{address}?after=x")
    assert answer.status_code == 303
    back = address.replace("/", "%2F") + "%3Fafter%3Dx"
    assert answer.headers["location"] == f"/api/identity/sign-in?return_to={back}"


@pytest.mark.parametrize("life", [timedelta(seconds=-1), timedelta(seconds=20)])
async def test_a_token_about_to_expire_is_renewed_before_anything_is_asked(
    person: httpx.AsyncClient, gateway: FakeGateway, life: timedelta
) -> None:
    person.cookies.set("cx_token", token(life))
    page = await person.get("/home")
    assert page.status_code == 200
    assert gateway.asked[0] == "POST /api/identity/renewal"
    assert page.headers["set-cookie"].startswith("cx_token=")
    assert page.headers["set-cookie"].endswith("SameSite=lax")


async def test_a_fresh_token_is_not_renewed(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    page = await person.get("/home")
    assert "POST /api/identity/renewal" not in gateway.asked
    assert "set-cookie" not in page.headers


async def test_an_ended_session_is_told_with_the_way_back(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    person.cookies.set("cx_token", token(timedelta(seconds=-1)))
    gateway.session_lives = False
    page = await person.get("/activity")
    assert page.status_code == 401
    assert "You are signed out" in page.text
    assert "/api/identity/sign-in?return_to=%2Factivity" in page.text
    assert all('=""' in cookie for cookie in page.headers.get_list("set-cookie"))


async def test_a_poll_that_meets_an_ended_session_loads_the_whole_page_again(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    person.cookies.set("cx_token", token(timedelta(seconds=-1)))
    gateway.session_lives = False
    answer = await person.get("/documents/under-way", headers={"hx-request": "true"})
    assert answer.headers["hx-refresh"] == "true"
    assert answer.text == ""


async def test_a_removed_person_is_signed_out_although_the_token_lives(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.failing["/api/identity/me"] = (401, {})
    assert (await person.get("/home")).status_code == 401


async def test_one_persons_cookies_never_travel_with_another_persons_calls(
    visitor: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    first = {"cookie": f"cx_session=mine; cx_token={token(timedelta(seconds=-1))}"}
    await visitor.get("/home", headers=first)
    gateway.headers_seen.clear()
    await visitor.get("/home", headers={"cookie": f"cx_token={token()}"})
    assert gateway.headers_seen
    assert all("cookie" not in seen for seen in gateway.headers_seen)


async def test_calls_for_a_page_carry_its_trace_and_the_browsers_address(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    traceparent = f"00-{TRACE}-b7ad6b7169203331-01"
    await person.get("/home", headers={"traceparent": traceparent, "x-forwarded-for": "203.0.113.7"})
    assert {seen["traceparent"].split("-")[1] for seen in gateway.headers_seen} == {TRACE}
    assert {seen["x-forwarded-for"] for seen in gateway.headers_seen} == {"203.0.113.7"}


@pytest.mark.parametrize(
    ("status", "shown_as", "heading"),
    [
        (403, 403, "Your role does not include this"),
        (404, 404, "There is nothing here"),
        (413, 413, "The file is too large"),
        (429, 429, "Too many requests at once"),
        (409, 409, "This cannot be done now"),
        (422, 422, "This address is not right"),
        (500, 503, "A part of Connexion does not answer"),
        (503, 503, "A part of Connexion does not answer"),
    ],
)
async def test_a_refusal_is_a_page_with_a_reference(
    person: httpx.AsyncClient, gateway: FakeGateway, status: int, shown_as: int, heading: str
) -> None:
    gateway.failing["/api/notices/activity"] = (status, {"detail": "The service's own sentence."})
    page = await person.get("/activity", headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
    assert page.status_code == shown_as
    assert f"<h1>{heading}</h1>" in page.text
    assert "<title>Error: " in page.text
    assert TRACE in page.text
    assert ("own sentence" in page.text) == (status < 500)


async def test_a_gateway_that_does_not_answer_gives_a_page(settings) -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    api = gateway_client("http://gateway.test", httpx.MockTransport(refuse))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(create_portal(settings, api)), base_url="http://portal.test"
    ) as browser:
        browser.cookies.set("cx_token", token())
        assert (await browser.get("/home")).status_code == 503


async def test_an_address_that_does_not_exist_is_a_page(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/nowhere")
    assert page.status_code == 404
    assert "There is nothing here" in page.text


async def test_pages_are_not_kept_and_hold_to_a_strict_policy(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.receive(b"%PDF-1.7")
    for address in ("/", *PERSONAL, "/nowhere", f"/documents/files/{gateway.files[0]['id']}"):
        page = await person.get(address)
        assert page.headers["cache-control"] == "no-store"
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        for forbidden in (" style=", "<style", "javascript:", " onclick", "<script>"):
            assert forbidden not in page.text


async def test_files_of_this_release_are_kept_for_ever_and_others_are_not(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/")
    address = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    current = await visitor.get(address)
    assert current.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert current.headers["content-encoding"] == "gzip"
    older = await visitor.get(address.replace(address.split("/")[2], "0123456789abcdef"))
    assert older.headers["cache-control"] == "no-cache"
    assert older.text == current.text
    assert (await visitor.get("/static/0123456789abcdef/missing.css")).status_code == 404


async def test_a_refusal_keeps_the_menu_and_says_for_whom_one_acts(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.failing["/api/notices/activity"] = (403, {"detail": "Your role does not include this."})
    page = await person.get("/activity")
    assert page.status_code == 403
    assert 'aria-label="You are acting for"' in page.text
    assert 'href="/documents"' in page.text


async def test_a_refusal_without_a_frame_still_stands(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.failing["/api/notices/activity"] = gateway.failing["/api/identity/me"] = (403, {})
    page = await person.get("/activity")
    assert page.status_code == 403
    assert "<h1>Your role does not include this</h1>" in page.text
