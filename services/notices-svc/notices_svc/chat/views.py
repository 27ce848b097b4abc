"""What is shown of chats: to whoever opened one, to the agent who has it, to the desk and its supervisor."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from notices_svc.chat.agent import present
from notices_svc.chat.chat import (
    ACTIVE,
    ANSWER,
    LIFECYCLE,
    QUEUED,
    SUPERVISE,
    VIEW,
    WRAP_UP,
    Chat,
    ChatState,
    ChatTopic,
)
from notices_svc.chat.messages import ChatMessage, ChatNote, Said
from notices_svc.program.organization import names_of

QUEUE_SHOWN = 50


class MessageView(BaseModel):
    """One line. What was hidden in it stands as ⟦ssn⟧, ⟦card⟧ or ⟦password⟧, and is named in `hidden`."""

    seq: int
    said: Said
    name: str | None
    text: str
    hidden: list[str]
    at: datetime
    key: str | None

    @classmethod
    def of(cls, row: ChatMessage) -> "MessageView":
        """Show a row."""
        return cls(seq=row.seq, said=row.said, name=row.name, text=row.text, hidden=row.hidden, at=row.at, key=row.key)


class MyChat(BaseModel):
    """A chat as whoever opened it sees it. `ahead`: how many wait before it, while it waits."""

    id: UUID
    number: str
    state: ChatState
    topic: ChatTopic
    language: str
    first_name: str
    agent: str | None
    opened_at: datetime
    ended_at: datetime | None
    ahead: int | None = None
    messages: list[MessageView]


class QueueLine(BaseModel):
    """A chat that waits, or is somebody's, as the desk lists it."""

    id: UUID
    number: str
    state: ChatState
    topic: ChatTopic
    language: str
    first_name: str
    opened_at: datetime
    signed_in: bool
    agent: str | None
    last_seq: int


class AgentView(BaseModel):
    """A colleague at the desk."""

    person_id: UUID
    name: str


class Desk(BaseModel):
    """The chat desk: who waits (the first of them), one's own chats, who is present."""

    waiting: int
    queue: list[QueueLine]
    mine: list[QueueLine]
    present: list[AgentView]


class Case(BaseModel):
    """Whose account a chat was opened from. Shown only after the verification that is recorded."""

    person_id: UUID
    user_id: str
    name: str
    role: str | None
    organization_id: UUID | None
    organization: str | None
    verified_at: datetime


class NoteView(BaseModel):
    """What an agent noted."""

    name: str
    text: str
    at: datetime


class DeskChat(BaseModel):
    """A chat as agents and supervisors see it; `case` is None before the verification, and where nobody signed in."""

    id: UUID
    number: str
    state: ChatState
    topic: ChatTopic
    language: str
    first_name: str
    last_name: str
    email: str
    phone: str
    supplier_name: str | None
    supplier_number: str | None
    opened_at: datetime
    taken_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    agent: str | None
    signed_in: bool
    can_be_verified: bool
    tries_left: int
    case: Case | None
    messages: list[MessageView]
    notes: list[NoteView]
    allowed_actions: list[str]


def my_view(chat: Chat, messages: Sequence[ChatMessage], ahead: int | None) -> MyChat:
    """Show a chat to whoever opened it."""
    return MyChat(
        id=chat.id,
        number=chat.label,
        state=chat.state,
        topic=chat.topic,
        language=chat.language,
        first_name=chat.first_name,
        agent=chat.agent_name,
        opened_at=chat.opened_at,
        ended_at=chat.ended_at,
        ahead=ahead,
        messages=[MessageView.of(row) for row in messages],
    )


async def desk_view(session: ReadSession | Session, actor: Actor, waiting: int, at: datetime) -> Desk:
    """Show the desk to an agent or supervisor."""
    queue = await session.scalars(select(Chat).where(Chat.state == QUEUED).order_by(Chat.number).limit(QUEUE_SHOWN))
    mine = await session.scalars(
        select(Chat).where(Chat.agent_id == actor.person_id, Chat.state.in_([ACTIVE, WRAP_UP])).order_by(Chat.number)
    )
    return Desk(
        waiting=waiting,
        queue=[_line(chat) for chat in queue],
        mine=[_line(chat) for chat in mine],
        present=[AgentView(person_id=each.person_id, name=each.name) for each in await present(session, at)],
    )


async def list_chats(session: ReadSession, after: str | None, limit: int) -> Page[QueueLine]:
    """List all chats, the newest first."""
    return await fetch_page(session, select(Chat), [(Chat.number, int)], _line, after=after, limit=limit)


async def read_chat(session: ReadSession | Session, actor: Actor, chat_id: UUID, after: int = 0) -> DeskChat:
    """Show a chat to the agent who has it, or to whoever may read transcripts. Raises `NotFound` for anybody else."""
    chat = await session.get(Chat, chat_id)
    if chat is None or not (actor.may(VIEW) or (actor.may(ANSWER) and chat.agent_id == actor.person_id)):
        raise NotFound
    return await desk_chat(session, actor, chat, after)


async def desk_chat(session: ReadSession | Session, actor: Actor, chat: Chat, after: int = 0) -> DeskChat:
    """Show a chat with what was said after a number, its notes, and the case where it was verified."""
    if isinstance(session, Session):
        await session.flush()
    messages = await session.scalars(
        select(ChatMessage).where(ChatMessage.chat_id == chat.id, ChatMessage.seq > after).order_by(ChatMessage.seq)
    )
    notes = await session.scalars(
        select(ChatNote).where(ChatNote.chat_id == chat.id).order_by(ChatNote.at, ChatNote.id)
    )
    return DeskChat(
        id=chat.id,
        number=chat.label,
        state=chat.state,
        topic=chat.topic,
        language=chat.language,
        first_name=chat.first_name,
        last_name=chat.last_name,
        email=chat.email,
        phone=chat.phone,
        supplier_name=chat.supplier_name,
        supplier_number=chat.supplier_number,
        opened_at=chat.opened_at,
        taken_at=chat.taken_at,
        ended_at=chat.ended_at,
        outcome=chat.outcome,
        agent=chat.agent_name,
        signed_in=chat.account is not None,
        can_be_verified=chat.can_be_verified,
        tries_left=chat.tries_left,
        case=await _case(session, chat),
        messages=[MessageView.of(row) for row in messages],
        notes=[NoteView(name=row.name, text=row.text, at=row.at) for row in notes],
        allowed_actions=_allowed(chat, actor),
    )


def _allowed(chat: Chat, actor: Actor) -> list[str]:
    mine = actor.person_id is not None and chat.agent_id == actor.person_id
    verbs = LIFECYCLE.allowed(chat.state, actor.permissions & {ANSWER, SUPERVISE})
    not_mine = set() if mine else {"hand over", "end", "close", "verify"}
    if not chat.can_be_verified:
        not_mine.add("verify")
    return [verb for verb in verbs if verb not in not_mine]


async def _case(session: ReadSession | Session, chat: Chat) -> Case | None:
    if chat.account is None or chat.verified_at is None:
        return None
    about = chat.account_organization
    names = await names_of(session, [about]) if about else {}
    return Case(
        person_id=chat.account,
        user_id=chat.account_user_id or "",
        name=chat.account_name or "",
        role=chat.account_role or None,
        organization_id=about,
        organization=names.get(about) if about else None,
        verified_at=chat.verified_at,
    )


def _line(chat: Chat) -> QueueLine:
    return QueueLine(
        id=chat.id,
        number=chat.label,
        state=chat.state,
        topic=chat.topic,
        language=chat.language,
        first_name=chat.first_name,
        opened_at=chat.opened_at,
        signed_in=chat.account is not None,
        agent=chat.agent_name,
        last_seq=chat.last_seq,
    )
