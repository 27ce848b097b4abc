"""The notices of a bidder: found, opened, answered with words and files, by plain forms."""

import httpx
import pytest
from fake_gateway import FakeGateway

WORDS = "The license was valid on that day."


@pytest.fixture
def notice(gateway: FakeGateway) -> dict[str, object]:
    gateway.notices = [gateway.notice()]
    return gateway.notices[0]


def form(**other: object) -> dict[str, object]:
    return {"idempotency_key": "key-1", "version": "0", "text": WORDS, **other}


async def test_the_list_says_what_needs_a_response(person: httpx.AsyncClient, gateway: FakeGateway):
    taken_back = gateway.notice(state="RESCINDED", title="Notice", answer="none", due_at=None)
    gateway.notices = [gateway.notice(), taken_back]
    page = await person.get("/notices")
    assert "Response needed" in page.text
    assert "Taken back" in page.text
    assert f'href="/notices/{taken_back["id"]}"' in page.text


async def test_nothing_to_read_says_so(person: httpx.AsyncClient):
    assert "No notices yet" in (await person.get("/notices")).text


async def test_the_words_show_only_after_somebody_opened_the_notice(person: httpx.AsyncClient, gateway: FakeGateway):
    notice = gateway.notice(state="ISSUED", viewed_at=None)
    gateway.notices = [notice]
    closed = await person.get(f"/notices/{notice['id']}")
    assert "Not verified" not in closed.text
    assert "Write your response" not in closed.text
    assert not any("opening" in asked for asked in gateway.asked)
    answer = await person.post(f"/notices/{notice['id']}/opening")
    assert answer.status_code == 303
    assert "Not verified" in (await person.get(answer.headers["location"])).text


async def test_a_long_table_is_turned_page_by_page_and_whole_on_paper(person: httpx.AsyncClient, notice):
    notice |= {"rows": 2080, "first_row": 200}
    page = await person.get(f"/notices/{notice['id']}?first_row=200")
    assert "Rows 201 to 400 of 2,080" in page.text
    for first in (0, 400):
        assert f'href="/notices/{notice["id"]}?first_row={first}#notice-h"' in page.text
    assert f"/api/notices/notices/{notice['id']}/document" in page.text


async def test_a_draft_is_kept_and_is_no_response(person: httpx.AsyncClient, notice):
    answer = await person.post(f"/notices/{notice['id']}/draft", data=form())
    page = await person.get(answer.headers["location"])
    assert f">{WORDS}</textarea>" in page.text
    assert "It is not a response until you submit it" in page.text
    assert 'name="version" value="1"' in page.text


async def test_a_draft_that_somebody_else_saved_meanwhile_loses_no_word(person: httpx.AsyncClient, notice):
    notice["draft"] = {"text": "Theirs", "version": 3, "saved_at": notice["issued_at"]}
    page = await person.post(f"/notices/{notice['id']}/draft", data=form(version="2"))
    assert page.status_code == 409
    assert f">{WORDS}</textarea>" in page.text
    assert "Somebody else saved this draft." in page.text
    assert 'cx-words">Theirs</p>' in page.text
    saved = await person.post(f"/notices/{notice['id']}/draft", data=form(version="3"))
    assert saved.status_code == 303


async def test_a_response_goes_with_the_receipts_of_its_files(person: httpx.AsyncClient, gateway: FakeGateway, notice):
    file = gateway.receive(b"%PDF-1.7 license")
    page = await person.get(f"/notices/{notice['id']}")
    assert f'value="{file["id"]}" checked' in page.text
    answer = await person.post(f"/notices/{notice['id']}/responses", data=form(files=[file["id"]]))
    assert answer.headers["location"] == f"/notices/{notice['id']}?done=response#sent"
    assert len(gateway.receipts_sent) == 1
    assert gateway.receipts_sent[0].count(".") == 2
    page = await person.get(answer.headers["location"])
    assert "Keep the receipt number N-000017" in page.text
    assert "Add to your response" in page.text


async def test_an_empty_response_is_sent_back_to_its_field(person: httpx.AsyncClient, notice):
    page = await person.post(f"/notices/{notice['id']}/responses", data=form(text=""))
    assert page.status_code == 422
    assert '<a href="#text">Write an answer, or choose a file.</a>' in page.text


async def test_words_that_came_too_late_are_not_lost(person: httpx.AsyncClient, notice):
    notice["allowed_actions"] = ["open"]
    page = await person.post(f"/notices/{notice['id']}/responses", data=form())
    assert page.status_code == 409
    assert "The due date has passed." in page.text
    assert f'cx-words">{WORDS}</p>' in page.text


async def test_a_file_is_passed_on_to_the_slot_of_the_notice(person: httpx.AsyncClient, gateway: FakeGateway, notice):
    words = {"idempotency_key": "key-2", "slot": notice["slots"][0]["slot_id"], "includes": "License"}
    words |= {"statement": "upload-certification/1", "certified_by": "dana.whitlock"}
    parts = {name: (None, value) for name, value in words.items()} | {"file": ("license.pdf", b"%PDF-1.7 x")}
    answer = await person.post(f"/notices/{notice['id']}/files", files=parts)
    assert answer.headers["location"] == f"/notices/{notice['id']}?done=file#files"
    page = await person.get(answer.headers["location"])
    assert "The file has arrived." in page.text


async def test_who_may_only_read_sees_no_form(person: httpx.AsyncClient, gateway: FakeGateway):
    gateway.notices = [gateway.notice(allowed_actions=["open"])]
    page = await person.get(f"/notices/{gateway.notices[0]['id']}")
    assert "Not verified" in page.text
    assert "<textarea" not in page.text


async def test_what_is_not_ours_is_not_found(person: httpx.AsyncClient):
    assert (await person.get("/notices/0197b3a0-0000-7000-8000-0000000000aa")).status_code == 404


async def test_a_session_that_ended_meanwhile_loses_no_word(person: httpx.AsyncClient, gateway: FakeGateway, notice):
    gateway.failing[f"/api/notices/notices/{notice['id']}/responses"] = (401, {"detail": "Sign in."})
    here = {"referer": f"http://portal.test/notices/{notice['id']}"}
    page = await person.post(f"/notices/{notice['id']}/responses", data=form(), headers=here)
    assert page.status_code == 401
    assert f'cx-words">{WORDS}</p>' in page.text
