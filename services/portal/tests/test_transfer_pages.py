"""Contract transfers: told by either side, followed by both, reviewed and signed by staff."""

import httpx
import pytest
import states
from fake_gateway import FakeGateway

FORM, REVIEW = f"/contracts/{states.CONTRACT}/transfer", f"/transfers/{states.DRAFTED_TRANSFER}/review"
OPEN, ASKED = (f"/transfers/{each}" for each in (states.TRANSFER, states.ASKED_TRANSFER))
DESK = f"/staff/transfers/{states.TRANSFER}"
SIGNED = {"given_name": "Dana", "family_name": "Whitlock", "certified_by": "dana.whitlock", "statement": "a/1"}
WANTED = {
    "extent": "full",
    "change": "ownership",
    "resulting": "purchaser",
    "effective_on": "2099-04-03",
    "enrolled": "yes",
    "legal_business_name": "Tallgrass Sample Bracing, Inc.",
    "tin": "00-0000001",
    "npi": "1000000004",
    "ptan": "9000000777",
    "official": "Bo Buyer-Sample",
    "phone": "214-555-0100",
    "email": "bo@tallgrass.example",
    "locations": "9000000777, 9000000778\n",
}


@pytest.fixture
async def seller(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.seller(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


@pytest.fixture
async def desk(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.transfer_desk(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


def form(**other: object) -> dict[str, object]:
    return {"version": "1", "idempotency_key": "key-1", **other}


async def test_a_contract_leads_to_the_form_and_the_form_to_a_draft_to_review(
    seller: httpx.AsyncClient, gateway: FakeGateway
):
    assert FORM in (await seller.get(f"/contracts/{states.CONTRACT}")).text
    assert "Transfer this contract" in (await seller.get(FORM)).text
    sent = await seller.post(FORM, data=form(**WANTED))
    terms = gateway.transfers_sent[-1]["terms"]
    assert terms["locations"] == ["9000000777", "9000000778"]
    assert (terms["successor"]["ptan"], terms["lines"], terms["affiliated"]) == ("9000000777", [], False)
    page = (await seller.get(sent.headers["location"])).text
    for words in ("Review the transfer", "Tallgrass Sample Bracing, Inc.", "I certify that it is true."):
        assert words in page


async def test_what_lacks_and_what_the_service_refuses_stands_at_its_field(
    seller: httpx.AsyncClient, gateway: FakeGateway
):
    refused = await seller.post(FORM, data=form(extent="partial", enrolled="yes", effective_on="2020-01-01"))
    assert refused.status_code == 422
    for field in ("change", "lines", "ptan", "tin", "locations"):
        assert f'href="#{field}"' in refused.text, field
    assert gateway.transfers_sent == []
    refused = await seller.post(FORM, data=form(**{**WANTED, "effective_on": "2020-01-01"}))
    assert 'id="effective_on-error"' in refused.text
    assert "before the change takes effect (TR-2)" in refused.text


async def test_a_request_is_submitted_under_the_own_signature(seller: httpx.AsyncClient):
    wrong = await seller.post(REVIEW, data=form(**{**SIGNED, "certified_by": "somebody"}))
    assert wrong.status_code == 422
    assert "Type the user ID you signed in with." in wrong.text
    sent = await seller.post(REVIEW, data=form(**SIGNED))
    assert "Submitted." in (await seller.get(sent.headers["location"])).text


async def test_a_successor_that_is_not_enrolled_is_warned(seller: httpx.AsyncClient, gateway: FakeGateway):
    drafted = next(each for each in gateway.transfers if each["id"] == states.DRAFTED_TRANSFER)
    drafted["terms"]["successor"]["ptan"] = None
    assert "The successor is not enrolled with Medicare" in (await seller.get(REVIEW)).text


async def test_only_who_may_succeed_is_led_to_take_over_a_contract(seller: httpx.AsyncClient, gateway: FakeGateway):
    assert "/transfers/new" in (await seller.get("/transfers")).text
    refused = await seller.post("/transfers/new", data=form(**WANTED))
    assert 'id="contract_number-error"' in refused.text
    gateway.permissions = tuple(each for each in gateway.permissions if each != "transfer.succeed")
    seller.cookies.set("cx_token", gateway.token())
    assert "/transfers/new" not in (await seller.get("/transfers")).text
    assert (await seller.get("/transfers/new")).status_code == 403


async def test_a_side_answers_tells_the_date_and_takes_back(seller: httpx.AsyncClient, gateway: FakeGateway):
    page = (await seller.get(ASKED)).text
    assert "Which assets?" in page
    sent = await seller.post(f"{ASKED}/answer", data=form(text="All of them."))
    assert "Answered." in (await seller.get(sent.headers["location"])).text
    sent = await seller.post(f"{OPEN}/effective-date", data=form(effective_on="2028-04-03"))
    assert gateway.transfers_sent[-1] == {"effective_on": "2028-04-03"}
    stale = await seller.post(f"{OPEN}/withdrawal", data=form(version="1"))
    assert stale.status_code == 409
    sent = await seller.post(f"{OPEN}/withdrawal", data=form(version="2"))
    assert "Withdrawn." in (await seller.get(sent.headers["location"])).text
    assert (await seller.post(f"{OPEN}/nonsense", data=form())).status_code == 404


async def test_the_work_list_and_a_case_tell_clocks_and_conditions(desk: httpx.AsyncClient, gateway: FakeGateway):
    listed = (await desk.get("/staff/transfers?state=UNDER_REVIEW")).text
    assert listed.count("Transfer of contract") == 1
    page = (await desk.get(DESK)).text
    for words in ("TR-5", "Packages due", "Novation due", "Confirm it by hand", "Do without: "):
        assert words in page, words
    await desk.post(
        f"{DESK}/recommendation",
        data=form(what="approve", explanation="", **{"confirmed.TR-5": "Seen.", "confirmed.TR-8": " "}),
    )
    assert gateway.transfers_sent[-1] == {"what": "approve", "explanation": "", "confirmed": {"TR-5": "Seen."}}


async def test_decisions_are_made_and_the_novation_is_signed_by_name(desk: httpx.AsyncClient, gateway: FakeGateway):
    refused = await desk.post(f"{DESK}/novation", data=form(certified_by="somebody", statement="novation-signature/1"))
    assert refused.status_code == 422
    assert "Type the user ID you signed in with." in refused.text
    sent = await desk.post(
        f"{DESK}/novation", data=form(certified_by="olive.officer", statement="novation-signature/1")
    )
    assert "Signed." in (await desk.get(sent.headers["location"])).text
    assert gateway.transfers_sent[-1]["signature"]["statement"] == "novation-signature/1"
    for act, told in (("denial", {"explanation": "No."}), ("no-transfer-needed", {"explanation": "A stock sale."})):
        version = str(gateway.transfers[0]["row_version"])
        await desk.post(f"{DESK}/{act}", data=form(version=version, **told))
        assert gateway.transfers_sent[-1] == told
