"""Records and legal holds: what staff read of the schedule, how they hold, and how two of them let erase."""

import httpx
import pytest
from fake_gateway import FakeGateway
from fake_gateway.records import RECORD_PERMISSIONS

PAGE = "/staff/records"


@pytest.fixture
async def staff(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    gateway.user_id, gateway.name = "olive.officer", "Olive Officer"
    gateway.become("staff", "CONTRACTING_OFFICER", RECORD_PERMISSIONS)
    person.cookies.set("cx_token", gateway.token())
    return person


async def test_with_nothing_due_the_page_says_when_something_will_be(staff: httpx.AsyncClient):
    page = (await staff.get(PAGE)).text
    assert "Records become due when the years of their type are over" in page
    assert "No legal hold" in page
    assert "No disposal yet" in page
    assert "Propose to erase" not in page


async def test_the_dry_run_tells_what_would_go_what_is_held_and_why(staff: httpx.AsyncClient, gateway: FakeGateway):
    gateway.due_types = [gateway.due_type()]
    gateway.due_records = [gateway.due_record(), gateway.due_record(goes=False, why="Held: Case 12-3")]
    page = (await staff.get(PAGE)).text
    assert "Propose to erase 2 records" in page
    assert "Business credit report" in page
    assert "Kept 10 years after the records of R2021 were closed" in page
    assert "Held: Case 12-3" in page


async def test_every_record_that_is_due_is_reached_page_by_page(staff: httpx.AsyncClient, gateway: FakeGateway):
    gateway.due_records = [gateway.due_record(body=f"R20{number}") for number in range(10, 40)]
    assert "/staff/records?after=25" in (await staff.get(PAGE)).text
    second = (await staff.get(f"{PAGE}?after=25")).text
    assert "Round R2039" in second
    assert "Round R2010" not in second


async def test_what_was_read_is_what_is_proposed(staff: httpx.AsyncClient, gateway: FakeGateway):
    gateway.due_types = [gateway.due_type()]
    due_before = gateway.closes_at.isoformat()
    answer = await staff.post(f"{PAGE}/disposals", data={"due_before": due_before, "idempotency_key": "k"})
    assert answer.headers["location"] == f"{PAGE}?done=proposed"
    assert gateway.record_acts == [{"due_before": due_before}]


async def test_a_disposal_is_approved_as_it_was_read(staff: httpx.AsyncClient, gateway: FakeGateway):
    gateway.disposals = [gateway.disposal(allowed_actions=["approve", "withdraw"])]
    path = f"{PAGE}/disposals/{gateway.disposals[0]['id']}"
    stale = await staff.post(f"{path}/approval", data={"version": "7", "idempotency_key": "k"})
    assert stale.status_code == 409
    assert "Load the page again." in stale.text
    done = await staff.post(f"{path}/approval", data={"version": "1", "idempotency_key": "k2"})
    assert done.status_code == 303, done.text
    assert done.headers["location"] == f"{PAGE}?done=approval"
    assert "Being carried out" in (await staff.get(PAGE)).text
    assert (await staff.post(f"{path}/burning", data={})).status_code == 404


async def test_a_hold_names_what_it_covers_and_a_refusal_keeps_what_was_typed(
    staff: httpx.AsyncClient, gateway: FakeGateway
):
    nothing = await staff.post(f"{PAGE}/holds", data={"matter": "Case 12-3", "idempotency_key": "k"})
    assert nothing.status_code == 422
    assert "Say what is held" in nothing.text
    assert ">Case 12-3</textarea>" in nothing.text
    placed = await staff.post(f"{PAGE}/holds", data={"matter": "Case 12-3", "records": "R2021", "idempotency_key": "l"})
    assert placed.headers["location"] == f"{PAGE}?done=held"
    page = (await staff.get(f"{PAGE}?done=held")).text
    assert "nothing it covers is erased from now on" in page
    assert "Every organization" in page


async def test_a_hold_is_lifted_by_somebody_else_with_a_reason(staff: httpx.AsyncClient, gateway: FakeGateway):
    gateway.holds = [gateway.hold(placed_by="olive.officer"), gateway.hold(allowed_actions=["lift"])]
    page = (await staff.get(PAGE)).text
    assert page.count("Lift this hold") == 1
    assert "Somebody else lifts it" in page
    told = {"because": "It is over.", "version": "1", "idempotency_key": "k"}
    done = await staff.post(f"{PAGE}/holds/{gateway.holds[1]['id']}/lifting", data=told)
    assert done.headers["location"] == f"{PAGE}?done=lifted"
    assert gateway.holds[1]["state"] == "LIFTED"


async def test_who_may_only_look_is_offered_nothing(staff: httpx.AsyncClient, gateway: FakeGateway):
    gateway.become("staff", "AUDITOR", ("staff.records.view", "round.view"))
    staff.cookies.set("cx_token", gateway.token())
    gateway.due_types, gateway.holds = [gateway.due_type()], [gateway.hold()]
    page = (await staff.get(PAGE)).text
    assert "Propose to erase" not in page
    assert "Place a hold" not in page
