"""E-mail that only points to the portal, with a real mail server that is down, slow, refuses, or falls silent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from aiosmtpd import smtp
from sqlalchemy import select, update

from chassis import machine_time
from chassis.database import Fence
from chassis.errors import NotAllowedNow
from events.identity import ContactChangedV2
from notices_svc.mail import use_cases
from notices_svc.mail.pointer import KEPT_TRYING, LONGEST_PAUSE, Pointer, PointerState, pause_after
from notices_svc.mail.postman import Postman
from notices_svc.mail.server import MailServer
from notices_svc.mail.views import list_troubles
from notices_svc.notices.use_cases import closing
from notices_svc.settings import Settings
from tests.notices.house import CONTRACTING, END_USER, ISSUED, OFFICIAL, requested, staff
from tests.notices.words import EXAMPLES

pytestmark = pytest.mark.database
HELP_DESK = staff(uuid4(), "staff.ticket.work")


class Catcher:
    """A mail server's hooks: keeps what it accepted, and answers as a test asks it to."""

    def __init__(self):
        self.caught = []
        self.to_rcpt = {}
        self.to_data = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = self.to_rcpt.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = self.to_data.pop(0) if self.to_data else "250 OK"
        if answer[:1] in "2!":
            self.caught.append((envelope.rcpt_tos[0], envelope.content.decode()))
        if answer == "!hang-up":
            server.transport.abort()
        if answer == "!silence":
            await asyncio.sleep(3600)
        return answer


@asynccontextmanager
async def mail_server(catcher) -> AsyncIterator[int]:
    """Run a server on a free port of this machine; yields the port."""
    conversations = set()

    def converse():
        conversations.add(server := smtp.SMTP(catcher, hostname="mail.test"))
        return server

    listening = await asyncio.get_running_loop().create_server(converse, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        for conversation in conversations:
            if conversation._handler_coroutine is not None:
                conversation._handler_coroutine.cancel()
            if conversation.transport is not None:
                conversation.transport.abort()


def postman_of(house, port) -> Postman:
    settings = Settings(
        environment="local",
        database_url="postgresql+asyncpg://u:p@localhost/d",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_tls="none",
        smtp_timeout_seconds=1,
    )
    return Postman(house.database, MailServer(settings))


async def reachable(house, asked, email, permissions=OFFICIAL, person_id: UUID | None = None) -> ContactChangedV2:
    told = ContactChangedV2(
        membership_id=uuid4(),
        person_id=person_id or uuid4(),
        organization_id=asked.organization_id,
        email=email,
        permissions=tuple(permissions),
        changed_at=ISSUED,
    )
    await house.hear(told)
    return told


async def pointers(house):
    async with house.database.reading(Fence.system()) as session:
        return (await session.scalars(select(Pointer).order_by(Pointer.queued_at, Pointer.id))).all()


async def its_time_has_come(house, *, waited=timedelta(0)):
    """Let every pause be over; `waited`: as if it had been queued so long ago."""
    async with house.database.writing(Fence.system(), HELP_DESK) as session:
        before = machine_time.now() - timedelta(seconds=1)
        await session.execute(update(Pointer).values(next_try_at=before, queued_at=Pointer.queued_at - waited))


async def one_queued(house):
    asked = requested()
    await reachable(house, asked, "dana@larkspur.example")
    await house.issue(asked)
    return asked


async def test_a_pointer_says_where_to_look_and_nothing_of_the_notice(house):
    asked = await one_queued(house)
    async with mail_server(catcher := Catcher()) as port:
        await postman_of(house, port).go_round()
    ((to, text),) = catcher.caught
    assert to == "dana@larkspur.example"
    assert "https://connexion.example" in text
    for secret in ("CDRD", "overed document", "Balance sheet", "1000234", str(asked.organization_id), "R2021"):
        assert secret not in text
    (pointer,) = await pointers(house)
    assert (pointer.state, pointer.tries) == (PointerState.HANDED_OVER, 1)


async def test_nobody_is_told_of_a_notice_they_may_not_see(house):
    asked = requested(EXAMPLES["disqualification"])
    await reachable(house, asked, "official@larkspur.example")
    await reachable(house, asked, "user@larkspur.example", END_USER)
    await reachable(house, asked, None)
    await reachable(house, requested(), "stranger@tallgrass.example")
    await house.issue(asked)
    async with mail_server(catcher := Catcher()) as port:
        await postman_of(house, port).go_round()
    assert [to for to, _ in catcher.caught] == ["official@larkspur.example"]


async def test_an_end_user_is_told_of_an_inquiry_result_only_when_they_worked_on_the_inquiry(house):
    asked = requested(EXAMPLES["inquiry-result"])
    await reachable(house, asked, "worked@larkspur.example", END_USER, UUID(int=7))
    await reachable(house, asked, "other@larkspur.example", END_USER)
    await house.issue(asked)
    async with mail_server(catcher := Catcher()) as port:
        await postman_of(house, port).go_round()
    assert [to for to, _ in catcher.caught] == ["worked@larkspur.example"]


async def test_a_notice_is_pointed_to_once_however_often_it_is_queued(house):
    asked = await one_queued(house)
    for _ in range(2):
        async with house.database.writing(Fence.system(), HELP_DESK) as session:
            await use_cases.queue(session, [asked.notice_id], "issued")
    assert len(await pointers(house)) == 1


async def test_while_the_server_is_away_e_mail_waits_without_a_try_and_goes_out_when_it_is_back(house):
    await one_queued(house)
    async with mail_server(catcher := Catcher()) as port:
        pass
    await postman_of(house, port).go_round()
    (pointer,) = await pointers(house)
    assert (pointer.state, pointer.tries) == (PointerState.WAITING, 0)
    async with mail_server(catcher) as port:
        await postman_of(house, port).go_round()
    assert len(catcher.caught) == 1


async def test_a_refusal_for_now_is_tried_again_and_what_was_accepted_is_not(house):
    await one_queued(house)
    catcher = Catcher()
    catcher.to_data = ["451 Try again later"]
    async with mail_server(catcher) as port:
        postman = postman_of(house, port)
        await postman.go_round()
        (pointer,) = await pointers(house)
        assert (pointer.state, pointer.problem) == (PointerState.WAITING, "451")
        await its_time_has_come(house)
        await postman.go_round()
        await postman.go_round()
    assert len(catcher.caught) == 1
    assert (await pointers(house))[0].tries == 2


@pytest.mark.parametrize("fate", ["!hang-up", "!silence"])
async def test_an_answer_that_never_came_is_an_unknown_that_is_never_sent_again(house, fate):
    await one_queued(house)
    catcher = Catcher()
    catcher.to_data = [fate]
    async with mail_server(catcher) as port:
        postman = postman_of(house, port)
        await postman.go_round()
        await its_time_has_come(house)
        await postman.go_round()
    assert len(catcher.caught) == 1
    (pointer,) = await pointers(house)
    assert (pointer.state, pointer.tries) == (PointerState.COULD_NOT_TELL, 1)


async def test_a_worker_that_dies_while_it_sends_leaves_an_unknown_and_not_a_second_e_mail(house):
    await one_queued(house)
    async with house.database.writing(Fence.system(), HELP_DESK) as session:
        await use_cases.claim(session, machine_time.now())
    assert await house.sweep("lose sight of e-mail", ISSUED) == 0
    await its_time_has_come(house)
    assert await house.sweep("lose sight of e-mail", ISSUED) == 1
    assert (await pointers(house))[0].state is PointerState.COULD_NOT_TELL


async def test_an_address_that_is_refused_for_good_is_a_task_of_the_help_desk_until_it_is_settled(house):
    asked = await one_queued(house)
    await reachable(house, asked, "second@larkspur.example")
    async with house.database.writing(Fence.system(), HELP_DESK) as session:
        await use_cases.queue(session, [asked.notice_id], "issued")
    catcher = Catcher()
    catcher.to_rcpt = {"dana@larkspur.example": "550 No such user"}
    async with mail_server(catcher) as port:
        await postman_of(house, port).go_round()
    assert [to for to, _ in catcher.caught] == ["second@larkspur.example"], "one bad address keeps no other from it"
    async with house.reading(HELP_DESK) as session:
        (trouble,) = (await list_troubles(session, None, 25)).items
    assert (trouble.state, trouble.problem) == (PointerState.REFUSED, "550")
    async with house.writing(HELP_DESK) as session:
        await use_cases.settle(session, trouble.id, "Called, new address")
    async with house.reading(HELP_DESK) as session:
        assert (await list_troubles(session, None, 25)).items == []
    with pytest.raises(NotAllowedNow):
        async with house.writing(HELP_DESK) as session:
            await use_cases.settle(session, trouble.id, "Again")


async def test_after_72_hours_it_is_given_up_and_not_before(house):
    await one_queued(house)
    await its_time_has_come(house, waited=KEPT_TRYING - timedelta(minutes=1))
    assert await house.sweep("give up e-mail", ISSUED) == 0
    await its_time_has_come(house, waited=timedelta(minutes=1))
    assert await house.sweep("give up e-mail", ISSUED) == 1
    assert (await pointers(house))[0].state is PointerState.GIVEN_UP


async def test_who_left_meanwhile_and_a_notice_taken_back_are_pointed_to_no_more(house):
    asked = requested()
    dana = await reachable(house, asked, "dana@larkspur.example")
    other = requested()
    await reachable(house, other, "joel@tallgrass.example")
    await house.issue(asked, other)
    await house.hear(dana.model_copy(update={"email": None, "permissions": ()}))
    async with house.writing(CONTRACTING) as session:
        version = (await house.kept(other.notice_id)).version
        await closing.rescind(session, other.notice_id, "In error", None, base=version)
    async with mail_server(catcher := Catcher()) as port:
        await postman_of(house, port).go_round()
    assert catcher.caught == []
    assert {pointer.state for pointer in await pointers(house)} == {PointerState.DROPPED}


def test_pauses_double_up_to_four_hours_and_72_hours_hold_many_tries():
    pauses = [pause_after(tries) for tries in range(1, 40)]
    assert pauses[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(pauses) == LONGEST_PAUSE
    assert sum(pauses[:20], timedelta(0)) < KEPT_TRYING


def test_production_has_no_mail_without_tls():
    with pytest.raises(ValueError, match="local environment only"):
        Settings(database_url="postgresql+asyncpg://u:p@h/d?ssl=verify-full", smtp_host="mail", smtp_tls="none")
