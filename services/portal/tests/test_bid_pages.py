"""Form B: begun in a competition, filled, certified beside Form A, voided, withdrawn; and what is still missing."""

import json
from html import unescape
from typing import Any

import httpx
import pytest
import states
from fake_gateway import FakeGateway
from test_form_a_pages import as_end_user, hidden
from test_pages import title, words

BID, CERTIFIED = f"/bids/{states.BID}", f"/bids/{states.CERTIFIED}"


def typed(page: httpx.Response, **answers: Any) -> dict[str, Any]:
    """The form of a bid as its page sends it, with some answers changed."""
    base = json.loads(hidden(page, "base"))
    return {"version": hidden(page, "version"), "base": hidden(page, "base"), "do": "save", **base, **answers}


async def test_the_list_tells_amount_limit_capacity_and_state(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    states.filled(gateway)
    page = words(await person.get("/bids"))
    for part in ("$348.00", "$523.10", "2,000", "more than the projected demand", "Draft", "Certified", "Received"):
        assert part in page
    assert "Withdrawn" not in page.partition("Competition Amount")[2]


async def test_the_list_shows_one_state_or_category_and_offers_to_clear_it(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.filled(gateway)
    page = await person.get("/bids?state=SUBMITTED")
    assert "OTS back braces, Nationwide" in words(page)
    assert "$348.00" not in words(page)
    assert "No bid matches" in words(await person.get("/bids?category=UROL"))


async def test_long_lists_go_on_page_by_page_with_their_filter(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.bids = [gateway.bid() for _ in range(25)]
    gateway.areas = 25
    for address in ("/bids?state=DRAFT", "/bid-status", "/bids/new?category=OTSK"):
        first = await person.get(address)
        assert "20 " in words(first)
        more = f"{address}{'&' if '?' in address else '?'}after=20"
        assert f'href="{more}"' in unescape(first.text)
        assert "5 " in words(await person.get(more))


async def test_without_bids_the_list_says_what_makes_one_appear(person: httpx.AsyncClient) -> None:
    assert "No bids yet" in words(await person.get("/bids"))
    assert "No bids yet" in words(await person.get("/bid-status"))


@pytest.mark.parametrize("address", ["/bids", "/bids/new", "/bid-status"])
async def test_who_has_no_bidder_number_is_told_so(
    person: httpx.AsyncClient, gateway: FakeGateway, address: str
) -> None:
    gateway.requirements.clear()
    assert "No bid forms yet" in words(await person.get(address))


async def test_a_bid_is_begun_in_a_competition_and_only_once(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    page = await person.get("/bids/new")
    assert "OTS knee braces, Area 0" in words(page)
    new = {name: hidden(page, name) for name in ("idempotency_key", "round_code", "category_code", "cba_code")}
    answer = await person.post("/bids/new", data=new)
    assert answer.headers["location"] == f"/bids/{gateway.bids[0]['id']}"
    assert gateway.headers_seen[-1]["idempotency-key"] == new["idempotency_key"]
    again = await person.post("/bids/new", data=new)
    assert again.status_code == 409
    assert "Your organization already bids in this competition." in words(again)


async def test_form_b_is_asked_with_limit_and_demand_and_saved_as_a_draft(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.filled(gateway)
    page = await person.get(BID)
    for part in ("$523.10", "1,200 units a year", "more than the projected demand", "No location of Form A"):
        assert part in words(page)
    answer = await person.post(BID, data=typed(page, amount="340.00"))
    assert answer.headers["location"] == f"{BID}?saved=1"
    assert gateway.exchanges[-1].sent == {"answers": {"amount": "340.00"}, "may_void": False}


async def test_reviewing_a_bid_that_is_not_complete_leads_to_what_is_missing(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.filled(gateway)
    answer = await person.post(BID, data=typed(await person.get(BID), do="continue", amount="340.00"))
    assert answer.headers["location"] == f"{BID}?check=1"
    page = await person.get(f"{BID}?check=1")
    assert title(page).startswith("Error: Form B")
    assert '<a href="#covers_all_items">' in page.text


async def test_two_people_at_one_bid_see_each_other(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    states.filled(gateway)
    mine = typed(await person.get(BID), amount="340.00")
    bid = gateway.bids[0]
    bid["answers"], bid["version"] = {"amount": "339.00", "capacity": "2000"}, 2
    page = await person.post(BID, data=mine)
    assert page.status_code == 409
    assert "priya.natarajan wrote: 339.00. What you typed is still here." in words(page)
    assert 'value="340.00"' in page.text


async def test_an_official_certifies_the_bid_beside_an_approved_form_a(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.ready(gateway)
    assert "Form A comes first" in words(await person.get(f"{BID}/review"))
    gateway.approve_form_a()
    page = await person.get(f"{BID}/review")
    signed = {name: hidden(page, name) for name in ("version", "idempotency_key", "statement")}
    answer = await person.post(f"{BID}/review", data={**signed, "certified_by": "dana.whitlock"})
    assert answer.headers["location"] == f"{BID}/review?done=certified"
    assert "The bid is certified." in words(await person.get(f"{BID}/review?done=certified"))


async def test_before_a_change_voids_the_certification_one_is_asked(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.filled(gateway)
    shown = await person.get(CERTIFIED)
    assert "This bid is certified." in words(shown)
    mine = typed(shown, amount="570.00")
    assert title(await person.post(CERTIFIED, data=mine)) == "Saving this voids the certification | Connexion"
    assert gateway.bids[1]["state"] == "SUBMITTED"
    await person.post(CERTIFIED, data={**mine, "may_void": "yes"})
    assert gateway.bids[1]["state"] == "DRAFT"


async def test_a_bid_is_withdrawn_after_a_confirmation_for_good(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.filled(gateway)
    page = await person.get(f"{CERTIFIED}/withdrawal")
    assert "cannot be brought back" in words(page)
    for _ in "12":
        answer = await person.post(f"{CERTIFIED}/withdrawal", data={"version": hidden(page, "version")})
        assert answer.headers["location"] == f"{CERTIFIED}/review?done=withdrawn"
    assert "This bid is withdrawn." in words(await person.get(CERTIFIED))


async def test_an_end_user_fills_a_bid_and_certifies_nothing(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    states.approved(gateway)
    as_end_user(gateway, person)
    assert 'id="questions"' in (await person.get(BID)).text
    review = await person.get(f"{BID}/review")
    assert "An authorized official certifies this bid" in words(review)
    assert "certified_by" not in review.text
    assert "cannot be withdrawn by you now" in words(await person.get(f"{BID}/withdrawal"))


async def test_after_the_close_bids_are_read_as_they_stood(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    states.closed(gateway)
    for address in (BID, CERTIFIED):
        page = await person.get(address)
        assert "This bid is locked." in words(page)
        assert 'id="questions"' not in page.text
    assert "can no longer be certified" in words(await person.get(f"{BID}/review"))
    assert "It was not certified when the window closed." in words(await person.get("/bid-status"))


async def test_the_status_tells_check_by_check_what_is_missing_and_where_it_is_mended(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.filled(gateway)
    page = await person.get("/bid-status")
    assert title(page) == "Bid status: your bid is not complete yet | Connexion"
    for part in (
        "Form A is not approved.",
        "Business credit report is not in the portal.",
        "2 bids are not certified.",
    ):
        assert part in words(page)
    for link in ("/form-a", "/documents#upload", "/bids?state=DRAFT"):
        assert f'href="{link}"' in page.text


async def test_home_leads_to_forms_and_status(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    states.filled(gateway)
    page = await person.get("/home")
    for link in ("/form-a", "/bids?state=SUBMITTED", "/bid-status"):
        assert f'href="{link}"' in page.text


async def test_home_stands_while_the_status_does_not_load(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.failing["/api/bidding/bids/status"] = (503, {})
    page = await person.get("/home")
    assert "We could not load your bid forms." in words(page)
    assert "One document is still to send for bidder number 2840071." in words(page)
