"""The notice desk: drafted notices are looked at, released by a second person, and go out in batches."""

import httpx
import pytest
from fake_gateway import FakeGateway
from fake_gateway.notice_desk import DESK_PERMISSIONS


@pytest.fixture
async def reviewer(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    gateway.user_id, gateway.name = "quinn.sorensen", "Quinn Sorensen"
    gateway.become("staff", "QUALITY_REVIEWER", DESK_PERMISSIONS)
    person.cookies.set("cx_token", gateway.token())
    gateway.drafts = [gateway.draft(), gateway.draft(state="DRAFT", missing=["rows"], html=None)]
    return person


async def test_only_what_waits_for_release_can_be_chosen(reviewer: httpx.AsyncClient, gateway: FakeGateway):
    page = (await reviewer.get("/notice-desk")).text
    waits, draft = gateway.drafts
    assert f'value="{waits["id"]} 2"' in page
    assert f'value="{draft["id"]} 2"' not in page
    assert "1 field missing" in page


async def test_the_chosen_are_released_together_in_the_versions_that_were_seen(
    reviewer: httpx.AsyncClient, gateway: FakeGateway
):
    gateway.drafts.append(gateway.draft(version=7))
    chosen = [f"{gateway.drafts[0]['id']} 2", f"{gateway.drafts[2]['id']} 7"]
    form = {"idempotency_key": "key-1", "outcome": "approved", "notices": chosen}
    answer = await reviewer.post("/notice-desk/reviews", data=form)
    assert answer.headers["location"] == "/notice-desk?state=IN_REVIEW&done=approved"
    assert [one["version"] for one in gateway.desk_asked[0]["notices"]] == [2, 7]


async def test_sending_back_needs_a_reason(reviewer: httpx.AsyncClient, gateway: FakeGateway):
    form = {"idempotency_key": "key-1", "outcome": "returned", "notices": [f"{gateway.drafts[0]['id']} 2"]}
    page = await reviewer.post("/notice-desk/reviews", data=form)
    assert page.status_code == 422
    assert '<a href="#reason">Say why you send it back.</a>' in page.text


async def test_a_notice_shows_its_words_or_what_it_lacks(reviewer: httpx.AsyncClient, gateway: FakeGateway):
    whole, lacking = [(await reviewer.get(f"/notice-desk/{draft['id']}")).text for draft in gateway.drafts]
    assert "Not verified" in whole
    assert "Missing: rows." in lacking


async def test_who_drafted_a_notice_is_told_that_somebody_else_releases_it(
    reviewer: httpx.AsyncClient, gateway: FakeGateway
):
    gateway.drafts = [gateway.draft(allowed_actions=["return"])]
    page = (await reviewer.get(f"/notice-desk/{gateway.drafts[0]['id']}")).text
    assert "Somebody else than whoever drafted it releases it." in page
    assert "Release</button>" not in page


async def test_a_batch_is_prepared_previewed_and_let_go(reviewer: httpx.AsyncClient, gateway: FakeGateway):
    form = {"idempotency_key": "key-1", "type": "pbe", "round_code": "R2028"}
    nothing = await reviewer.post("/notice-desk/batches", data=form)
    assert "No notice of this type and round is approved." in nothing.text
    gateway.batches = [gateway.batch()]
    gateway.drafts = [gateway.draft(state="APPROVED", batch_id=gateway.batches[0]["id"])]
    address = f"/notice-desk/batches/{gateway.batches[0]['id']}"
    page = (await reviewer.get(address)).text
    assert "2 notices to 2 organizations" in page
    assert "Larkspur Sample Medical, LLC" in page
    stale = await reviewer.post(f"{address}/release", data={"idempotency_key": "key-2", "version": "2"})
    assert "Somebody changed this batch before you." in stale.text
    await reviewer.post(f"{address}/release", data={"idempotency_key": "key-3", "version": "3"})
    assert "Going out" in (await reviewer.get(address)).text


async def test_an_issued_notice_is_taken_back_with_a_reason(reviewer: httpx.AsyncClient, gateway: FakeGateway):
    gateway.drafts = [gateway.draft(state="ISSUED", allowed_actions=["rescind"])]
    form = {"idempotency_key": "key-1", "version": "2", "reason": "Another bidder was meant."}
    await reviewer.post(f"/notice-desk/{gateway.drafts[0]['id']}/rescission", data=form)
    assert gateway.desk_asked == [{"act": "rescission", "reason": "Another bidder was meant.", "replaced_by": None}]
