"""The help desk: without a ticket in hand nobody's roles are seen, with one they are seen and changed."""

from typing import Any

import httpx
import pytest
from fake_gateway import FakeGateway
from test_pages import words


@pytest.fixture
async def desk(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    """Robin Adler, customer service representative, signed in."""
    gateway.become_help_desk()
    person.cookies.set("cx_token", gateway.token())
    return person


def caller_of(gateway: FakeGateway, **role: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Somebody whose role in an organization needs the help desk."""
    held = gateway.desk_role(**{"state": "LOCKED", "allowed_actions": ["unlock", "remove"], **role})
    somebody = gateway.person(held)
    gateway.people = [somebody]
    return somebody, held


async def test_customer_service_starts_at_the_help_desk(desk: httpx.AsyncClient) -> None:
    assert (await desk.get("/home")).headers["location"] == "/help-desk"
    page = words(await desk.get("/help-desk"))
    assert "No tickets yet" in page
    assert "Ticket in hand" not in page


async def test_others_have_no_help_desk(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.become("staff", "EVALUATION_ANALYST", ("staff.document.view",))
    gateway.failing["/api/identity/tickets"] = (403, {"detail": "Your role does not include this."})
    person.cookies.set("cx_token", gateway.token())
    assert "/help-desk" not in (await person.get("/home")).text
    assert (await person.get("/help-desk")).status_code == 403


async def test_a_search_finds_people_with_for_whom_they_act(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    caller_of(gateway)
    page = words(await desk.get("/help-desk?search=priya"))
    assert "Priya Natarajan User ID priya.natarajan Larkspur Sample Medical, LLC Locked Open a ticket" in page
    assert "Nobody found for “zoe”" in words(await desk.get("/help-desk?search=zoe"))


async def test_one_letter_is_no_search(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    page = await desk.get("/help-desk?search=p")
    assert "Type at least 2 letters." in words(page)
    assert "GET /api/identity/people" not in gateway.asked


async def test_without_a_ticket_a_persons_roles_are_not_shown(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    somebody, _ = caller_of(gateway)
    page = words(await desk.get(f"/help-desk/people/{somebody['id']}"))
    assert "A ticket about this person is needed" in page
    assert "Larkspur" not in page


async def test_a_ticket_that_is_opened_is_in_hand_and_leads_to_the_person(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    somebody, _ = caller_of(gateway)
    form = {"idempotency_key": "key-1", "topic": "sign-in", "summary": "Locked out.", "person_id": somebody["id"]}
    answer = await desk.post("/help-desk/tickets", data=form)
    assert answer.headers["location"] == f"/help-desk/people/{somebody['id']}"
    assert gateway.tickets[0]["state"] == "IN_HAND"
    page = words(await desk.get(answer.headers["location"]))
    assert "Ticket HD-000123 in hand, about Priya Natarajan. Locked out." in page
    assert "End user (EU), Larkspur Sample Medical, LLC Locked" in page


async def test_a_role_is_unlocked_as_it_was_shown(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    somebody, held = caller_of(gateway)
    gateway.members = [held]
    gateway.tickets = [gateway.ticket()]
    gateway.take(gateway.tickets[0])
    desk.cookies.set("cx_token", gateway.token())
    page = await desk.get(f"/help-desk/people/{somebody['id']}")
    address = f"/help-desk/people/{somebody['id']}/roles/{held['id']}"
    assert f'action="{address}/unlock"' in page.text
    assert f'action="{address}/role"' not in page.text
    answer = await desk.post(f"{address}/unlock", data={"version": "3", "idempotency_key": "key-1"})
    assert answer.headers["location"] == f"/help-desk/people/{somebody['id']}?done=unlock"
    assert gateway.headers_seen[-1]["if-match"] == '"3"'
    assert held["state"] == "ACTIVE"
    assert "The role is unlocked. Recorded under HD-000123." in words(await desk.get(answer.headers["location"]))


@pytest.mark.parametrize(
    ("act", "typed", "sent"),
    [
        (
            "lock",
            {"reason": "The caller could not name the user ID."},
            {"reason": "The caller could not name the user ID."},
        ),
        ("role", {"role": "EU"}, {"role": "EU"}),
        ("ao-role", {}, None),
        ("removal", {"reason": ""}, None),
    ],
)
async def test_what_the_help_desk_does_goes_to_the_role_with_its_word(
    desk: httpx.AsyncClient, gateway: FakeGateway, act: str, typed: dict[str, str], sent: Any
) -> None:
    somebody, held = caller_of(gateway, role="BAO", state="ACTIVE", allowed_actions=["lock", "change role", "remove"])
    gateway.members = [held]
    form = {"version": "3", "idempotency_key": "key-1", **typed}
    answer = await desk.post(f"/help-desk/people/{somebody['id']}/roles/{held['id']}/{act}", data=form)
    assert answer.status_code == 303
    assert gateway.exchanges[-1].path.endswith(f"/{act}")
    assert gateway.exchanges[-1].sent == sent


async def test_nothing_else_is_done_about_a_role(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    somebody, held = caller_of(gateway)
    form = {"version": "3", "idempotency_key": "key-1"}
    answer = await desk.post(f"/help-desk/people/{somebody['id']}/roles/{held['id']}/approval", data=form)
    assert answer.status_code == 404


async def test_a_rule_that_forbids_it_is_read_on_the_persons_page(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    somebody, held = caller_of(gateway, role="BAO", state="ACTIVE", allowed_actions=["assume AO role"])
    gateway.failing[f"/api/identity/members/{held['id']}/ao-role"] = (409, {"detail": "There is an official already."})
    form = {"version": "3", "idempotency_key": "key-1"}
    page = await desk.post(f"/help-desk/people/{somebody['id']}/roles/{held['id']}/ao-role", data=form)
    assert page.status_code == 409
    assert "There is an official already." in words(page)


async def test_a_ticket_is_noted_put_down_taken_and_closed(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.tickets = [gateway.ticket()]
    address = f"/help-desk/tickets/{gateway.tickets[0]['id']}"
    await desk.post(f"{address}/notes", data={"text": "Called back."})
    assert "Called back. Robin Adler" in words(await desk.get(address))
    assert (await desk.post(f"{address}/taking")).headers["location"] == address
    assert "Put it down" in words(await desk.get(address))
    await desk.post(f"{address}/putting-down")
    assert "Put it down" not in words(await desk.get(address))
    await desk.post(f"{address}/closure", data={"outcome": "done"})
    page = words(await desk.get(address))
    assert "Closed" in page
    assert "Take it in hand" not in page


async def test_a_refused_ticket_comes_back_with_everything_typed(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    fields = [{"path": "topic", "message": "Choose a topic."}]
    gateway.failing["/api/identity/tickets"] = (422, {"detail": "Mend the fields.", "fields": fields})
    form = {"idempotency_key": "key-1", "summary": "Locked out.", "name": "Priya Natarajan"}
    page = await desk.post("/help-desk/tickets", data=form)
    assert page.status_code == 422
    assert '<a href="#topic">Choose a topic.</a>' in page.text
    assert "Locked out.</textarea>" in page.text
    assert "New ticket about Priya Natarajan" in words(page)


async def test_e_mail_that_did_not_arrive_is_listed_with_what_happened_to_it_and_noted_once_dealt_with(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    assert "Every e-mail arrived" in words(await desk.get("/help-desk/mail"))
    gateway.mail_troubles = [gateway.mail_trouble(state=state) for state in ("REFUSED", "GIVEN_UP", "COULD_NOT_TELL")]
    page = words(await desk.get("/help-desk/mail"))
    for told in ("The mail server says there is no such address.", "72 hours", "It is not sent a second time."):
        assert told in page
    address = f"/help-desk/mail/{gateway.mail_troubles[0]['id']}/settlement"
    refused = await desk.post(address, data={"idempotency_key": "key-1", "note": ""})
    assert refused.status_code == 422
    assert "Say what was done." in refused.text
    noted = await desk.post(address, data={"idempotency_key": "key-2", "note": "Called; the address is mended."})
    assert noted.headers["location"] == "/help-desk/mail?done=settlement"
    assert len(gateway.mail_troubles) == 2
    assert "Noted." in words(await desk.get("/help-desk/mail?done=settlement"))


async def test_the_next_page_of_e_mail_that_did_not_arrive_is_a_link(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.mail_troubles = [gateway.mail_trouble() for _ in range(30)]
    assert 'href="/help-desk/mail?after=25"' in (await desk.get("/help-desk/mail")).text
