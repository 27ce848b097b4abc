"""One line more in a chat: masked first, numbered under the chat's lock, and once only however often it is sent."""

from uuid import UUID

from sqlalchemy import func, select

from chassis.database import ReadSession, Session
from chassis.errors import NotAllowedNow, NotFound
from notices_svc.chat.chat import DESK, Chat
from notices_svc.chat.masking import Masked
from notices_svc.chat.messages import ChatMessage, Said, SameKeyOtherMessage

MOST_MESSAGES = 2_000
"""In one chat; a transcript stays something that can be read, and shown."""


class ChatIsFull(NotAllowedNow):
    """This chat has as many messages as one can have. End it and open another one."""


async def locked(session: Session, chat_id: UUID) -> Chat:
    """Return a chat to change it. Raises `NotFound`."""
    chat = await session.get(Chat, chat_id, with_for_update=True)
    if chat is None:
        raise NotFound
    return chat


async def already_said(session: Session, chat: Chat, key: str, masked: Masked) -> ChatMessage | None:
    """Return the line that was sent with this key. Raises `SameKeyOtherMessage` where it was another one."""
    said = await session.scalar(select(ChatMessage).where(ChatMessage.chat_id == chat.id, ChatMessage.key == key))
    if said is not None and said.text != masked.text:
        raise SameKeyOtherMessage(field="key")
    return said


def say(
    session: Session,
    chat: Chat,
    said: Said,
    *,
    masked: Masked | None = None,
    key: str | None = None,
    by: UUID | None = None,
    name: str | None = None,
) -> ChatMessage:
    """Add a line to a chat that is locked. Raises `ChatIsFull`."""
    if masked is not None and chat.last_seq >= MOST_MESSAGES:
        raise ChatIsFull
    chat.last_seq += 1
    message = ChatMessage(chat.id, chat.last_seq, said, session.at, masked=masked, key=key, by=by, name=name)
    session.add(message)
    return message


async def transcript(session: Session | ReadSession, chat_id: UUID, after: int = 0) -> list[ChatMessage]:
    """Return what was said after a number, in order."""
    rows = await session.scalars(
        select(ChatMessage).where(ChatMessage.chat_id == chat_id, ChatMessage.seq > after).order_by(ChatMessage.seq)
    )
    return list(rows)


async def said_since(session: Session, chat: Chat, seconds: int) -> int:
    """Return how many lines whoever opened it sent in the last seconds, by program time."""
    since = func.extract("epoch", session.at - ChatMessage.at) < seconds
    counted = select(func.count()).where(ChatMessage.chat_id == chat.id, ChatMessage.said == Said.VISITOR, since)
    return await session.scalar(counted) or 0


def wake(session: Session, chat: Chat, *, desk: bool = False) -> None:
    """Wake after the commit who follows this chat and the agent who has it; `desk`: every console as well."""
    session.recording.spoken_of.add(chat.id)
    if chat.agent_id is not None:
        session.recording.spoken_of.add(chat.agent_id)
    if desk:
        session.recording.spoken_of.add(DESK)
