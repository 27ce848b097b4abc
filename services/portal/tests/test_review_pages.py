"""Reviews of bids after the close: the work list, and a case from its proposal to its approval."""

from uuid import uuid4

import httpx
import pytest
from fake_gateway import FakeGateway
from fake_gateway.reviews import REVIEW_PERMISSIONS


@pytest.fixture
async def analyst(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    gateway.user_id, gateway.name = "theo.hartley", "Theo Hartley"
    gateway.become("staff", "EVALUATION_ANALYST", REVIEW_PERMISSIONS)
    person.cookies.set("cx_token", gateway.token())
    return person


@pytest.fixture
def case(gateway: FakeGateway) -> dict[str, object]:
    gateway.cases = [gateway.case()]
    gateway.findings = [gateway.finding(), gateway.finding(label="Walkers", outcome=None, proposed=None, reasons=[])]
    return gateway.cases[0]


def form(**other: object) -> dict[str, object]:
    return {"version": "4", "idempotency_key": "key-1", **other}


async def test_the_work_list_shows_what_was_chosen(analyst: httpx.AsyncClient, gateway: FakeGateway):
    gateway.cases = [gateway.case(), gateway.case(kind="pbe", label="PBE", bidder_number="2840099")]
    page = (await analyst.get("/reviews?kind=pbe&sort=urgent")).text
    assert "2840099" in page
    assert "2840071" not in page
    assert '<option value="pbe" selected>' in page


async def test_an_empty_work_list_says_when_something_comes(analyst: httpx.AsyncClient):
    assert "Cases are opened by themselves" in (await analyst.get("/reviews")).text
    assert "Nothing fits what you chose." in (await analyst.get("/reviews?state=DECIDED")).text


async def test_the_next_page_keeps_what_was_chosen(analyst: httpx.AsyncClient, gateway: FakeGateway):
    gateway.cases = [gateway.case() for _ in range(30)]
    page = (await analyst.get("/reviews?kind=completeness")).text
    assert 'href="/reviews?kind=completeness&amp;sort=due&amp;after=25"' in page


async def test_a_case_shows_what_its_proposal_was_computed_from(analyst: httpx.AsyncClient, case):
    page = (await analyst.get(f"/reviews/{case['id']}")).text
    assert "A financial document is missing" in page
    assert "<dt>Form a approved</dt><dd>Yes</dd>" in page
    assert "Could not check" in page


async def test_a_case_is_taken_and_recommended_with_the_version_that_was_seen(
    analyst: httpx.AsyncClient, gateway: FakeGateway, case
):
    taken = await analyst.post(f"/reviews/{case['id']}/claim", data=form())
    assert taken.headers["location"] == f"/reviews/{case['id']}?done=claim"
    assert gateway.headers_seen[-1]["if-match"] == '"4"'
    page = (await analyst.get(taken.headers["location"])).text
    assert "1 line could not be checked. Decide it first." in page
    await analyst.post(f"/reviews/{case['id']}/recommendation", data=form(version="5", note="See line 2."))
    assert gateway.decided[-1] == {"act": "recommendation", "note": "See line 2."}


async def test_two_who_decide_at_once_learn_of_each_other(analyst: httpx.AsyncClient, case):
    page = await analyst.post(f"/reviews/{case['id']}/approval", data=form(version="3"))
    assert page.status_code == 409
    assert "Somebody changed this before you." in page.text


async def test_a_line_is_decided_otherwise_with_a_reason(analyst: httpx.AsyncClient, gateway: FakeGateway, case):
    case["allowed_actions"] = ["override"]
    line = gateway.findings[0]["id"]
    typed = form(outcome="fail", reasons=["BOND_MISSING"], because="")
    refused = await analyst.post(f"/reviews/{case['id']}/findings/{line}", data=typed)
    assert refused.status_code == 422
    assert "Say why." in refused.text
    decided = await analyst.post(f"/reviews/{case['id']}/findings/{line}", data=typed | {"because": "No bond."})
    assert decided.headers["location"].endswith(f"#line-{line}")
    assert gateway.decided[-1] == {"outcome": "fail", "reasons": ["BOND_MISSING"], "because": "No bond."}


async def test_cases_are_approved_together_and_each_says_what_became_of_it(
    analyst: httpx.AsyncClient, gateway: FakeGateway
):
    gateway.cases = [gateway.case(state="RECOMMENDED", bidder_number=f"284007{number}") for number in (1, 2)]
    fresh, stale = gateway.cases
    listed = (await analyst.get("/reviews")).text
    assert f'value="{fresh["id"]} 4"' in listed
    chosen = {"idempotency_key": "key-1", "cases": [f"{fresh['id']} 4", f"{stale['id']} 3"]}
    page = (await analyst.post("/reviews/approvals", data=chosen)).text
    assert "1 of 2 approved." in page
    assert "Somebody changed this case after you read it." in page
    assert (fresh["state"], stale["state"]) == ("DECIDED", "RECOMMENDED")
    nothing = await analyst.post("/reviews/approvals", data={"idempotency_key": "key-2"})
    assert "Choose at least one case." in nothing.text


async def test_a_case_is_assigned_and_an_inquiry_decided_for_cms(
    analyst: httpx.AsyncClient, gateway: FakeGateway, case
):
    case |= {"kind": "inquiry", "label": "Bidder inquiry", "allowed_actions": ["assign", "approve"]}
    page = (await analyst.get(f"/reviews/{case['id']}")).text
    assert f'action="/reviews/{case["id"]}/determination"' in page
    await analyst.post(f"/reviews/{case['id']}/assignment", data=form(assignee="", priority="1"))
    assert gateway.decided[-1] == {"act": "assignment", "assignee": None, "priority": 1}


async def test_a_case_whose_notice_was_sent_back_leads_to_the_reason(analyst: httpx.AsyncClient, case):
    case |= {"returned_because": "The notice was sent back.", "notice_id": str(uuid4())}
    page = (await analyst.get(f"/reviews/{case['id']}")).text
    assert f'<a href="/notice-desk/{case["notice_id"]}">Read why, and the notice</a>' in page


async def test_an_act_that_does_not_exist_is_not_found(analyst: httpx.AsyncClient, case):
    assert (await analyst.post(f"/reviews/{case['id']}/erasure", data=form())).status_code == 404


async def test_the_documents_of_the_bidder_stand_beside_the_checklist_page_by_page(
    analyst: httpx.AsyncClient, gateway: FakeGateway, case
):
    gateway.case_files = [gateway.case_file(), gateway.case_file(label="Bid surety bond", cba_code="16740")]
    file = gateway.case_files[0]["file_id"]
    address = f"/reviews/{case['id']}"
    page = (await analyst.get(f"{address}?after=25")).text
    assert "Bid surety bond, area 16740" in page
    assert "Choose a file to look at its pages here." in page
    assert f'href="{address}?after=25&amp;file={file}&amp;page=1#preview"' in page
    page = (await analyst.get(f"{address}?file={file}&page=2")).text
    assert f'src="/api/documents/files/{file}/pages/2/picture?width=960"' in page
    assert "balance-sheet.pdf, page 2 of 3" in page
    assert "Total assets 67,890" in page
    assert f'href="{address}?file={file}&amp;page=1#preview"' in page
    assert f'href="{address}?file={file}&amp;page=3#preview"' in page
    assert "it is a picture, such as a scan, or empty" in (await analyst.get(f"{address}?file={file}&page=3")).text


async def test_a_document_that_cannot_be_shown_is_told_of_and_can_still_be_opened(
    analyst: httpx.AsyncClient, gateway: FakeGateway, case
):
    file, address = str(uuid4()), f"/reviews/{case['id']}"
    assert "The document has no such page." in (await analyst.get(f"{address}?file={file}&page=9")).text
    gateway.page_refused = "This page takes too much to be shown here. Download the file and open it instead."
    page = await analyst.get(f"{address}?file={file}")
    assert page.status_code == 200
    assert gateway.page_refused in page.text
    assert f'href="/api/documents/files/{file}/content"' in page.text
    assert "What was looked at" in page.text


async def test_a_line_that_is_decided_keeps_the_document_beside_it(
    analyst: httpx.AsyncClient, gateway: FakeGateway, case
):
    file, line = str(uuid4()), gateway.findings[0]["id"]
    looking = f"file={file}&page=2"
    assert f"findings/{line}?file={file}" not in (await analyst.get(f"/reviews/{case['id']}?{looking}")).text
    case["allowed_actions"] = ["override"]
    typed = form(outcome="fail", reasons=["BOND_MISSING"], because="No bond.")
    done = await analyst.post(f"/reviews/{case['id']}/findings/{line}?{looking}", data=typed)
    assert done.headers["location"] == f"/reviews/{case['id']}?done=override&{looking}#line-{line}"


async def test_an_analyst_reads_what_was_submitted_with_an_inquiry_and_what_answered_a_notice(
    analyst: httpx.AsyncClient, gateway: FakeGateway, case
):
    case |= {"kind": "inquiry", "slot_id": str(uuid4())}
    sent = {"file_id": str(uuid4()), "size": 10, "received_at": gateway.opens_at.isoformat()}
    by = {"submitted_at": gateway.opens_at.isoformat(), "submitted_by": "dana.whitlock"}
    gateway.submissions = [{"text": "It was valid.", "files": [sent], **by}]
    gateway.files = [gateway.file(nickname="Our license", state="ACCEPTED", verdict="in-time")]
    page = (await analyst.get(f"/reviews/{case['id']}")).text
    assert "It was valid." in page
    assert f"file={sent['file_id']}&amp;page=1" in page
    assert "Answer to the notice: Our license" in page
