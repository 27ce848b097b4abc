"""A bidder's inquiry about disqualified bids, by plain forms."""

import httpx
import pytest
from fake_gateway import FakeGateway

WORDS = "The license was valid; see the copy."


@pytest.fixture
def inquiry(gateway: FakeGateway) -> dict[str, object]:
    gateway.inquiries = [gateway.inquiry()]
    return gateway.inquiries[0]


def form(**other: object) -> dict[str, object]:
    return {"idempotency_key": "key-1", "version": "1", "text": WORDS, **other}


async def test_without_a_disqualification_there_is_nothing_to_ask_about(person: httpx.AsyncClient):
    assert "No inquiry can be filed" in (await person.get("/inquiries")).text


async def test_a_draft_is_kept_and_then_submitted_and_added_to(person: httpx.AsyncClient, inquiry):
    there = (await person.get("/inquiries")).headers["location"]
    drafted = await person.post(f"{there}/draft", data=form())
    page = (await person.get(drafted.headers["location"])).text
    assert f">{WORDS}</textarea>" in page
    assert "It does not count until you submit it." in page
    submitted = await person.post(f"{there}/submission", data=form(version="2"))
    page = (await person.get(submitted.headers["location"])).text
    assert "You may add to it until it is due." in page
    assert "Add to your inquiry" in page


async def test_words_that_meet_a_colleagues_draft_or_the_due_date_are_not_lost(person: httpx.AsyncClient, inquiry):
    inquiry |= {"draft": "Theirs", "version": 4}
    page = await person.post(f"/inquiries/{inquiry['id']}/draft", data=form())
    assert page.status_code == 409
    assert f">{WORDS}</textarea>" in page.text
    assert 'cx-words">Theirs</p>' in page.text
    inquiry |= {"allowed_actions": []}
    page = await person.post(f"/inquiries/{inquiry['id']}/submission", data=form(version="4"))
    assert "The inquiry was due." in page.text
    assert f'cx-words">{WORDS}</p>' in page.text


async def test_a_disqualification_notice_leads_to_the_inquiry(person: httpx.AsyncClient, gateway: FakeGateway):
    gateway.notices = [gateway.notice(type="disqualification", answer="elsewhere", allowed_actions=["open"])]
    assert 'href="/inquiries"' in (await person.get(f"/notices/{gateway.notices[0]['id']}")).text
