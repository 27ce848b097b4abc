"""Subcontracting disclosures: what a contract supplier discloses, changes, ends and answers; how staff review them."""

import httpx
import pytest
import states
from fake_gateway import FakeGateway

FORM = f"/contracts/{states.CONTRACT}/subcontract"
ASKED, HELD = (f"/subcontracts/{each}" for each in (states.ASKED_SUBCONTRACT, states.SUBCONTRACT))
SIGNED = {"given_name": "Dana", "family_name": "Whitlock", "certified_by": "dana.whitlock", "statement": "a/1"}
ARRANGEMENT = {
    "legal_business_name": "Bluestem Sample Delivery, LLC",
    "street": "12 Example Avenue",
    "city": "Dallas",
    "state": "tx",
    "zip_code": "75201",
    "phone": "214-555-0100",
    "place": "performs",
    "services": ["delivery-and-instruction"],
    "accreditation": "not-applicable",
    "starts_on": "2028-03-01",
}


@pytest.fixture
async def discloser(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.discloser(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


@pytest.fixture
async def administrator(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.disclosure_desk(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


def form(**other: object) -> dict[str, object]:
    return {"version": "1", "idempotency_key": "key-1", **other}


async def test_disclosures_are_listed_with_their_dates_and_what_is_late(discloser: httpx.AsyncClient):
    page = (await discloser.get("/subcontracts")).text
    for words in ("Bluestem Sample Delivery, LLC", "Late", "Read strictly: ", "Answer needed", "No subcontractors"):
        assert words in page
    assert "no-subcontractors" not in page


async def test_with_nothing_disclosed_that_there_is_no_subcontractor_is_the_first_disclosure(
    discloser: httpx.AsyncClient, gateway: FakeGateway
):
    gateway.subcontracts = []
    address = f"/contracts/{states.CONTRACT}/no-subcontractors"
    assert address in (await discloser.get("/subcontracts")).text
    assert "I certify that it is true." in (await discloser.get(address)).text
    wrong = await discloser.post(address, data=form(**{**SIGNED, "certified_by": "somebody"}))
    assert wrong.status_code == 422
    assert "Type the user ID you signed in with." in wrong.text
    sent = await discloser.post(address, data=form(**SIGNED))
    assert "Received." in (await discloser.get(sent.headers["location"])).text
    assert gateway.subcontracts_sent[-1]["terms"] is None


async def test_an_arrangement_is_disclosed_once_nothing_is_missing(discloser: httpx.AsyncClient, gateway: FakeGateway):
    assert "Purchase of inventory" in (await discloser.get(FORM)).text
    typed = {**SIGNED, **ARRANGEMENT, "place": "headquarters", "services": [], "accreditation": "accredited"}
    refused = await discloser.post(FORM, data=form(**typed))
    assert refused.status_code == 422
    for field in ("place", "services", "lines", "accreditor", "accredited_until"):
        assert f'href="#{field}"' in refused.text
        assert f'id="{field}-error"' in refused.text
    assert 'value="12 Example Avenue"' in refused.text
    assert gateway.subcontracts_sent == []
    line = gateway.contracts[0]["lines"][0]["line_id"]
    sent = await discloser.post(FORM, data=form(**SIGNED, **ARRANGEMENT, lines=[line]))
    assert "Received." in (await discloser.get(sent.headers["location"])).text
    terms = gateway.subcontracts_sent[-1]["terms"]
    assert (terms["state"], terms["lines"], terms["accreditation_not_applicable"]) == ("TX", [line], True)


async def test_a_sign_in_in_between_keeps_the_arrangement(discloser: httpx.AsyncClient, gateway: FakeGateway):
    path = "/api/contracts/subcontracts"
    gateway.failing[path] = (403, {"type": "urn:connexion:problem:sign-in-again"})
    line = gateway.contracts[0]["lines"][0]["line_id"]
    at = {"referer": f"http://portal.test{FORM}"}
    await discloser.post(FORM, data=form(**SIGNED, **ARRANGEMENT, lines=[line]), headers=at)
    del gateway.failing[path]
    page = (await discloser.get(FORM)).text
    assert "What you typed is back." in page
    assert 'value="12 Example Avenue"' in page
    assert f'value="{line}" checked' in page
    assert "dana.whitlock" not in page


async def test_an_arrangement_is_changed_or_ended_with_the_version_that_was_seen(
    discloser: httpx.AsyncClient, gateway: FakeGateway
):
    assert "Back braces, Dallas, TX" in (await discloser.get(HELD)).text
    page = (await discloser.get(f"{HELD}/change")).text
    assert 'value="Sample Accreditation Commission"' in page
    line = gateway.contracts[0]["lines"][0]["line_id"]
    changed = {**SIGNED, **ARRANGEMENT, "lines": [line], "phone": "214-555-0199"}
    stale = await discloser.post(f"{HELD}/change", data=form(**{**changed, "version": "0"}))
    assert stale.status_code == 409
    assert "214-555-0199" in stale.text
    assert (await discloser.post(f"{HELD}/ending", data=form(version="0", on="2028-09-30"))).status_code == 409
    done = await discloser.post(f"{HELD}/change", data=form(**changed))
    assert done.headers["location"].endswith("?done=changed")
    assert gateway.subcontracts_sent[-1]["terms"]["phone"] == "214-555-0199"


async def test_a_question_is_answered(discloser: httpx.AsyncClient, gateway: FakeGateway):
    assert "Who delivers on weekends?" in (await discloser.get(ASKED)).text
    done = await discloser.post(f"{ASKED}/answer", data=form(text="They do."))
    assert "Answered." in (await discloser.get(done.headers["location"])).text
    assert gateway.subcontracts_sent[-1] == {"text": "They do."}


async def test_the_contract_leads_to_its_subcontractors(discloser: httpx.AsyncClient):
    assert 'href="/subcontracts">What you disclosed' in (await discloser.get(f"/contracts/{states.CONTRACT}")).text


async def test_staff_list_disclosures_by_state_or_the_late_ones(administrator: httpx.AsyncClient, gateway: FakeGateway):
    page = (await administrator.get("/staff/subcontracts")).text
    for words in ("Larkspur Sample Medical, LLC", "New", "Late", "No subcontractors"):
        assert words in page
    late = (await administrator.get("/staff/subcontracts?late=true")).text
    assert f"/staff/subcontracts/{states.SUBCONTRACT}" in late
    assert f"/staff/subcontracts/{states.ASKED_SUBCONTRACT}" not in late
    assert "Nothing fits" in (await administrator.get("/staff/subcontracts?state=DRAFT")).text
    gateway.subcontracts = []
    assert "As soon as a supplier discloses" in (await administrator.get("/staff/subcontracts")).text


async def test_a_disclosure_is_taken_checked_confirmed_by_hand_and_acknowledged(
    administrator: httpx.AsyncClient, gateway: FakeGateway
):
    address = f"/staff/subcontracts/{states.SUBCONTRACT}"
    page = (await administrator.get(address)).text
    assert "The checks are made when somebody takes the disclosure." in page
    assert "Back braces, Dallas, TX" in page
    taken = await administrator.post(f"{address}/taking", data=form())
    page = (await administrator.get(taken.headers["location"])).text
    assert "Confirmed by hand: It is accredited" in page
    how = {"confirmed.accredited": "Their certificate, by phone.", "confirmed.not-excluded": ""}
    stale = await administrator.post(f"{address}/acknowledgement", data=form(version="1", **how))
    assert stale.status_code == 409
    assert 'value="Their certificate, by phone."' in stale.text
    done = await administrator.post(f"{address}/acknowledgement", data=form(version="2", **how))
    assert "Acknowledged. A notice tells the supplier." in (await administrator.get(done.headers["location"])).text
    confirmed = {"accredited": "Their certificate, by phone."}
    assert gateway.subcontracts_sent[-1] == {"act": "acknowledgement", "confirmed": confirmed}


async def test_a_supplier_is_asked_and_told_why_an_arrangement_is_not_permitted(
    administrator: httpx.AsyncClient, gateway: FakeGateway
):
    address = f"/staff/subcontracts/{states.ASKED_SUBCONTRACT}"
    assert "We asked" in (await administrator.get(address)).text
    unexplained = await administrator.post(f"{address}/refusal", data=form(explanation=""))
    assert unexplained.status_code == 422
    assert 'href="#explanation"' in unexplained.text
    asked = await administrator.post(f"{address}/question", data=form(text="Who repairs?"))
    assert asked.headers["location"].endswith("?done=question")
    told = await administrator.post(f"{address}/refusal", data=form(version="2", explanation="Claims stay with you."))
    assert "A notice tells the supplier why." in (await administrator.get(told.headers["location"])).text
    assert gateway.subcontracts_sent[-1] == {"act": "refusal", "explanation": "Claims stay with you."}
    assert (await administrator.post(f"{address}/erasure", data=form())).status_code == 404
