"""Rounds for those who set them up: drafts, dates, files, extensions, the end."""

import re
from urllib.parse import unquote

import httpx
import pytest
import states
from fake_gateway import FakeGateway
from test_pages import words

R2028, R2030 = "/staff/rounds/R2028", "/staff/rounds/R2030"


@pytest.fixture
async def desk(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    """Rowan Hollis, system administrator, signed in, with a running round and a draft."""
    states.rounds(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


def form(gateway: FakeGateway, code: str = "R2028", **typed: str) -> dict[str, str]:
    """A decision as its form sends it."""
    version = next(one["version"] for one in gateway.set_ups if one["code"] == code)
    return {"version": str(version), "idempotency_key": "key-1", **typed}


async def test_an_administrator_starts_at_the_rounds_drafts_too(desk: httpx.AsyncClient) -> None:
    assert (await desk.get("/home")).headers["location"] == "/staff/rounds"
    page = words(await desk.get("/staff/rounds"))
    assert "Round 2030 R2030 Draft Not yet" in page
    assert "Round 2028 R2028 Bid window open" in page
    assert "New round" in page


async def test_who_only_watches_reads_the_same_pages_and_decides_nothing(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.become("staff", "AUDITOR", ("staff.round.watch", "round.view"))
    gateway.set_ups[1]["allowed_actions"] = []
    desk.cookies.set("cx_token", gateway.token())
    assert "New round" not in words(await desk.get("/staff/rounds"))
    for view in ("", "/calendar", "/contents", "/registrations", "/window"):
        page = await desk.get(f"{R2028}{view}")
        assert page.status_code == 200
        assert 'method="post"' not in page.text.split("<main")[1].split("</main>")[0]


async def test_suppliers_have_no_rounds_to_set_up(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.failing["/api/bidding/round-set-ups"] = (403, {"detail": "Your role does not include this."})
    assert "/staff/rounds" not in (await person.get("/home")).text
    assert (await person.get("/staff/rounds")).status_code == 403


async def test_a_draft_is_begun_with_a_rule_set_in_its_version(desk: httpx.AsyncClient) -> None:
    assert "Round 2028, version 1" in words(await desk.get("/staff/rounds/new"))
    typed = {"idempotency_key": "key-1", "code": "r2031", "name": "Round 2031", "rule_set": "Round 2028|1"}
    answer = await desk.post("/staff/rounds", data=typed)
    assert answer.headers["location"] == "/staff/rounds/R2031?done=draft"
    assert "by rule set Round 2028, version 1" in words(await desk.get("/staff/rounds/R2031"))


async def test_a_refused_draft_comes_back_with_everything_typed(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    fields = [{"path": "code", "message": "Write R and the year."}]
    gateway.failing["/api/bidding/rounds"] = (422, {"fields": fields})
    page = await desk.post("/staff/rounds", data={"idempotency_key": "key-1", "code": "X1", "name": "Round X"})
    assert page.status_code == 422
    assert '<a href="#code">Write R and the year.</a>' in page.text
    assert 'value="Round X"' in page.text


async def test_a_draft_names_each_thing_it_lacks_and_leads_there(desk: httpx.AsyncClient) -> None:
    page = await desk.get(R2030)
    assert "What the round still lacks" in words(page)
    assert f'href="{R2030}/calendar?date=window-opens#date"' in page.text
    assert f'href="{R2030}/contents#file-h"' in page.text
    assert f"{R2030}/window" not in page.text


async def test_a_round_that_is_not_complete_is_not_published_and_says_why(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    told = {"detail": "", "fields": [{"path": "cbas", "message": "Import the competitive bidding areas."}]}
    gateway.failing["/api/bidding/rounds/R2030/publication"] = (422, told)
    page = await desk.post(f"{R2030}/publication", data=form(gateway, "R2030"))
    assert page.status_code == 422
    assert "Nothing was changed Import the competitive bidding areas." in words(page)


async def test_a_complete_draft_is_published_as_it_was_read(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.set_ups[0]["missing"] = []
    assert "The round is complete" in words(await desk.get(R2030))
    answer = await desk.post(f"{R2030}/publication", data=form(gateway, "R2030"))
    assert gateway.headers_seen[-1]["if-match"] == '"1"'
    assert "Published." in words(await desk.get(answer.headers["location"]))


async def test_who_was_overtaken_sees_the_round_as_it_is_now(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    stale = form(gateway, closes_on="2026-12-31", reason="A storm.")
    gateway.set_ups[1]["version"] += 1
    page = await desk.post(f"{R2028}/extensions", data=stale)
    assert page.status_code == 409
    assert "Somebody changed this round after you read it." in words(page)
    assert "A storm.</textarea>" in page.text
    assert 'name="version" value="8"' in page.text


async def test_an_extension_shows_as_asked_until_every_slot_confirmed_it_and_then_since_when(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.set_ups[1]["extensions"] = []
    typed = form(gateway, closes_on="2026-12-31", reason="A storm.")
    answer = await desk.post(f"{R2028}/extensions", data=typed)
    assert gateway.exchanges[-1].sent == {"closes_on": "2026-12-31", "reason": "A storm."}
    page = words(await desk.get(answer.headers["location"]))
    assert "December 31, 2026" in page
    assert "Asked 4 of 10 upload slots have confirmed it" in page
    assert "Extend the window" not in page
    gateway.set_ups[1]["extensions"][0]["in_force_at"] = gateway.opens_at.isoformat()
    assert re.search(r"In force since \w+, \w+ \d+", words(await desk.get(R2028)))


async def test_a_round_is_cancelled_only_once_its_code_was_typed(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    page = await desk.post(f"{R2028}/cancellation", data=form(gateway, reason="No funds.", confirmation="yes"))
    assert page.status_code == 422
    assert "Type R2028 to confirm that this round ends." in words(page)
    assert "No funds.</textarea>" in page.text
    assert gateway.set_ups[1]["phase"] == "BIDDING"
    answer = await desk.post(f"{R2028}/cancellation", data=form(gateway, reason="No funds.", confirmation=" r2028 "))
    page = await desk.get(answer.headers["location"])
    assert "Round 2028 R2028, by rule set" in words(page)
    assert "Cancelled" in words(page)
    assert f"{R2028}/cancellation" not in page.text


async def test_a_date_is_set_for_everyone_and_what_stood_there_stays_in_the_history(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    page = await desk.get(f"{R2028}/calendar?date=window-opens")
    assert '<option value="window-opens" selected>' in page.text
    assert 'value="cdrd"' not in page.text
    typed = form(gateway, date_code="offers", on="2027-06-01", certainty="target", reason="As planned.")
    answer = await desk.post(f"{R2028}/calendar", data=typed)
    assert answer.headers["location"] == f"{R2028}/calendar?done=date"
    shown = words(await desk.get(answer.headers["location"]))
    assert "Contract offers and payment amounts: June 1, 2027, target As planned. By rowan.hollis." in shown
    assert "Before: December 1, 2026, target." in shown


async def test_a_date_out_of_order_is_told_at_its_form(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    fields = [{"path": "on", "message": "This date must lie ahead."}]
    gateway.failing["/api/bidding/rounds/R2028/calendar/offers"] = (422, {"fields": fields})
    typed = form(gateway, date_code="offers", on="2020-01-01", certainty="target", reason="Why not.")
    page = await desk.post(f"{R2028}/calendar", data=typed)
    assert '<a href="#on">This date must lie ahead.</a>' in page.text
    assert 'value="2020-01-01"' in page.text


async def test_a_file_is_passed_on_and_the_rows_not_taken_are_listed_and_downloadable(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    errors = [{"line": 3, "column": "state", "message": "Write the state as two capital letters, or leave it empty."}]
    gateway.outcome = {"rows": 3, "added": 2, "refused": 1, "errors": errors}
    content = b"code,name,state\nakron-oh,Akron,OH\nx,X,Ohio\n"
    page = await desk.post(f"{R2030}/imports", data={"kind": "cbas"}, files={"file": ("areas.csv", content)})
    assert gateway.files_sent == [content]
    assert "1 of 3 rows was not taken" in words(page)
    assert "3 state Write the state as two capital letters" in words(page)
    address = re.search(r'href="(data:text/csv[^"]+)" download="R2030-cbas-rows-not-taken.csv"', page.text)
    assert address
    assert unquote(address[1]).endswith('3,state,"Write the state as two capital letters, or leave it empty."\r\n')


async def test_a_file_without_a_kind_or_no_file_is_asked_for_again(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    page = await desk.post(f"{R2030}/imports", data={"kind": ""}, files={"file": ("a.csv", b"x")})
    assert '<a href="#kind">Choose what the file holds.</a>' in page.text
    page = await desk.post(f"{R2030}/imports", data={"kind": "cbas"})
    assert '<a href="#file">Choose a file.</a>' in page.text
    assert gateway.files_sent == []


async def test_no_file_is_taken_once_bidders_bid(desk: httpx.AsyncClient) -> None:
    assert f"{R2028}/imports" not in (await desk.get(f"{R2028}/contents")).text
    assert f"{R2030}/imports" in (await desk.get(f"{R2030}/contents")).text


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ({"category": "otsk", "cba": "nationwide"}, "competitions/OTSK/nationwide"),
        ({"category": "OTSK", "cba": ""}, "categories/OTSK"),
    ],
)
async def test_a_competition_or_a_whole_category_is_removed_with_a_reason(
    desk: httpx.AsyncClient, gateway: FakeGateway, typed: dict[str, str], asked: str
) -> None:
    page = await desk.get(f"{R2028}/contents")
    assert f"{R2028}/contents?category=OTSK&amp;cba=nationwide#removal" in page.text
    answer = await desk.post(f"{R2028}/removals", data=form(gateway, reason="Needed now.", **typed))
    assert answer.headers["location"] == f"{R2028}/contents?done=removal"
    assert gateway.exchanges[-1].path == f"/api/bidding/rounds/R2028/{asked}/removal"
    assert gateway.exchanges[-1].sent == {"reason": "Needed now."}


async def test_what_the_round_does_not_have_cannot_be_removed(desk: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.failing["/api/bidding/rounds/R2028/categories/NONE/removal"] = (404, {})
    page = await desk.post(f"{R2028}/removals", data=form(gateway, category="NONE", reason="x"))
    assert "The round has no such competition." in words(page)
    page = await desk.post(f"{R2028}/removals", data=form(gateway, reason="x"))
    assert '<a href="#category">Name the category.</a>' in page.text


async def test_a_warning_stands_on_top_until_the_notices_went_out(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    due = gateway.watch()["due_on"]
    assert "Notices of missing covered documents are due by" in words(await desk.get(R2028))
    gateway.set_ups[1]["deadlines"] = [gateway.watch(is_missed=True)]
    assert "Notices of missing covered documents were due on" in words(await desk.get(R2028))
    gateway.set_ups[1]["deadlines"] = [gateway.watch(met_on=due)]
    assert "must act" not in words(await desk.get(R2028))


async def test_bidders_are_listed_and_found_and_their_forms_show_after_the_close_only(
    desk: httpx.AsyncClient,
) -> None:
    page = words(await desk.get(f"{R2028}/registrations"))
    assert "2840071 Larkspur Sample Medical, LLC 9000000001" in page
    assert "2 of 6 received After the close After the close" in page
    assert "2 of 6 received Approved 3 received" in page
    assert "Nobody found for “zoe”" in words(await desk.get(f"{R2028}/registrations?search=zoe"))


async def test_the_live_view_counts_and_loads_itself_again_and_tells_no_amount(desk: httpx.AsyncClient) -> None:
    page = await desk.get(f"{R2028}/window")
    shown = words(page)
    assert "212 Bidders registered" in shown
    assert "140 Forms A approved of 212" in shown
    assert "1,200 Bids certified of 1,504 begun" in shown
    assert "10:00 to 10:59 40 1" in shown
    assert "Waiting for their checks 3" in shown
    assert f'hx-get="{R2028}/window"' in page.text
    assert "$" not in shown


async def test_the_live_view_says_what_is_not_counted_yet_and_what_did_not_load(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.numbers = None
    gateway.failing["/api/documents/arrivals"] = (503, {})
    page = words(await desk.get(f"{R2028}/window"))
    assert "Nothing counted yet" in page
    assert "We could not load the files of today." in page


async def test_a_file_from_dbids_is_sent_by_who_may_and_tells_each_row_that_was_not_taken(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.dbids(gateway)
    desk.cookies.set("cx_token", gateway.token())
    assert "bidder_number Write the bidder number." in words(await desk.get(f"{R2028}/dbids"))
    error = {"line": 3, "column": "category", "message": "The round has no such competition."}
    gateway.outcome = {"rows": 3, "added": 0, "changed": 2, "refused": 1, "errors": [error]}
    page = words(await desk.post(f"{R2028}/dbids", data={"forms": "bids"}, files={"file": ("bids.csv", b"a,b")}))
    assert "POST /api/bidding/rounds/R2028/dbids-imports/bids" in gateway.asked
    assert gateway.files_sent == [b"a,b"]
    assert "1 of 3 rows was not taken New 0 Changed 2" in page
    assert "3 category The round has no such competition." in page


async def test_a_round_that_is_entered_here_offers_no_file_from_dbids(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    assert f"{R2028}/dbids" not in (await desk.get(R2028)).text
    states.dbids(gateway)
    assert f"{R2028}/dbids" in (await desk.get(R2028)).text
    assert "A contracting officer does that" in words(await desk.get(f"{R2028}/dbids"))


async def test_amounts_show_once_a_purpose_is_said_and_never_by_the_link_alone(
    desk: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    states.dbids(gateway)
    desk.cookies.set("cx_token", gateway.token())
    listed = (await desk.get(f"{R2028}/registrations")).text
    assert f'href="{R2028}/prices?bidder=2840072"' in listed
    assert "$348.00" not in words(await desk.get(f"{R2028}/prices?bidder=2840072"))
    page = await desk.get(f"{R2028}/prices?bidder=2840072&purpose=")
    assert (page.status_code, "Choose what you read them for." in page.text) == (422, True)
    assert not [asked for asked in gateway.asked if asked.endswith("/prices")]
    page = words(await desk.get(f"{R2028}/prices?bidder=2840072&purpose=review"))
    assert "OTS knee braces, Nationwide OTSK in nationwide $348.00 1,200" in page
    page = await desk.get(f"{R2028}/prices?bidder=1&purpose=review")
    assert (page.status_code, "No bidder of this round has this number." in page.text) == (404, True)
