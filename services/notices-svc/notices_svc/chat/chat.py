"""A chat with customer service, from the form before it to its end (domain/lifecycle.md 4.15, roles.md 5).

What is said stands in `messages.py`. A chat belongs to no organization: whoever opened it is known by a token, of which
only a digest is kept, and the row's own id is the fence behind which that person reads and writes.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.errors import NotAllowed, NotAllowedNow
from chassis.lifecycle import Lifecycle, Move
from events.chat import ChatMessageLeft
from notices_svc.base import Base

ANSWER, VIEW, SUPERVISE = "staff.chat.answer", "staff.chat.view", "staff.chat.supervise"
DESK = UUID("00000000-0000-8000-8000-0000000c4a70")
"""What the consoles of all agents follow; no chat and no organization has this id."""
WHOEVER_OPENED_IT = "whoever opened it"


class ChatState(StrEnum):
    """Where a chat stands."""

    ASKED = "ASKED"
    QUEUED = "QUEUED"
    ACTIVE = "ACTIVE"
    WRAP_UP = "WRAP_UP"
    CLOSED = "CLOSED"
    ABANDONED = "ABANDONED"
    UNAVAILABLE = "UNAVAILABLE"


class ChatTopic(StrEnum):
    """What it is about (roles.md 5)."""

    REGISTRATION = "registration"
    UPLOADS = "uploads"
    NOTICES = "notices"
    CONTRACTS = "contracts"
    FORM_C = "form-c"
    OTHER = "other"


ASKED, QUEUED, ACTIVE = ChatState.ASKED, ChatState.QUEUED, ChatState.ACTIVE
WRAP_UP, CLOSED = ChatState.WRAP_UP, ChatState.CLOSED
ABANDONED, UNAVAILABLE = ChatState.ABANDONED, ChatState.UNAVAILABLE
OPEN = (QUEUED, ACTIVE)
"""The states in which something can still be said by whoever opened it."""

LIFECYCLE = Lifecycle(
    "chat",
    start=ASKED,
    ends={CLOSED, ABANDONED, UNAVAILABLE},
    moves=[
        Move(ASKED, "queue", QUEUED, by=WHOEVER_OPENED_IT, guard="within opening hours, and the queue has room"),
        Move(ASKED, "leave", UNAVAILABLE, by=WHOEVER_OPENED_IT, guard="outside opening hours", effects="ticket"),
        Move(QUEUED, "take", ACTIVE, by=ANSWER),
        Move(QUEUED, "abandon", ABANDONED, by=WHOEVER_OPENED_IT),
        Move(QUEUED, "miss", ABANDONED, guard="nobody took it in time", effects="ticket"),
        Move(ACTIVE, "hand over", ACTIVE, by=ANSWER, guard="whoever has it, to a colleague who is present"),
        Move(ACTIVE, "take over", ACTIVE, by=SUPERVISE, guard="to a colleague who is present"),
        Move(ACTIVE, "verify", ACTIVE, by=ANSWER, guard="whoever has it, and the person is signed in"),
        Move(ACTIVE, "end", WRAP_UP, by=ANSWER, guard="whoever has it"),
        Move(ACTIVE, "leave off", WRAP_UP, by=WHOEVER_OPENED_IT),
        Move(ACTIVE, "fall silent", WRAP_UP, guard="nothing was said for an hour"),
        Move(WRAP_UP, "close", CLOSED, by=ANSWER, guard="whoever has it"),
        Move(WRAP_UP, "close by itself", CLOSED, guard="nobody closed it within half an hour"),
    ],
)

VERIFICATIONS_AT_MOST = 3
"""So many times an agent may try: whoever guesses user ids gets no further."""


@dataclass(frozen=True)
class Lasts:
    """How long a chat stays in a state by itself; settings of the service, minutes."""

    queued: timedelta
    silent: timedelta
    wrap_up: timedelta


class SomebodyElseAnswers(NotAllowedNow):
    """A colleague has this chat. It comes to you when it is handed over."""


class NobodySignedIn(NotAllowedNow):
    """Whoever opened this chat is not signed in: there is no account to show."""


class TriedTooOften(NotAllowedNow):
    """The user ID was not the right one three times. Go on without the account, or ask the person to call."""


class OnlyForTheSupervisor(NotAllowed):
    """Only whoever answers a chat, or the chat supervisor, may hand it over."""


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Chat(Aggregate, Base):
    """One chat. `due_at` is when it leaves its state by itself."""

    __tablename__ = "chat"
    __table_args__ = (
        Index("chat_queue_idx", "number", postgresql_where="state = 'QUEUED'"),
        Index("chat_agent_idx", "agent_id", "number", postgresql_where="state in ('ACTIVE', 'WRAP_UP')"),
        Index("chat_due_idx", "due_at", postgresql_where="due_at is not null"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    token_digest: Mapped[str]
    state: Mapped[ChatState]
    topic: Mapped[ChatTopic]
    language: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str] = mapped_column(comment="E.164")
    supplier_name: Mapped[str | None] = mapped_column(comment="as it was typed")
    supplier_number: Mapped[str | None] = mapped_column(comment="bidder number or PTAN, as it was typed")
    opened_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    last_seq: Mapped[int] = mapped_column(comment="number of its last message")
    agent_id: Mapped[UUID | None] = mapped_column(comment="person who answers it")
    agent_name: Mapped[str | None]
    account: Mapped[UUID | None] = mapped_column(comment="person who was signed in")
    account_user_id: Mapped[str | None]
    account_name: Mapped[str | None]
    account_role: Mapped[str | None]
    account_organization: Mapped[UUID | None]
    verified_by: Mapped[UUID | None]
    verified_at: Mapped[datetime | None]
    verifications: Mapped[int] = mapped_column(comment="how often an agent asked for the user id in vain")
    outcome: Mapped[str | None]

    @property
    def label(self) -> str:
        """The number people call it by."""
        return f"CH-{self.number:06d}"

    @property
    def tries_left(self) -> int:
        """How often an agent may still ask for the user id."""
        return VERIFICATIONS_AT_MOST - self.verifications

    @property
    def can_be_verified(self) -> bool:
        """Whether an agent may still ask for the user id."""
        return self.state is ACTIVE and self.account is not None and self.verified_at is None and self.tries_left > 0

    def is_known_by(self, token: str) -> bool:
        """Whether this is the token of whoever opened it."""
        return digest(token) == self.token_digest

    def queue(self, at: datetime, lasts: Lasts) -> None:
        """It waits for an agent from now on."""
        self._move("queue")
        self.due_at = at + lasts.queued

    def leave(self, at: datetime) -> None:
        """Nobody answers now: its question becomes a ticket."""
        self._move("leave")
        self._gone(at)
        self.say(self._left())

    def take(self, agent_id: UUID, name: str, at: datetime, lasts: Lasts) -> None:
        """An agent answers it. Raises `NotAllowedNow` unless it waits."""
        self._move("take")
        self.agent_id, self.agent_name, self.taken_at, self.due_at = agent_id, name, at, at + lasts.silent

    def hand_over(self, by: UUID | None, to: UUID, name: str, *, supervisor: bool) -> None:
        """A colleague answers it from now on. Raises `OnlyForTheSupervisor`, `NotAllowedNow`."""
        mine = by is not None and self.agent_id == by
        if not (mine or supervisor):
            raise OnlyForTheSupervisor
        before = self.agent_id
        self._move("hand over" if mine else "take over", **{"from": str(before), "to": str(to)})
        self.agent_id, self.agent_name = to, name

    def heard(self, at: datetime, lasts: Lasts) -> None:
        """Something was said: an active chat does not fall silent."""
        if self.state is ACTIVE:
            self.due_at = at + lasts.silent

    def verify(self, user_id: str, by: UUID | None, at: datetime) -> bool:
        """Compare the user id that somebody named with whose chat it is; each try is recorded.

        Raises `SomebodyElseAnswers`, `NobodySignedIn`, `TriedTooOften`, `NotAllowedNow`.
        """
        self.require_agent(by)
        if self.account is None:
            raise NobodySignedIn
        if self.tries_left <= 0:
            raise TriedTooOften
        matches = user_id.strip().casefold() == (self.account_user_id or "").casefold()
        self._move("verify", matches=matches)
        if matches:
            self.verified_by, self.verified_at = by, at
        else:
            self.verifications += 1
        return matches

    def end(self, by: UUID | None, at: datetime, lasts: Lasts) -> None:
        """The agent ends it. Raises `SomebodyElseAnswers`, `NotAllowedNow`."""
        self.require_agent(by)
        self._move("end")
        self._wrap_up(at, lasts)

    def leave_off(self, at: datetime, lasts: Lasts) -> None:
        """Whoever opened it ends it. Raises `NotAllowedNow` where it has ended."""
        if self.state is QUEUED:
            self._move("abandon")
            self._gone(at)
        else:
            self._move("leave off")
            self._wrap_up(at, lasts)

    def close(self, by: UUID | None, outcome: str, transcript: str) -> None:
        """The agent has noted what there was to note. Raises `SomebodyElseAnswers`, `NotAllowedNow`.

        `transcript` is the digest of all that was said: with the audit row it is sealed for good.
        """
        self.require_agent(by)
        self._move("close", messages=self.last_seq, transcript=transcript)
        self.outcome, self.due_at = outcome, None

    def move_on(self, at: datetime, lasts: Lasts, transcript: str) -> None:
        """Its time in this state is over."""
        match self.state:
            case ChatState.QUEUED:
                self._move("miss")
                self._gone(at)
                self.say(self._left())
            case ChatState.ACTIVE:
                self._move("fall silent")
                self._wrap_up(at, lasts)
            case _:
                self._move("close by itself", messages=self.last_seq, transcript=transcript)
                self.due_at = None

    def require_agent(self, by: UUID | None) -> None:
        """Raise `SomebodyElseAnswers` unless this person answers it."""
        if by is None or self.agent_id != by:
            raise SomebodyElseAnswers

    def require_open(self) -> None:
        """Raise `NotAllowedNow` unless something can be said in it."""
        if self.state not in OPEN:
            raise ChatHasEnded

    def _wrap_up(self, at: datetime, lasts: Lasts) -> None:
        self.ended_at, self.due_at = at, at + lasts.wrap_up

    def _gone(self, at: datetime) -> None:
        self.ended_at, self.due_at = at, None

    def _left(self) -> ChatMessageLeft:
        return ChatMessageLeft(chat_id=self.id, number=self.label, topic=self.topic.value, left_at=self.opened_at)

    def _move(self, verb: str, **more: object) -> None:
        before, self.state = self.state, LIFECYCLE.next(self.state, verb)
        self.audit(f"chat.{verb.replace(' ', '-')}", before={"state": before}, after={"state": self.state, **more})


class ChatHasEnded(NotAllowedNow):
    """This chat has ended. Open another one to go on."""
