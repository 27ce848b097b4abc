"""Contract offers as officials decide them, and the console from which staff release awards."""

import httpx
import pytest
import states
from fake_gateway import FakeGateway
from fake_gateway.answering import END_USER_PERMISSIONS

OFFER, AWARD = f"/offers/{states.OFFER}", f"/staff/awards/{states.AWARD}"
SIGNED = {
    "given_name": "Dana",
    "family_name": "Whitlock",
    "certified_by": "dana.whitlock",
    "statement": "offer-decision/1",
}


@pytest.fixture
async def official(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.offered(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


@pytest.fixture
async def officer(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.award_desk(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


def lines(gateway: FakeGateway) -> list[str]:
    return [line["id"] for line in gateway.offers[0]["offered"]]


def form(**other: object) -> dict[str, object]:
    return {"version": "1", "idempotency_key": "key-1", **SIGNED, **other}


async def test_an_offer_says_what_it_pays_where_and_what_declining_means(official: httpx.AsyncClient):
    page = (await official.get(OFFER)).text
    for words in ("At or below the median", "The bond of this area is forfeited", "9000000101, 9000000102", "$543.21"):
        assert words in page
    assert "Your bond is not at risk" in page


async def test_an_end_user_meets_no_word_of_offers(official: httpx.AsyncClient, gateway: FakeGateway):
    gateway.become("person", "EU", END_USER_PERMISSIONS)
    official.cookies.set("cx_token", gateway.token())
    gateway.failing |= {f"/api/bidding{OFFER}": (403, {}), "/api/bidding/offers": (403, {})}
    assert "offer" not in (await official.get("/home")).text.lower()
    for address in ("/offers", OFFER):
        refused = await official.get(address)
        assert refused.status_code == 403
        assert "median" not in refused.text


async def test_a_decline_without_the_warning_read_keeps_the_choice_and_names_the_box(
    official: httpx.AsyncClient, gateway: FakeGateway
):
    line, _ = lines(gateway)
    refused = await official.post(OFFER, data=form(**{f"choice_{line}": "decline"}))
    assert refused.status_code == 422
    assert f'href="#risk_{line}"' in refused.text
    assert 'value="decline" checked' in refused.text
    assert 'value="Dana"' in refused.text
    read = form(**{f"choice_{line}": "decline", f"risk_{line}": "1"})
    taken = await official.post(OFFER, data=read)
    assert taken.status_code == 303
    assert gateway.exchanges[-1].sent["decisions"] == [
        {"line_id": line, "choice": "decline", "risk_acknowledged": True}
    ]


async def test_decisions_are_changed_and_then_submitted_with_a_receipt(
    official: httpx.AsyncClient, gateway: FakeGateway
):
    first, second = lines(gateway)
    done = await official.post(OFFER, data=form(**{f"choice_{first}": "accept", f"choice_{second}": "accept"}))
    page = (await official.get(done.headers["location"])).text
    assert "Every offer is decided: 2 accepted, 0 declined." in page
    sent = await official.post(f"{OFFER}/submission", data={"version": "2", "idempotency_key": "key-2"})
    page = (await official.get(sent.headers["location"])).text
    assert "Your decisions are final." in page
    assert "Receipt number" in page
    assert "Save these decisions" not in page


async def test_nothing_chosen_or_somebody_quicker_is_told_and_nothing_is_lost(
    official: httpx.AsyncClient, gateway: FakeGateway
):
    assert "Choose to accept or decline at least one offer." in (await official.post(OFFER, data=form())).text
    gateway.offers[0]["version"] = 4
    line, _ = lines(gateway)
    refused = await official.post(OFFER, data=form(**{f"choice_{line}": "accept"}))
    assert (refused.status_code, "decided about these offers" in refused.text) == (409, True)


async def test_the_console_shows_the_dry_run_and_releases_it_once_it_was_read(
    officer: httpx.AsyncClient, gateway: FakeGateway
):
    page = (await officer.get(AWARD)).text
    for words in ("$34,800 instead of $40,000", "No savings", "could not be checked again"):
        assert words in page
    bids = (await officer.get(f"{AWARD}?show=lines")).text
    assert "Held back, to be disqualified" in bids
    refused = await officer.post(f"{AWARD}/release", data={"version": "1", "idempotency_key": "key-1"})
    assert (refused.status_code, 'href="#unchecked_acknowledged"' in refused.text) == (422, True)
    done = await officer.post(
        f"{AWARD}/release", data={"version": "1", "idempotency_key": "key-1", "unchecked_acknowledged": "1"}
    )
    assert "The payment amounts are public" in (await officer.get(done.headers["location"])).text


async def test_what_stands_against_a_release_is_named_and_there_is_no_button(officer: httpx.AsyncClient):
    page = (await officer.get(f"/staff/awards/{states.HELD_AWARD}")).text
    assert "Bids are not judged yet. (3)" in page
    assert "Release the award" not in page


async def test_an_award_is_prepared_and_suppliers_are_not_announced_too_early(officer: httpx.AsyncClient):
    made = await officer.post("/staff/awards", data={"code": "R2028", "idempotency_key": "key-1"})
    assert "Somebody else reads it and releases it" in (await officer.get(made.headers["location"])).text
    early = await officer.post(
        "/staff/awards/announcement", data={"code": "R2028", "version": "1", "idempotency_key": "key-2"}
    )
    assert (early.status_code, "Some offers are not decided yet." in early.text) == (409, True)


async def test_an_officer_takes_an_offer_back_with_a_reason(officer: httpx.AsyncClient, gateway: FakeGateway):
    line = gateway.offers[0]["offered"][0]
    assert "Take this offer back" in (await officer.get(f"{AWARD}?show=offers")).text
    about = {"line": line["id"], "idempotency_key": "key-1"}
    refused = await officer.post(f"{AWARD}/rescission", data=about | {"reason": " "})
    assert refused.status_code == 422
    assert "Say why the offer is taken back." in refused.text
    assert line["state"] == "OPEN"
    done = await officer.post(f"{AWARD}/rescission", data=about | {"reason": "Its license was revoked."})
    assert done.headers["location"].startswith(f"{AWARD}?show=offers&done=rescission")
    assert (line["state"], line["rescinded_because"]) == ("RESCINDED", "Its license was revoked.")
    assert "The offer is taken back." in (await officer.get(f"{AWARD}?show=offers&done=rescission")).text


async def test_an_official_reads_each_result_with_its_reasons_and_an_end_user_none(
    official: httpx.AsyncClient, gateway: FakeGateway
):
    states.results(gateway)
    page = (await official.get("/bidding-results?code=R2028")).text
    for words in ("Accepted", "Disqualified", "A required license was not held", "Not selected", "No result yet"):
        assert words in page
    assert f"/offers/{states.OFFER}" in page
    assert "My Bidding Results" in (await official.get("/offers")).text
    gateway.become("person", "EU", ("bid.view",))
    official.cookies.set("cx_token", gateway.token())
    assert "My Bidding Results" not in (await official.get("/bids")).text
    gateway.results.clear()
    assert "No bid in this round" in (await official.get("/bidding-results")).text


async def test_everybody_reads_payment_amounts_and_contract_suppliers_page_by_page(
    visitor: httpx.AsyncClient, gateway: FakeGateway
):
    assert "No payment amounts to show" in (await visitor.get("/rounds/R2028/results")).text
    states.results(gateway)
    page = (await visitor.get("/rounds/R2028/results?category=OTSK")).text
    assert "$543.21" in page
    assert "Larkspur Sample Medical, LLC" in page
    assert "category=OTSK&amp;cba=&amp;after=25" in page
    assert "suppliers_after=25#sup-h" in page
    assert "/rounds/R2028/results" in (await visitor.get("/rounds/R2028")).text
