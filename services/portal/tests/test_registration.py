"""Somebody without a role asks for one, and sees what becomes of it."""

import re
from datetime import timedelta

import httpx
import pytest
from fake_gateway import FakeGateway, token
from test_pages import words

ASKED = {"idempotency_key": "key-1", "ptan": "9000000001", "role": "EU"}
PROOF = {"ssn": "900-00-0001", "birth_date": "1970-01-31"}
FORM_PAGE = {"referer": "http://portal.test/register"}


@pytest.fixture
async def newcomer(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    """Casey Lin, signed in, without any role."""
    gateway.user_id, gateway.name = "casey.lin", "Casey Lin"
    gateway.become("person", "")
    person.cookies.set("cx_token", gateway.token())
    return person


async def test_a_newcomer_lands_on_the_form(newcomer: httpx.AsyncClient) -> None:
    assert (await newcomer.get("/home")).headers["location"] == "/register"
    page = words(await newcomer.get("/register"))
    assert "You have no role yet" in page
    assert "No organization yet" in page


async def test_a_newcomer_who_asked_lands_on_the_state_of_it(newcomer: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.my_requests = [gateway.role_request()]
    assert (await newcomer.get("/home")).headers["location"] == "/role-requests/mine"
    assert "Your request is in review" in words(await newcomer.get("/role-requests/mine"))


async def test_a_request_waits_for_whoever_decides_it(newcomer: httpx.AsyncClient, gateway: FakeGateway) -> None:
    answer = await newcomer.post("/register", data=ASKED)
    assert answer.headers["location"] == "/role-requests/mine?asked=1"
    assert gateway.exchanges[-1].sent == {"ptan": "9000000001", "role": "EU"}
    assert gateway.headers_seen[-1]["idempotency-key"] == "key-1"


async def test_the_first_official_acts_for_the_organization_at_once(newcomer: httpx.AsyncClient) -> None:
    answer = await newcomer.post("/register", data={**ASKED, **PROOF, "role": "AO"})
    assert answer.headers["location"] == "/organization?welcome=1"
    assert "cx_token" in answer.headers["set-cookie"]
    assert "You act for Larkspur Sample Medical, LLC now." in words(await newcomer.get("/organization?welcome=1"))


async def test_an_end_user_proves_nothing(newcomer: httpx.AsyncClient, gateway: FakeGateway) -> None:
    await newcomer.post("/register", data={**ASKED, **PROOF})
    assert gateway.exchanges[-1].sent == {"ptan": "9000000001", "role": "EU"}


async def test_a_refused_request_comes_back_without_what_nobody_should_see_again(newcomer: httpx.AsyncClient) -> None:
    page = await newcomer.post(
        "/register", data={**ASKED, "role": "BAO", "ssn": "900-00-9999", "birth_date": "1971-02-03"}
    )
    assert page.status_code == 422
    assert "<title>Error: Ask for a role" in page.text
    assert "What you entered does not match the enrollment record." in words(page)
    assert 'value="9000000001"' in page.text
    assert re.search(r'value="BAO" checked', page.text)
    assert "900-00-9999" not in page.text
    assert "1971-02-03" not in page.text


async def test_a_request_that_meets_an_ended_session_is_kept_without_the_number(
    newcomer: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    newcomer.cookies.set("cx_token", token(timedelta(seconds=-1)))
    gateway.session_lives = False
    refused = await newcomer.post("/register", data={**ASKED, **PROOF, "role": "AO"}, headers=FORM_PAGE)
    assert refused.status_code == 401
    assert "What you typed is kept for 15 minutes." in refused.text
    kept = str(newcomer.cookies.get("cx_draft"))
    gateway.session_lives = True
    newcomer.cookies.set("cx_session", "opaque")
    newcomer.cookies.set("cx_token", gateway.token())
    page = await newcomer.get("/register")
    assert 'value="9000000001"' in page.text
    assert "What you typed is back." in page.text
    assert "900" not in kept
    assert "900-00-0001" not in page.text


async def test_what_became_of_a_request_is_told_with_the_reason(
    newcomer: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.my_requests = [gateway.role_request(state="REJECTED", reason="You left us in May.")]
    page = words(await newcomer.get("/role-requests/mine"))
    assert "You have no role" in page
    assert "Declined You left us in May." in page


async def test_a_granted_role_is_taken_up_from_there(newcomer: httpx.AsyncClient, gateway: FakeGateway) -> None:
    asked = gateway.role_request(state="ACTIVE")
    gateway.my_requests = [asked]
    gateway.organizations = [{"id": asked["organization_id"], "name": asked["organization"], "role": "EU"}]
    page = await newcomer.get("/role-requests/mine")
    assert f'name="organization_id" value="{asked["organization_id"]}"' in page.text
    answer = await newcomer.post("/acting-organization", data={"organization_id": asked["organization_id"]})
    assert answer.headers["location"] == "/home"
    assert "You have no role yet" not in words(await newcomer.get("/home"))


async def test_a_request_is_taken_back(newcomer: httpx.AsyncClient, gateway: FakeGateway) -> None:
    asked = gateway.role_request()
    gateway.my_requests = [asked]
    answer = await newcomer.post(f"/role-requests/{asked['id']}/withdrawal")
    assert answer.headers["location"] == "/role-requests/mine?withdrawn=1"
    assert asked["state"] == "REVOKED"
