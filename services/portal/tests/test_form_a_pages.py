"""Form A: filled section by section, saved as a draft, disputed, approved, voided, locked."""

import json
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
import states
from fake_gateway import FakeGateway, token
from fake_gateway.answering import END_USER_PERMISSIONS
from fake_gateway.bid_forms import missing
from test_pages import title, words

FORM = "/form-a/R2028"
BUSINESS = f"{FORM}/business"
BASE = {"business_type": "", "bidding_as": "", "relation": "", "relation_explanation": ""}
BASE |= {"specialty_supplier": "", "small_supplier": "", "gross_receipts": ""}


def typed(version: int = 0, base: dict[str, Any] | None = None, **answers: Any) -> dict[str, Any]:
    """A section as its page sends it."""
    return {"version": str(version), "base": json.dumps(base or {}), "do": "save", **answers}


def hidden(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found
    return found.group(1).replace("&#34;", '"')


def as_end_user(gateway: FakeGateway, person: httpx.AsyncClient) -> None:
    gateway.permissions = gateway.allowed_to = END_USER_PERMISSIONS
    person.cookies.set("cx_token", token(permissions=END_USER_PERMISSIONS, role="EU"))


async def test_the_menu_leads_to_the_form_of_the_round(person: httpx.AsyncClient) -> None:
    assert 'href="/form-a"' in (await person.get("/home")).text
    assert (await person.get("/form-a")).headers["location"] == FORM


async def test_who_has_no_bidder_number_is_told_when_there_will_be_a_form(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.requirements.clear()
    assert "No bid forms yet" in words(await person.get("/form-a"))


async def test_the_overview_says_how_far_each_section_is(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    states.filled(gateway)
    page = await person.get(FORM)
    assert title(page) == "Form A is not approved yet | Connexion"
    for part in ("2 to complete", "1 to complete", "Needs a look", "None named", "Not started"):
        assert part in words(page)


async def test_every_field_of_the_catalogue_is_asked_with_label_hint_and_choices(person: httpx.AsyncClient) -> None:
    page = await person.get(BUSINESS)
    for name in BASE:
        assert f'name="{name}"' in page.text
    assert "As you file your federal tax return." in words(page)
    assert '<option value="trust">Owned by a trust or an estate</option>' in page.text
    assert "Only if you answer “With multiple locations” to “How you bid”." in words(page)


async def test_only_what_was_changed_is_saved_from_the_version_that_was_read(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    form = typed(0, BASE, bidding_as="network", relation="", gross_receipts="  ")
    answer = await person.post(BUSINESS, data=form)
    assert answer.headers["location"] == f"{BUSINESS}?saved=1"
    assert gateway.exchanges[-1].sent == {"answers": {"bidding_as": "network"}, "may_void": False}
    assert gateway.headers_seen[-1]["if-match"] == '"0"'
    assert "Draft saved." in words(await person.get(f"{BUSINESS}?saved=1"))


async def test_the_same_form_sent_twice_is_saved_once(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    form = typed(0, BASE, bidding_as="network")
    for _ in "12":
        assert (await person.post(BUSINESS, data=form)).status_code == 303
    assert gateway.form_a["version"] == 1


async def test_saving_and_continuing_leads_to_the_next_section_or_to_what_is_wrong(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    form = typed(0, BASE, bidding_as="network", do="continue")
    assert (await person.post(BUSINESS, data=form)).headers["location"] == f"{FORM}/locations"
    gateway.form_a_problems = [missing("business.small_supplier", "Small supplier")]
    assert (await person.post(BUSINESS, data=form)).headers["location"] == f"{BUSINESS}?check=1"
    page = await person.get(f"{BUSINESS}?check=1")
    assert title(page).startswith("Error: Business organization")
    assert '<a href="#small_supplier">Enter an answer for “Small supplier”.</a>' in page.text
    assert re.search(r'id="small_supplier-error">.*Enter an answer', page.text)
    assert "Enter an answer" not in (await person.get(BUSINESS)).text


async def test_what_somebody_else_saved_meanwhile_is_shown_beside_the_field_and_nothing_typed_is_lost(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.somebody_else_saves({"small_supplier": "no", "specialty_supplier": "no"})
    mine = typed(0, BASE, small_supplier="yes", gross_receipts="1,000.00")
    page = await person.post(BUSINESS, data=mine)
    assert page.status_code == 409
    assert "Somebody else saved this form while you had it open" in words(page)
    assert "priya.natarajan wrote: No. What you typed is still here." in words(page)
    assert "priya.natarajan wrote: No. This is taken over." in words(page)
    assert 'value="1,000.00"' in page.text
    assert re.search(r'id="small_supplier-yes"[^>]* checked', page.text)
    assert re.search(r'id="specialty_supplier-no"[^>]* checked', page.text)
    assert (hidden(page, "version"), hidden(page, "conflicts")) == ("1", "small_supplier")
    assert "data-autosave" not in page.text


@pytest.mark.parametrize(("act", "stands"), [("save", "yes"), ("theirs", "no")])
async def test_of_two_answers_one_keeps_ones_own_or_takes_over_theirs(
    person: httpx.AsyncClient, gateway: FakeGateway, act: str, stands: str
) -> None:
    gateway.somebody_else_saves({"small_supplier": "no"})
    mine = {"small_supplier": "yes", "gross_receipts": "1,000.00"}
    page = await person.post(BUSINESS, data=typed(0, BASE, **mine))
    again = {name: hidden(page, name) for name in ("version", "base", "conflicts")}
    answer = await person.post(BUSINESS, data={**again, **mine, "do": act})
    assert answer.status_code == 303
    saved = gateway.form_a["business"]["answers"]
    assert (saved["small_supplier"], saved["gross_receipts"]) == (stands, "1,000.00")


async def test_what_was_wrong_with_an_answer_is_not_said_of_the_one_that_takes_its_place(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.filled(gateway)
    shown = await person.get(BUSINESS)
    assert "Write an amount in dollars and cents" in words(shown)
    mine = {"version": hidden(shown, "version"), "base": hidden(shown, "base"), "gross_receipts": "1,000.00"}
    again = await person.post(BUSINESS, data={**mine, "do": "back"})
    assert 'value="1,000.00"' in again.text
    assert "Write an amount in dollars and cents" not in words(again)


async def test_before_a_change_voids_the_approval_one_is_asked(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    states.approved(gateway)
    shown = await person.get(BUSINESS)
    assert "Saving a change here voids the approval" in words(shown)
    assert "data-autosave" not in shown.text
    mine = {"version": hidden(shown, "version"), "base": hidden(shown, "base"), "bidding_as": "network"}
    page = await person.post(BUSINESS, data=mine)
    assert page.status_code == 409
    assert title(page) == "Saving this voids the approval | Connexion"
    assert "As a network of small suppliers" in words(page)
    assert gateway.form_a["state"] == "APPROVED"
    back = await person.post(BUSINESS, data={**mine, "do": "back"})
    assert re.search(r'id="bidding_as-network"[^>]* checked', back.text)
    assert (await person.post(BUSINESS, data={**mine, "may_void": "yes"})).status_code == 303
    assert gateway.form_a["state"] == "IN_PROGRESS"


async def test_a_form_that_meets_an_ended_session_comes_back_after_the_sign_in(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.session_lives = False
    person.cookies.set("cx_token", token(timedelta(seconds=-1)))
    text = "Why we belong together. " * 150
    mine = typed(0, BASE, bidding_as="multiple-locations", relation_explanation=text)
    refused = await person.post(BUSINESS, data=mine, headers={"referer": f"http://portal.test{BUSINESS}"})
    assert refused.status_code == 401
    assert "What you typed is kept for 15 minutes." in refused.text
    gateway.session_lives = True
    person.cookies.set("cx_session", "opaque")
    person.cookies.set("cx_token", token())
    page = await person.get(BUSINESS)
    assert "What you typed is back." in page.text
    assert text.strip() in page.text
    assert re.search(r'id="bidding_as-multiple-locations"[^>]* checked', page.text)
    assert "What you typed is back." not in (await person.get(BUSINESS)).text


async def test_a_location_is_added_once_however_often_it_is_sent(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    new = f"{FORM}/locations/new"
    form = typed(0, key="9000000001", products=["OTSK", "OTSB"], states="MD")
    for _ in "12":
        answer = await person.post(new, data={**form, "do": "continue"})
        assert answer.headers["location"] == f"{FORM}/locations?saved=1"
    (entry,) = gateway.form_a["locations"]
    assert entry["answers"] == {"products": ["OTSK", "OTSB"], "states": ["MD"]}
    assert "OTS knee braces, OTS back braces" in words(await person.get(f"{FORM}/locations"))


async def test_a_location_is_refused_without_a_ptan_or_with_one_that_is_there(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.filled(gateway)
    for key, sentence in (("12", "A PTAN has ten digits."), ("9000000001", "This one is on the form already.")):
        page = await person.post(f"{FORM}/locations/new", data=typed(9, key=key, states="TX"))
        assert page.status_code == 422
        assert f'<a href="#key">{sentence}' in page.text
        assert f'value="{key}"' in page.text
        assert re.search(r'id="states-TX"[^>]* checked', page.text)


async def test_an_enrolled_location_is_offered_by_its_ptan(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    states.filled(gateway)
    gateway.form_a["locations"].pop()
    page = await person.get(f"{FORM}/locations/new?key=9000000203")
    assert "PTAN 9000000203, Richmond, VA" in words(page)
    assert "PTAN 9000000001" not in words(page)
    assert 'value="9000000203"' in page.text


async def test_a_location_is_taken_off_after_a_look_at_what_goes(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.approved(gateway)
    at = f"{FORM}/locations/9000000203"
    page = await person.get(f"{at}/removal")
    assert "This voids the approval of Form A." in words(page)
    for _ in "12":
        answer = await person.post(f"{at}/removal", data={"version": hidden(page, "version")})
        assert answer.headers["location"] == f"{FORM}/locations?saved=1"
    assert [entry["key"] for entry in gateway.form_a["locations"]] == ["9000000001"]
    assert (await person.get(at)).status_code == 404


async def test_what_was_taken_off_meanwhile_is_put_back_whole(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    states.filled(gateway)
    at = f"{FORM}/locations/9000000203"
    shown = await person.get(at)
    gateway.form_a["locations"].pop()
    mine = {"version": hidden(shown, "version"), "base": hidden(shown, "base"), "products": "OTSK", "states": "TX"}
    await person.post(at, data=mine)
    assert gateway.form_a["locations"][-1]["answers"] == {"products": ["OTSK"], "states": ["TX"]}


async def test_an_official_reads_the_whole_form_and_approves_it(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.ready(gateway)
    page = await person.get(f"{FORM}/review")
    assert "I am an authorized official of this organization." in words(page)
    signed = {name: hidden(page, name) for name in ("version", "idempotency_key", "statement")}
    names = {"given_name": "Dana", "family_name": "Whitlock"}
    refused = await person.post(f"{FORM}/review", data={**signed, **names, "certified_by": "priya"})
    assert refused.status_code == 422
    assert '<a href="#certified_by">Certify with the user ID you signed in with.</a>' in refused.text
    assert 'value="Whitlock"' in refused.text
    answer = await person.post(f"{FORM}/review", data={**signed, **names, "certified_by": "dana.whitlock"})
    assert answer.headers["location"] == f"{FORM}?done=approved"
    assert gateway.headers_seen[-1]["idempotency-key"] == signed["idempotency_key"]
    assert "Form A is approved" in words(await person.get(f"{FORM}?done=approved"))


async def test_a_form_that_changed_since_it_was_read_is_read_again_before_it_is_approved(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.ready(gateway)
    page = await person.post(f"{FORM}/review", data={"version": "8", "certified_by": "dana.whitlock"})
    assert page.status_code == 409
    assert "Form A was changed. Read it again." in words(page)
    assert hidden(page, "version") == "9"


async def test_a_name_is_kept_when_the_signature_asks_for_a_fresh_sign_in(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.ready(gateway)
    old = {"type": "urn:connexion:problem:sign-in-again"}
    gateway.failing["/api/bidding/form-a/R2028/approval"] = (403, old)
    names = {"given_name": "Dana", "family_name": "Whitlock", "certified_by": "dana.whitlock", "version": "9"}
    at = {"referer": f"http://portal.test{FORM}/review"}
    assert "again=true" in (await person.post(f"{FORM}/review", data=names, headers=at)).text
    page = await person.get(f"{FORM}/review")
    assert 'value="Whitlock"' in page.text
    assert 'value="dana.whitlock"' not in page.text


async def test_an_end_user_reads_the_business_section_and_edits_locations(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.ready(gateway)
    as_end_user(gateway, person)
    page = await person.get(BUSINESS)
    assert "You can read this section, not change it." in words(page)
    assert 'id="questions"' not in page.text
    assert 'id="questions"' in (await person.get(f"{FORM}/locations/9000000001")).text
    review = await person.get(f"{FORM}/review")
    assert "An authorized official approves this form" in words(review)
    assert "certified_by" not in review.text


async def test_after_the_close_everything_is_read_and_nothing_typed_too_late_is_lost(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.ready(gateway)
    shown = await person.get(BUSINESS)
    gateway.close_form_a()
    mine = {
        "version": hidden(shown, "version"),
        "base": hidden(shown, "base"),
        "relation_explanation": "Typed too late",
    }
    late = await person.post(BUSINESS, data=mine)
    assert late.status_code == 409
    assert "The bid window is not open." in words(late)
    assert "What you typed, and was not saved" in words(late)
    assert "Typed too late" in late.text
    for address in (FORM, BUSINESS, f"{FORM}/locations", f"{FORM}/locations/9000000001", f"{FORM}/review"):
        page = await person.get(address)
        assert page.status_code == 200
        assert 'id="questions"' not in page.text
        assert "Save" not in words(page)


@pytest.mark.parametrize("address", [f"{FORM}/nothing", f"{FORM}/business/9", f"{FORM}/links/none", "/form-a/R2099"])
async def test_what_is_not_there_is_not_found(person: httpx.AsyncClient, address: str) -> None:
    assert (await person.get(address)).status_code == 404


async def test_a_form_that_is_entered_in_dbids_can_be_read_and_says_where_it_is_changed(
    person: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.filled(gateway)
    gateway.form_a |= {"entered_in": "dbids", "window_open": False, "allowed_actions": []}
    assert "Bids of this round are entered in DBidS. Change the form there" in words(await person.get(BUSINESS))
    assert "entered in DBidS: it is approved there" in words(await person.get(f"{FORM}/review"))
