"""What agents and the chat supervisor do: take a chat, answer, note, hand over, verify, end and close it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from chassis.database import Session
from chassis.errors import NotAllowedNow, NotFound
from chassis.sweeps import due, each
from notices_svc.chat.agent import colleague, shown_name
from notices_svc.chat.chat import ACTIVE, QUEUED, SUPERVISE, Chat, Lasts
from notices_svc.chat.masking import mask
from notices_svc.chat.messages import ChatMessage, ChatNote, Said, digest_of
from notices_svc.chat.talking import already_said, locked, say, transcript, wake


class NobodyWaits(NotAllowedNow):
    """Nobody waits for a chat now."""


class EnoughInHand(NotAllowedNow):
    """You have as many chats as one person may have at once. End one before you take another."""


async def take(session: Session, chat_id: UUID | None, *, at_once: int, lasts: Lasts) -> Chat:
    """Take a chat that waits: this one, or whoever has waited longest. Two who take at once get two chats.

    Raises `NobodyWaits`, `EnoughInHand`, `NotFound`, `NotAllowedNow`.
    """
    actor = session.actor
    mine = select(func.count()).where(Chat.agent_id == actor.person_id, Chat.state == ACTIVE)
    if (await session.scalar(mine) or 0) >= at_once:
        raise EnoughInHand
    if chat_id is not None:
        chat = await locked(session, chat_id)
    else:
        chat = await _who_waited_longest(session)
    if actor.person_id is None:
        raise NotFound
    chat.take(actor.person_id, shown_name(actor), session.at, lasts)
    say(session, chat, Said.JOINED, by=actor.person_id, name=shown_name(actor))
    return chat


async def answer(session: Session, chat_id: UUID, key: str, text: str, lasts: Lasts) -> tuple[Chat, ChatMessage]:
    """Say something as the agent who has it. Raises `NotFound`, `SomebodyElseAnswers`, `ChatHasEnded` and more."""
    masked = mask(text)
    chat = await _mine(session, chat_id)
    if said := await already_said(session, chat, key, masked):
        return chat, said
    chat.require_open()
    chat.heard(session.at, lasts)
    actor = session.actor
    said = say(session, chat, Said.AGENT, masked=masked, key=key, by=actor.person_id, name=shown_name(actor))
    return chat, said


async def note(session: Session, chat_id: UUID, text: str) -> Chat:
    """Note something for colleagues; never shown to whoever opened the chat. Raises `NotFound`."""
    chat = await _mine(session, chat_id)
    _note(session, chat, text)
    return chat


async def hand_over(session: Session, chat_id: UUID, to: UUID, why: str) -> Chat:
    """Give a chat to a colleague who is present, with a note.

    Raises `NotPresent`, `OnlyForTheSupervisor`, `NotFound`, `NotAllowedNow`.
    """
    chat = await locked(session, chat_id)
    to_whom = await colleague(session, to)
    supervisor = session.actor.may(SUPERVISE)
    name = (to_whom.name.split() or [to_whom.name])[0]
    chat.hand_over(session.actor.person_id, to, name, supervisor=supervisor)
    if why:
        _note(session, chat, why)
    say(session, chat, Said.HANDED_OVER, by=to, name=name)
    return chat


async def verify(session: Session, chat_id: UUID, user_id: str) -> tuple[Chat, bool]:
    """Compare the user id that the person named with the account. Each try leaves an audit row, right or wrong."""
    chat = await locked(session, chat_id)
    matches = chat.verify(user_id, session.actor.person_id, session.at)
    if matches:
        say(session, chat, Said.VERIFIED, by=session.actor.person_id, name=shown_name(session.actor))
    return chat, matches


async def end(session: Session, chat_id: UUID, lasts: Lasts) -> Chat:
    """End it as the agent who has it. Raises `SomebodyElseAnswers`, `NotAllowedNow`, `NotFound`."""
    chat = await _mine(session, chat_id)
    chat.end(session.actor.person_id, session.at, lasts)
    say(session, chat, Said.ENDED_BY_AGENT, by=session.actor.person_id, name=shown_name(session.actor))
    return chat


async def close(session: Session, chat_id: UUID, outcome: str) -> Chat:
    """Close it; the digest of the transcript is sealed with the audit trail."""
    chat = await _mine(session, chat_id)
    chat.close(session.actor.person_id, outcome, digest_of(await transcript(session, chat.id)))
    return chat


async def move_on(session: Session, as_of: datetime, limit: int, lasts: Lasts) -> int:
    """Move chats whose time in a state is over: nobody took them, nothing was said, nobody closed them."""

    async def move(chat: Chat) -> None:
        was_active = chat.state is ACTIVE
        chat.move_on(chat.due_at or as_of, lasts, digest_of(await transcript(session, chat.id)))
        if was_active:
            say(session, chat, Said.FELL_SILENT)
        wake(session, chat, desk=True)

    return await each(session, await due(session, Chat, Chat.due_at, as_of, limit), move)


async def _mine(session: Session, chat_id: UUID) -> Chat:
    """Return a chat that the actor answers, locked. Raises `NotFound`, `SomebodyElseAnswers`."""
    chat = await locked(session, chat_id)
    chat.require_agent(session.actor.person_id)
    return chat


async def _who_waited_longest(session: Session) -> Chat:
    chat: Chat | None = await session.scalar(
        select(Chat).where(Chat.state == QUEUED).order_by(Chat.number).limit(1).with_for_update(skip_locked=True)
    )
    if chat is None:
        raise NobodyWaits
    return chat


def _note(session: Session, chat: Chat, text: str) -> None:
    actor = session.actor
    name = actor.name or actor.user_id
    session.add(ChatNote(chat.id, mask(text).text, by=actor.person_id, name=name, at=session.at))
    session.audit("chat.note", chat.id)
