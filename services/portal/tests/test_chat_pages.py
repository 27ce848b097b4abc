"""Chat pages without JavaScript: the form, the chat, the transcript, and the agents' desk."""

from typing import Any

import httpx
import pytest
from fake_gateway import FakeGateway
from fake_gateway.chats import SUPERVISOR_PERMISSIONS
from test_pages import words

MARKUP = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
SHOWN = "&lt;script&gt;alert(1)&lt;/script&gt;"


def form(**more: Any) -> dict[str, Any]:
    typed = {"key": "k" * 40, "first_name": "Priya", "last_name": "Natarajan", "email": "priya@larkspur.example"}
    return typed | {"phone": "410-555-0123", "topic": "uploads", "question": "Do I have to start again?"} | more


@pytest.fixture
async def agent(person: httpx.AsyncClient, gateway: FakeGateway) -> httpx.AsyncClient:
    """Robin Adler, customer service representative, at the chat desk."""
    gateway.become_agent()
    person.cookies.set("cx_token", gateway.token())
    return person


async def test_a_visitor_chats_without_an_account_and_keeps_the_transcript(
    visitor: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    assert "First name *" in words(await visitor.get("/chat"))
    opened = await visitor.post("/chat", data=form())
    assert opened.headers["location"] == "/chat"
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page = words(await visitor.get("/chat"))
    assert "You are number 2 in line" in page
    assert "Do I have to start again?" in page
    sent = await visitor.post("/chat/messages", data={"key": "message-1", "text": "Hello?"})
    assert sent.headers["location"] == "/chat#message"
    await visitor.post("/chat/end")
    page = words(await visitor.get("/chat"))
    assert "Transcript of your chat" in page
    assert "Hello?" in page
    kept = await visitor.get("/chat/transcript.txt")
    assert kept.headers["content-disposition"] == f'attachment; filename="connexion-{gateway.chats[0]["number"]}.txt"'
    assert "Priya: Hello?" in kept.text
    assert "Start chat" not in page
    await visitor.post("/chat/another")
    assert "Start chat" in words(await visitor.get("/chat"))


async def test_somebody_signed_in_opens_a_chat_that_knows_it(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    page = await person.get("/chat")
    assert 'value="Dana"' in page.text
    await person.post("/chat", data=form())
    assert "POST /api/notices/chats/signed-in" in gateway.asked


async def test_a_form_that_is_not_right_comes_back_with_everything_typed_and_its_key(
    visitor: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    page = await visitor.post("/chat", data=form(phone="410"))
    assert page.status_code == 422
    assert "Enter all 10 digits of a US phone number" in words(page)
    assert "Do I have to start again?" in page.text
    assert 'value="' + "k" * 40 + '"' in page.text
    spanish = await visitor.post("/chat?lang=es", data=form(phone="410"))
    assert "Escriba los 10 dígitos" in words(spanish)


async def test_outside_opening_hours_the_form_leaves_a_message(
    visitor: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.chat_is_open = False
    page = words(await visitor.get("/chat"))
    assert "Nobody can answer a chat now" in page
    assert "Your message becomes a ticket" in page
    await visitor.post("/chat", data=form())
    assert "Your message was left" in words(await visitor.get("/chat"))


async def test_where_the_hours_do_not_load_the_form_is_there_all_the_same(
    visitor: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.failing["/api/notices/chats/availability"] = (503, {})
    assert "We could not load the opening hours" in words(await visitor.get("/chat"))


async def test_a_message_to_a_chat_that_has_ended_comes_back_with_its_words(
    visitor: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    await visitor.post("/chat", data=form())
    gateway.chats[0]["state"] = "CLOSED"
    page = await visitor.post("/chat/messages", data={"key": "message-1", "text": "One more"})
    assert page.status_code == 409
    assert "This chat has ended. Open another one to go on." in words(page)


async def test_a_token_that_is_none_any_more_leads_to_the_form(visitor: httpx.AsyncClient) -> None:
    visitor.cookies.set("cx_chat", "nothing")
    assert "Start chat" in words(await visitor.get("/chat"))


async def test_what_was_hidden_is_said_in_words_and_markup_is_shown_as_text(
    visitor: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    await visitor.post("/chat", data=form(question=MARKUP, first_name=MARKUP))
    gateway.say_in(gateway.chats[0], "visitor", "It is ⟦ssn⟧", hidden=["ssn"])
    gateway.say_in(gateway.chats[0], "agent", MARKUP, name=MARKUP)
    page = await visitor.get("/chat")
    assert "It is hidden: Social Security number" in words(page)
    assert "Nobody saw it and it was not kept." in words(page)
    assert page.text.count(SHOWN) >= 3
    assert "<script>alert" not in page.text
    assert "<img" not in page.text


async def test_an_agent_takes_answers_notes_hands_over_and_closes(
    agent: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    assert "Nobody waits" in words(await agent.get("/staff/chats"))
    gateway.chats = [gateway.chat("QUEUED"), gateway.chat(first_name="Ana")]
    gateway.colleagues = [{"person_id": gateway.chats[0]["id"], "name": "Ben Ito"}]
    taken = await agent.post("/staff/chats/next")
    address = taken.headers["location"]
    assert address == f"/staff/chats/{gateway.chats[0]['id']}"
    page = words(await agent.get(f"{address}?reply=hello"))
    assert "Hello, how can I help? Send" in page
    assert "Your other chats Ana" in page
    await agent.post(f"{address}/messages", data={"key": "answer-001", "text": "Go on from 41 percent."})
    await agent.post(f"{address}/notes", data={"text": "Asks about a bond."})
    page = words(await agent.get(address))
    assert "Go on from 41 percent. You" in page
    assert "Asks about a bond." in page
    handed = await agent.post(f"{address}/hand-over", data={"to": gateway.chats[0]["id"], "note": "Bond."})
    assert handed.headers["location"] == "/staff/chats?done=hand-over"
    await agent.post(f"{address}/end")
    closed = await agent.post(f"{address}/closure", data={"outcome": "answered"})
    assert "Closed. The transcript stays on record." in words(await agent.get(closed.headers["location"]))


async def test_nobody_to_take_is_said_on_the_desk(agent: httpx.AsyncClient) -> None:
    page = await agent.post("/staff/chats/next")
    assert page.status_code == 409
    assert "Nobody waits for a chat now." in words(page)


async def test_an_account_is_not_on_the_page_before_it_was_verified(
    agent: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.chats = [gateway.chat(signed_in=True, allowed_actions=["verify", "end"], last_name=MARKUP)]
    address = f"/staff/chats/{gateway.chats[0]['id']}"
    page = await agent.get(address)
    assert "PNATARAJAN02" not in page.text
    assert SHOWN in page.text
    wrong = await agent.post(f"{address}/verification", data={"user_id": "GUESS"})
    assert "Tries left: 2." in words(await agent.get(wrong.headers["location"]))
    right = await agent.post(f"{address}/verification", data={"user_id": "PNATARAJAN02"})
    assert "User ID PNATARAJAN02" in words(await agent.get(right.headers["location"]))


async def test_the_supervisor_reads_transcripts_and_sets_hours(person: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.become("staff", "CHAT_SUPERVISOR", SUPERVISOR_PERMISSIONS)
    person.cookies.set("cx_token", gateway.token())
    gateway.chats = [gateway.chat("CLOSED", outcome="answered")]
    page = await person.get("/staff/chats")
    assert "All chats" in words(page)
    assert "Do I have to start again?" in words(await person.get(f"/staff/chats/{gateway.chats[0]['id']}"))
    day = {"day": "2026-12-01", "opens": "09:00", "closes": "21:00"}
    done = await person.post("/staff/chats/hours", data=day)
    assert "09:00 to 21:00 Eastern" in words(await person.get(done.headers["location"]))
    assert "Choose a day." in words(await person.post("/staff/chats/hours", data={"day": "soon"}))
    await person.post("/staff/chats/hours/2026-12-01/removal")
    assert "Every day has the usual hours" in words(await person.get("/staff/chats/hours"))
