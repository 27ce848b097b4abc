"""Financial scores: the summary of officials, and the pages on which staff key, check, score and correct."""

import httpx
import pytest
import states
from fake_gateway import FakeGateway
from fake_gateway.scores import CHECKER_PERMISSIONS, RUN


@pytest.fixture
async def official(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.released(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


@pytest.fixture
async def analyst(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    states.scores(gateway)
    person.cookies.set("cx_token", gateway.token())
    return person


def form(**other: object) -> dict[str, object]:
    return {"version": "3", "idempotency_key": "key-1", **other}


async def test_an_official_reads_every_line_of_the_summary_drawn_and_in_words(official: httpx.AsyncClient):
    page = (await official.get("/financial-summary")).text
    for told in ("57.6", "Meets the minimum", "net income / annual net sales", "Net income $168,000", "FIN-23"):
        assert told in page
    assert "Below the median: working capital (3.98 against 4.30), current ratio" in page
    assert '<desc id="total-d">42.45 points from ratios and 15.15 points from the credit report.' in page
    assert page.count('class="cx-bullet"') == 3
    assert "member 9000000001" in page


async def test_where_few_bid_the_summary_tells_no_median_and_says_so(official: httpx.AsyncClient, gateway: FakeGateway):
    lines = [line | {"median": None, "median_points": None, "band": None} for line in
             gateway.summaries[0]["summary"]["ratios"]]  # fmt: skip
    gateway.summaries = [gateway.summary(ratios=lines, median_total=None)]
    page = (await official.get("/financial-summary")).text
    assert "Medians and rank bands are not told" in page
    assert "Read the picture as text" not in page
    assert "47.3" not in page


async def test_a_personal_score_is_on_no_page(official: httpx.AsyncClient, gateway: FakeGateway):
    hidden = {"personal": True, "score": None, "points": None, "normalised": None}
    told = gateway.summaries[0]["summary"]
    ratios = [line | {"points": None} for line in told["ratios"]]
    gateway.summaries = [gateway.summary(credit=told["credit"] | hidden, ratios=ratios, ratio_points=None)]
    page = (await official.get("/financial-summary")).text
    assert "its score is its owner’s alone" in page
    assert "15.15" not in page
    assert "cx-score__bar" not in page


async def test_before_the_release_there_is_nothing_and_an_end_user_has_no_way_to_it(
    official: httpx.AsyncClient, gateway: FakeGateway
):
    gateway.summaries = []
    assert "No summary yet" in (await official.get("/financial-summary")).text
    gateway.become("person", "EU", ("bid.view", "todo.view"))
    official.cookies.set("cx_token", gateway.token())
    assert "Financial scoring summary" not in (await official.get("/home")).text


async def test_a_round_shows_how_far_its_scores_are_and_who_has_no_sheet(
    analyst: httpx.AsyncClient, gateway: FakeGateway
):
    page = (await analyst.get("/staff/scores")).text
    assert "2840072" in page
    assert "Waits for a second person" in page
    begun = await analyst.post(
        "/staff/scores",
        data={"idempotency_key": "k", "bidder_id": states.BID, "member": "9000000001", "round_code": "R2028"},
    )
    assert begun.headers["location"] == f"/staff/scores/{gateway.scores[-1]['id']}"


async def test_a_round_with_outstanding_sheets_is_not_scored_and_the_page_says_why(
    analyst: httpx.AsyncClient, gateway: FakeGateway
):
    sent = {"idempotency_key": "k", "round_code": "R2028"}
    refused = await analyst.post("/staff/scores/scorings", data=sent)
    assert refused.status_code == 409
    assert "1 sheets of the round are not approved yet." in refused.text
    gateway.unscored.clear()
    scored = await analyst.post("/staff/scores/scorings", data=sent)
    assert "How each ratio is spread" in (await analyst.get(scored.headers["location"])).text


async def test_a_sheet_is_keyed_beside_its_files_and_what_lacks_stands_at_its_field(
    analyst: httpx.AsyncClient, gateway: FakeGateway
):
    address = f"/staff/scores/{states.KEYED}"
    page = (await analyst.get(address)).text
    assert f"/api/documents/files/{gateway.scores[0]['beside'][0]['files'][0]['file_id']}/content" in page
    assert "does not count" in page
    typed = {"figure.cash": "$120,000", "verdict.balance-sheet": "UNACCEPTABLE", "reasons.balance-sheet": "FIN-23"}
    typed |= {"score_type": "paydex", "score": "76"}
    refused = await analyst.post(f"{address}/sheet", data=form(act="submit", **typed))
    assert refused.status_code == 422
    assert '<a href="#inventory">Key this figure from its statement.</a>' in refused.text
    assert gateway.keyed[0] == {
        "figures": {"cash": "120000"},
        "documents": {"balance-sheet": {"verdict": "UNACCEPTABLE", "reasons": ["FIN-23"]}},
        "credit": {"score_type": "paydex", "score": "76"},
    }
    typed["figure.inventory"] = "51000"
    done = await analyst.post(f"{address}/sheet", data=form(act="submit", **typed | {"version": "4"}))
    assert done.headers["location"] == f"{address}?done=submission"
    assert gateway.headers_seen[-1]["if-match"] == '"5"'


async def test_a_second_person_approves_or_gives_back(analyst: httpx.AsyncClient, gateway: FakeGateway):
    gateway.become("staff", "QUALITY_REVIEWER", CHECKER_PERMISSIONS)
    analyst.cookies.set("cx_token", gateway.token())
    gateway.scores[0] |= {"state": "QA", "allowed_actions": ["approve", "return"]}
    address = f"/staff/scores/{states.KEYED}"
    page = (await analyst.get(address)).text
    assert "Cash</dt><dd>$120,000" in page
    assert 'name="figure.cash"' not in page
    done = await analyst.post(f"{address}/approval", data=form())
    assert done.headers["location"] == f"{address}?done=approval"
    await analyst.post(f"{address}/return", data=form(version="4", because="Inventory is 51,000."))
    assert gateway.keyed[-1] == {"act": "return", "because": "Inventory is 51,000."}


async def test_a_released_score_is_explained_and_corrected_after_an_inquiry(
    analyst: httpx.AsyncClient, gateway: FakeGateway
):
    address = f"/staff/scores/{states.SCORED}"
    page = (await analyst.get(address)).text
    assert f"/staff/scores/scorings/{RUN}" in page
    assert "after inquiry INQ-7" in page
    assert "55.0, meets the minimum, until" in page
    sent = form(inquiry="INQ-8") | {"figure.cash": "1"}
    done = await analyst.post(f"{address}/correction", data=sent)
    assert done.headers["location"] == f"{address}?done=correction"
    assert gateway.keyed[-1]["inquiry"] == "INQ-8"


async def test_a_page_of_a_document_stands_beside_the_form_and_stays_when_the_draft_is_kept(
    analyst: httpx.AsyncClient, gateway: FakeGateway
):
    file = gateway.scores[0]["beside"][0]["files"][0]["file_id"]
    address = f"/staff/scores/{states.KEYED}"
    page = (await analyst.get(f"{address}?file={file}&page=2")).text
    assert f'src="/api/documents/files/{file}/pages/2/picture?width=960"' in page
    assert f'action="{address}/sheet?file={file}&amp;page=2"' in page
    kept = await analyst.post(f"{address}/sheet?file={file}&page=2", data=form(act="keep"))
    assert kept.headers["location"] == f"{address}?done=sheet&file={file}&page=2"


async def test_an_act_that_does_not_exist_is_not_found(analyst: httpx.AsyncClient):
    assert (await analyst.post(f"/staff/scores/{states.KEYED}/erasure", data=form())).status_code == 404
