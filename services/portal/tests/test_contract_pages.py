"""Contracts and location changes: what a supplier sees and asks, and what staff sign and decide."""

import httpx
import pytest
import states
from fake_gateway import FakeGateway
from fake_gateway.answering import END_USER_PERMISSIONS
from fake_gateway.contracts import SUPPLIER

CONTRACT, CHANGE = f"/contracts/{states.CONTRACT}", f"/location-changes/{states.CHANGE}"
STEPS = f"{CONTRACT}/location-change"
SIGNED = {"given_name": "Dana", "family_name": "Whitlock", "certified_by": "dana.whitlock", "statement": "a/1"}


@pytest.fixture
async def official(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.contractor(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


@pytest.fixture
async def officer(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.contract_desk(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


def form(**other: object) -> dict[str, object]:
    return {"version": "1", "idempotency_key": "key-1", **other}


async def test_the_one_contract_is_shown_at_once_with_its_status_and_what_is_due(official: httpx.AsyncClient):
    page = (await official.get("/contracts")).text
    for words in ("R2028-000001", "Active", "PTAN 9000000101", "$1,023.45", "Asked to add a location", "Being sealed"):
        assert words in page
    assert "is not part of the signed contract yet." in page
    assert f'href="{STEPS}"' in page


async def test_an_end_user_sees_the_contract_and_no_way_to_a_location_request(
    official: httpx.AsyncClient, gateway: FakeGateway
):
    gateway.permissions = (*END_USER_PERMISSIONS, *(name for name in SUPPLIER if "location" not in name))
    official.cookies.set("cx_token", gateway.token())
    page = (await official.get("/contracts")).text
    assert "PTAN 9000000101" in page
    assert "location-change" not in page


async def test_a_contract_is_read_as_of_a_day_and_by_version(official: httpx.AsyncClient, gateway: FakeGateway):
    page = (await official.get(f"{CONTRACT}/standing?on=2026-02-01&known_on=2026-03-01")).text
    assert "As it stood on February 1, 2026" in page
    assert "By what was known at the end of March 1, 2026." in page
    gateway.stood = False
    assert "No version was in force by then" in (await official.get(f"{CONTRACT}/standing")).text
    page = (await official.get(f"{CONTRACT}/versions/1")).text
    assert "pdfsig" in page
    assert "9f2c41ab" * 8 in page


async def test_the_signed_contract_and_the_calendar_are_files_to_keep(official: httpx.AsyncClient):
    pdf = await official.get(f"{CONTRACT}/versions/1/signed.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert pdf.headers["content-disposition"].startswith("attachment")
    feed = await official.get(f"{CONTRACT}/calendar.ics")
    assert feed.headers["content-type"].startswith("text/calendar")


async def test_each_date_is_explained(official: httpx.AsyncClient):
    page = (await official.get(f"{CONTRACT}/calendar")).text
    assert "skipping Juneteenth (June 19)" in page
    assert "Until " in page


async def test_a_move_goes_from_step_to_step_to_its_signature(official: httpx.AsyncClient, gateway: FakeGateway):
    line = gateway.contracts[0]["lines"][0]["line_id"]
    empty = await official.post(STEPS, data={"step": "where"})
    assert empty.status_code == 422
    assert "Choose at least one competition." in empty.text
    what = {"action": "move", "lines": [line]}
    second = (await official.post(STEPS, data={"step": "where", **what})).text
    assert 'value="9000000102"' in second
    where = {**what, "step": "draft", "idempotency_key": "k", "goes": "9000000102", "why": "moved"}
    refused = await official.post(STEPS, data={**where, "comes": "9000000101"})
    assert "is on the contract for Back braces, Dallas, TX already." in refused.text
    drafted = await official.post(STEPS, data={**where, "comes": "9000000103"})
    review = drafted.headers["location"]
    page = (await official.get(review)).text
    assert "7 Example Road, Suite 4" in page
    wrong = await official.post(review, data={**SIGNED, "certified_by": "somebody", "idempotency_key": "s"})
    assert "Type the user ID you signed in with." in wrong.text
    sent = await official.post(review, data={**SIGNED, "idempotency_key": "s"})
    assert "Submitted." in (await official.get(sent.headers["location"])).text


async def test_a_draft_is_changed_by_another_that_takes_its_place_or_dropped(
    official: httpx.AsyncClient, gateway: FakeGateway
):
    first = (await official.get(f"{STEPS}?draft={states.REQUEST}")).text
    assert f'name="replaces" value="{states.REQUEST}"' in first
    assert 'value="move" checked' in first
    dropped = await official.post(f"/location-changes/{states.REQUEST}/dropping", data=form())
    assert "The draft is dropped." in (await official.get(dropped.headers["location"])).text
    assert sum(call.endswith("/withdrawal") for call in gateway.asked) == 1


async def test_a_question_is_answered_and_a_request_withdrawn_with_the_version_that_was_seen(
    official: httpx.AsyncClient,
):
    page = (await official.get(CHANGE)).text
    assert "Which landlord?" in page
    stale = await official.post(f"{CHANGE}/answer", data=form(version="0", text="The new one."))
    assert stale.status_code == 409
    assert "The new one." in stale.text
    answered = await official.post(f"{CHANGE}/answer", data=form(text="The new one."))
    assert "Answered." in (await official.get(answered.headers["location"])).text
    withdrawn = await official.post(f"{CHANGE}/withdrawal", data=form(version="2"))
    assert "Withdrawn." in (await official.get(withdrawn.headers["location"])).text


async def test_officers_sign_a_batch_but_not_what_they_sent(officer: httpx.AsyncClient, gateway: FakeGateway):
    page = (await officer.get("/staff/contracts/to-sign")).text
    assert page.count('name="contracts"') == len(gateway.contracts) - 1
    assert "by you: somebody else must sign it" in page
    chosen = [f"{each['id']} 3" for each in gateway.contracts[:2]]
    signed = await officer.post("/staff/contracts/to-sign", data=form(contracts=chosen, **SIGNED))
    assert signed.headers["location"].endswith("?signed=2")
    assert gateway.asked_for[-1]["contracts"][0] == {"contract_id": states.CONTRACT, "row_version": 3}


async def test_a_batch_that_meets_a_sign_in_keeps_what_was_chosen(officer: httpx.AsyncClient, gateway: FakeGateway):
    path = "/api/contracts/administration/signings"
    gateway.failing[path] = (403, {"type": "urn:connexion:problem:sign-in-again"})
    chosen = f"{states.CONTRACT} 3"
    at = {"referer": "http://portal.test/staff/contracts/to-sign"}
    refused = await officer.post("/staff/contracts/to-sign", data=form(contracts=[chosen], **SIGNED), headers=at)
    assert "again=true" in refused.text
    del gateway.failing[path]
    page = (await officer.get("/staff/contracts/to-sign")).text
    assert f'value="{chosen}" checked' in page
    assert 'name="given_name" type="text" value="Dana"' in page
    assert "dana.whitlock" not in page


async def test_a_contract_is_sent_or_ended_with_the_version_that_was_seen(officer: httpx.AsyncClient):
    address = f"/staff/contracts/{states.CONTRACT}"
    assert "Terminate in an emergency" in (await officer.get(address)).text
    assert (await officer.post(f"{address}/sending", data=form())).status_code == 409
    sent = await officer.post(f"{address}/sending", data=form(version="3"))
    assert "Sent for signature." in (await officer.get(sent.headers["location"])).text
    assert (await officer.post(f"{address}/erasure", data=form())).status_code == 404
    assert "Tallgrass Sample Bracing, Inc." in (await officer.get("/staff/contracts/to-be-sealed")).text
    assert (await officer.get(f"{address}/versions/1/signed.pdf")).content.startswith(b"%PDF")


async def test_a_location_request_goes_from_its_checks_to_the_decision(
    officer: httpx.AsyncClient, gateway: FakeGateway
):
    address = f"/staff/location-changes/{states.CHANGE}"
    page = (await officer.get(address)).text
    for words in ("Met", "Not met", "Could not check", "Confirmed by hand: It is the holder’s"):
        assert words in page
    typed = {"what": "approve", "explanation": "", "confirmed.same-owner": "Called the registry.", "confirmed.x": " "}
    done = await officer.post(f"{address}/recommendation", data=form(**typed))
    assert "Recommended." in (await officer.get(done.headers["location"])).text
    assert gateway.asked_for[-1]["confirmed"] == {"same-owner": "Called the registry."}
    stale = await officer.post(f"{address}/denial", data=form(explanation="It is not yours."))
    assert stale.status_code == 409
    assert "It is not yours." in stale.text
    done = await officer.post(f"{address}/approval", data=form(version="2"))
    assert done.headers["location"] == f"{address}?done=approval"
    assert (await officer.post(f"{address}/erasure", data=form())).status_code == 404
