"""Chats over real HTTP and PostgreSQL: nothing lost, nothing doubled, nothing shown to whom it does not belong."""

import asyncio
import random
from collections import Counter
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select, text

from chassis.database import Database, Fence
from chassis.tables import audit, outbox
from events.chat import ChatMessageLeft
from notices_svc.chat.chat import Chat
from notices_svc.chat.messages import ChatMessage
from tests.access.tokens import publish_key, token
from tests.notices.chat_desk import SUPERVISOR, ChatHouse, Events, a_form, open_all_day

pytestmark = pytest.mark.database
SSN, CARD = "123-45-6789", "4111 1111 1111 1111"
MARKUP = "<script>alert(1)</script>\r\nSet-Cookie: a=b {{7*7}}"


@pytest_asyncio.fixture
async def desk(database_for):
    url = (await database_for("notices")).login_url
    database = Database(url, "notices")
    await publish_key(database)
    await open_all_day(database)
    house = ChatHouse(database, url, chats_per_address=60, chats_per_agent=60, chat_messages_a_minute=200)
    await house.start()
    yield house
    await house.end()
    await house.client.aclose()
    await database.close()


async def stored(desk, statement):
    async with desk.database.reading(Fence.system()) as session:
        return (await session.execute(statement)).all()


def lines(chat):
    return [(each["said"], each["text"]) for each in chat["messages"]]


async def test_a_visitor_waits_is_answered_and_reads_the_transcript(desk):
    first, visitor = await desk.opened(), await desk.opened(first_name="Ana", question="Where is my receipt?")
    assert (await visitor.chat())["ahead"] == 1
    agent = desk.agent()
    taken = await agent.do("/next")
    assert taken["id"] == (await first.chat())["id"]
    assert (await visitor.chat())["ahead"] == 0
    mine = await agent.do("/next")
    await agent.do(f"/chats/{mine['id']}/messages", key="answer-001", text="It is in the Document Center.")
    await visitor.say("Thank you.")
    await agent.do(f"/chats/{mine['id']}/end")
    await agent.do(f"/chats/{mine['id']}/closure", outcome="answered")
    chat = await visitor.chat()
    assert (chat["state"], chat["agent"]) == ("CLOSED", "Alma")
    assert lines(chat) == [
        ("visitor", "Where is my receipt?"),
        ("joined", ""),
        ("agent", "It is in the Document Center."),
        ("visitor", "Thank you."),
        ("ended-by-agent", ""),
    ]
    sealed = await stored(desk, select(audit.c.after).where(audit.c.action == "chat.close"))
    assert [(len(row.after["transcript"]), row.after["messages"]) for row in sealed] == [(64, 5)]


async def test_the_same_form_opens_one_chat_and_gives_the_same_token(desk):
    form = a_form()
    answers = await asyncio.gather(*(desk.client.post("/api/notices/chats", json=form) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["token"] for answer in answers}) == 1
    assert (await stored(desk, select(func.count()).select_from(Chat)))[0][0] == 1
    [kept] = await stored(desk, select(Chat.token_digest))
    assert answers[0].json()["token"].partition(".")[2] not in kept[0]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("phone", "410-555"),
        ("phone", "+44 20 7946 0958"),
        ("email", "nobody"),
        ("email", "a@b.example\r\nBcc: c@d.example"),
        ("first_name", "  "),
        ("topic", "gossip"),
        ("question", ""),
        ("supplier_number", "123456789"),
        ("key", "short"),
    ],
)
async def test_a_form_that_is_not_right_names_the_field(desk, field, wrong):
    answer = await desk.client.post("/api/notices/chats", json=a_form(**{field: wrong}))
    assert answer.status_code == 422
    assert [each["path"] for each in answer.json()["fields"]] == [field]


async def test_outside_opening_hours_the_question_becomes_a_message_and_a_ticket_is_asked_for(desk):
    await open_all_day(desk.database, closed=True)
    assert (await desk.client.get("/api/notices/chats/availability")).json()["is_open"] is False
    visitor = await desk.opened(question=f"My SSN is {SSN}, please call.")
    chat = await visitor.chat()
    assert (chat["state"], chat["messages"][0]["text"]) == ("UNAVAILABLE", "My SSN is ⟦ssn⟧, please call.")
    said = await stored(desk, select(outbox.c.body).where(outbox.c.type == ChatMessageLeft.TYPE))
    assert [ChatMessageLeft.model_validate_json(row.body).number for row in said] == [chat["number"]]
    assert "Priya" not in said[0].body
    assert "larkspur" not in said[0].body
    assert (await visitor.say("Hello?")).json()["type"] == "urn:connexion:problem:chat-has-ended"


async def test_a_queue_without_room_takes_messages(desk):
    desk.app.state.settings.__dict__["chat_queue_at_most"] = 1
    await desk.opened()
    assert (await (await desk.opened()).chat())["state"] == "UNAVAILABLE"


async def test_a_chat_nobody_takes_and_one_that_falls_silent_move_on_by_themselves(desk):
    waits, silent = await desk.opened(), await desk.opened()
    await desk.agent().do(f"/chats/{(await silent.chat())['id']}/taking")
    await desk.later(minutes=61)
    assert [(await each.chat())["state"] for each in (waits, silent)] == ["QUEUED", "WRAP_UP"]
    await desk.later(minutes=121)
    assert [(await each.chat())["state"] for each in (waits, silent)] == ["ABANDONED", "CLOSED"]
    assert len(await stored(desk, select(outbox.c.id).where(outbox.c.type == ChatMessageLeft.TYPE))) == 1


async def test_what_must_not_be_kept_is_in_no_row_of_any_table(desk):
    visitor = await desk.opened(question=f"My SSN is {SSN}")
    agent = desk.agent()
    chat_id = (await agent.do("/next"))["id"]
    answer = await visitor.say(f"Card {CARD}, password: Hunter22")
    assert answer.json()["hidden"] == ["card", "password"]
    await agent.do(f"/chats/{chat_id}/notes", text=f"SSN {SSN}")
    await agent.do(f"/chats/{chat_id}/messages", key="answer-001", text=f"Was it {CARD}?")
    tables = ("chat", "chat_message", "chat_note", "audit", "outbox", "inbox")
    for table in tables:
        rows = await stored(desk, text(f"select row_to_json(t)::text from {table} t"))
        for secret in (SSN, CARD, "Hunter22"):
            assert not [row for row in rows if secret in row[0]], table


async def test_a_message_sent_again_is_said_once_and_its_key_belongs_to_it(desk):
    visitor = await desk.opened()
    first, again = await visitor.say("Hello", key="message-1"), await visitor.say("Hello", key="message-1")
    assert (first.status_code, again.json()["seq"]) == (201, first.json()["seq"])
    other = await visitor.say("Something else", key="message-1")
    assert (other.status_code, other.json()["type"]) == (409, "urn:connexion:problem:same-key-other-message")


async def test_nobody_gets_into_a_chat_without_its_token(desk):
    visitor = await desk.opened()
    chat_id, _, secret = visitor.token.partition(".")
    other = await desk.opened()
    for forged in ("", "x", chat_id, f"{chat_id}.", f"{chat_id}.{'0' * 64}", f"{uuid4()}.{secret}",
                   f"{chat_id}.{other.token.partition('.')[2]}"):  # fmt: skip
        headers = {"x-chat-token": forged}
        answers = [
            await desk.client.get("/api/notices/chats/mine", headers=headers),
            await desk.client.post(
                "/api/notices/chats/mine/messages", json={"key": "message-1", "text": "x"}, headers=headers
            ),
            await desk.client.post("/api/notices/chats/mine/end", headers=headers),
        ]
        assert [answer.status_code for answer in answers] == [404] * 3, forged


async def test_behind_the_fence_of_one_chat_no_other_is_seen_by_any_query(desk):
    mine, other = await desk.opened(), await desk.opened()
    chat_id = (await mine.chat())["id"]
    assert other.token != mine.token
    async with desk.database.reading(Fence.organization(chat_id)) as session:
        chats = (await session.scalars(select(Chat.id))).all()
        told = (await session.scalars(select(ChatMessage.chat_id))).all()
    assert {str(each) for each in (*chats, *told)} == {chat_id}


async def test_an_address_and_a_chat_take_only_so_much(desk):
    desk.app.state.settings.__dict__["chat_messages_a_minute"] = 3
    visitor = await desk.opened()
    answers = [await visitor.say(f"Message {number}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [201, 201, 409, 409]  # the question was the first
    assert answers[-1].json()["type"] == "urn:connexion:problem:too-many-messages"
    flood = [await desk.client.post("/api/notices/chats", json={**a_form()}) for _ in range(61)]
    assert Counter(answer.status_code for answer in flood)[409] >= 1
    elsewhere = {"x-forwarded-for": "203.0.113.7"}
    assert (await desk.client.post("/api/notices/chats", json=a_form(), headers=elsewhere)).status_code == 201


async def test_a_chat_is_handed_over_with_a_note_to_a_colleague_who_is_there(desk):
    visitor, alma, ben = await desk.opened(), desk.agent(), desk.agent("Ben Ito")
    chat_id = (await alma.do("/next"))["id"]
    absent = await alma.ask("POST", f"/chats/{chat_id}/hand-over", to=str(ben.person_id))
    assert absent.json()["type"] == "urn:connexion:problem:not-present"
    assert (await ben.ask("PUT", "/presence")).status_code == 204
    await alma.do(f"/chats/{chat_id}/hand-over", to=str(ben.person_id), note="Bond upload, asks about resuming.")
    late = await alma.ask("POST", f"/chats/{chat_id}/messages", key="answer-001", text="One more thing")
    assert late.json()["type"] == "urn:connexion:problem:somebody-else-answers"
    assert (await alma.ask("GET", f"/chats/{chat_id}")).status_code == 404
    shown = (await ben.ask("GET", f"/chats/{chat_id}")).json()
    assert [(each["name"], each["text"]) for each in shown["notes"]] == [
        ("Alma Reyes", "Bond upload, asks about resuming.")
    ]
    chat = await visitor.chat()
    assert (chat["agent"], chat["messages"][-1]["said"], chat["messages"][-1]["name"]) == ("Ben", "handed-over", "Ben")
    assert "notes" not in chat


async def test_the_supervisor_gives_a_chat_to_somebody_else_and_an_agent_may_not(desk):
    await desk.opened()
    alma, ben, boss = desk.agent(), desk.agent("Ben Ito"), desk.agent("Cleo Wu", SUPERVISOR)
    chat_id = (await alma.do("/next"))["id"]
    await ben.ask("PUT", "/presence")
    taken = await ben.ask("POST", f"/chats/{chat_id}/hand-over", to=str(ben.person_id))
    assert taken.status_code == 403
    await boss.do(f"/chats/{chat_id}/reassignment", to=str(ben.person_id))
    assert (await ben.ask("GET", f"/chats/{chat_id}")).status_code == 200
    assert (await boss.ask("GET", f"/transcripts/{chat_id}")).json()["messages"]
    assert [each["id"] for each in (await boss.ask("GET", "/chats")).json()["items"]] == [chat_id]


async def test_two_who_take_at_once_get_two_chats_and_one_is_taken_once(desk):
    await asyncio.gather(*(desk.opened() for _ in range(3)))
    agents = [desk.agent(f"Agent {number}") for number in range(4)]
    answers = await asyncio.gather(*(agent.ask("POST", "/next") for agent in agents))
    taken = [answer.json()["id"] for answer in answers if answer.status_code == 200]
    assert len(set(taken)) == len(taken)
    left = [await agents[0].ask("POST", "/next") for _ in range(4 - len(taken))]
    assert left[-1].json()["type"] == "urn:connexion:problem:nobody-waits"


async def test_the_account_is_shown_only_after_the_user_id_was_named_and_each_try_is_recorded(desk):
    organization, person = uuid4(), uuid4()
    who = {"pid": str(person), "sub": "PNATARAJAN02", "name": "Priya Natarajan"}
    bearer = token(permissions=[], organization_id=organization, **who)
    visitor, agent = await desk.opened(bearer=bearer), desk.agent()
    taken = await agent.do("/next")
    chat_id = taken["id"]
    assert (taken["signed_in"], taken["case"]) == (True, None)
    assert "PNATARAJAN02" not in str(taken)
    wrong = await agent.do(f"/chats/{chat_id}/verification", user_id="DWHITLOCK01")
    assert (wrong["case"], wrong["tries_left"]) == (None, 2)
    right = await agent.do(f"/chats/{chat_id}/verification", user_id=" pnatarajan02 ")
    assert (right["case"]["user_id"], right["case"]["organization_id"]) == ("PNATARAJAN02", str(organization))
    assert (await visitor.chat())["messages"][-1]["said"] == "verified"
    tried = await stored(desk, select(audit.c.after).where(audit.c.action == "chat.verify").order_by(audit.c.position))
    assert [row.after["matches"] for row in tried] == [False, True]


async def test_whoever_guesses_user_ids_gets_no_further_and_a_stranger_has_no_account_to_show(desk):
    bearer = token(permissions=[], organization_id=uuid4())
    await desk.opened(bearer=bearer)
    await desk.opened()
    agent = desk.agent()
    signed_in, stranger = [(await agent.do("/next"))["id"] for _ in range(2)]
    for _ in range(3):
        await agent.do(f"/chats/{signed_in}/verification", user_id="GUESS01")
    more = await agent.ask("POST", f"/chats/{signed_in}/verification", user_id="DWHITLOCK01")
    assert more.json()["type"] == "urn:connexion:problem:tried-too-often"
    nobody = await agent.ask("POST", f"/chats/{stranger}/verification", user_id="DWHITLOCK01")
    assert nobody.json()["type"] == "urn:connexion:problem:nobody-signed-in"


async def test_markup_and_header_lines_are_kept_as_text_and_names_have_one_line(desk):
    visitor = await desk.opened(question=MARKUP, first_name="<b>Priya</b>\r\nX: y", supplier_name=MARKUP)
    chat = await visitor.chat()
    assert chat["messages"][0]["text"] == MARKUP
    assert chat["first_name"] == "<b>Priya</b> X: y"


async def test_what_is_said_is_told_at_once_and_a_reader_that_comes_back_misses_nothing(desk):
    visitor, agent = await desk.opened(question="First"), desk.agent()
    async with visitor.follow() as stream:
        assert await stream.message() == (1, "First")
        chat_id = (await agent.do("/next"))["id"]
        assert (await stream.message())[0] == 2
        await agent.do(f"/chats/{chat_id}/messages", key="answer-001", text="Hello")
        assert await stream.message() == (3, "Hello")
    await agent.do(f"/chats/{chat_id}/messages", key="answer-002", text="Are you there?")
    await desk.end()
    await desk.start()
    async with visitor.follow(last=3) as stream:
        assert await stream.message() == (4, "Are you there?")
        await visitor.say("Yes")
        assert await stream.message() == (5, "Yes")
        await agent.do(f"/chats/{chat_id}/end")
        assert (await stream.message())[0] == 6
        while (event := await stream.next()) is not None and event[0] != "ended":
            pass
        assert event is not None
        assert await stream.next() is None


async def test_the_desk_is_told_when_somebody_waits_or_writes(desk):
    agent = desk.agent()
    path = "/api/notices/chat-desk/live"
    async with desk.client.stream("GET", path, headers=agent.headers) as answer:
        stream = Events(answer.aiter_lines())
        assert (await stream.next())[0] == "desk"
        visitor = await desk.opened()
        assert (await stream.next())[0] == "desk"
        await agent.do("/next")
        assert (await stream.next())[0] == "desk"
        await visitor.say("Hello")
        assert (await stream.next())[0] == "desk"


async def test_fifty_chats_at_once_lose_and_double_nothing_though_everybody_sends_twice_and_the_edge_starts_anew(desk):
    """Each side sends every message until it is answered, some of them twice; in the middle the edge is restarted."""
    visitors = await asyncio.gather(*(desk.opened(question=f"Question {number}") for number in range(50)))
    agent = desk.agent()
    chats = [(await visitor.chat())["id"] for visitor in visitors]
    for chat_id in chats:
        await agent.do(f"/chats/{chat_id}/taking")
    impatient = random.Random(4)
    at_once = asyncio.Semaphore(25)
    halfway = asyncio.Event()

    async def insist(send):
        for _ in range(60):
            try:
                async with at_once:
                    answer = await send()
                if answer.status_code == 201:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
        raise AssertionError("the message did not get through")

    async def talk(number, visitor, chat_id):
        for turn in range(4):
            if turn == 2 and number == 0:
                halfway.set()
            said, answered = f"v{number}-{turn}", f"a{number}-{turn}"
            for _ in range(impatient.choice([1, 2])):
                await insist(lambda said=said: visitor.say(said, key=f"visitor-{said}"))
            body = {"key": f"agent-{answered}", "text": answered}
            path = f"/chats/{chat_id}/messages"
            await insist(lambda path=path, body=body: agent.ask("POST", path, **body))

    async def restart():
        await halfway.wait()
        await desk.end()
        await desk.start()

    talks = [talk(number, *pair) for number, pair in enumerate(zip(visitors, chats, strict=True))]
    await asyncio.gather(restart(), *talks)
    for number, visitor in enumerate(visitors):
        chat = await visitor.chat()
        expected = [f"Question {number}", ""]
        for turn in range(4):
            expected += [f"v{number}-{turn}", f"a{number}-{turn}"]
        assert [each["text"] for each in chat["messages"]] == expected
        assert [each["seq"] for each in chat["messages"]] == list(range(1, len(expected) + 1))
