"""What was said in a chat, in one order for everybody, and what agents noted beside it.

Numbers are given under the lock of the chat, so that whoever has read up to one never misses a smaller one.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import Conflict
from chassis.ids import new_id
from notices_svc.base import Base
from notices_svc.chat.masking import Masked


class Said(StrEnum):
    """Who or what speaks. What happened carries no text: pages put it into words, in the language of the reader."""

    VISITOR = "visitor"
    AGENT = "agent"
    JOINED = "joined"
    HANDED_OVER = "handed-over"
    VERIFIED = "verified"
    ENDED_BY_AGENT = "ended-by-agent"
    ENDED_BY_VISITOR = "ended-by-visitor"
    FELL_SILENT = "fell-silent"


class SameKeyOtherMessage(Conflict):
    """Another message was sent with this key. Send it with a key of its own."""


class ChatMessage(Base):
    """One line of a chat. `key` is the sender's own name for it: sent again, it is the same line."""

    __tablename__ = "chat_message"
    __table_args__ = (UniqueConstraint("chat_id", "seq"), UniqueConstraint("chat_id", "key"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chat.id"))
    seq: Mapped[int]
    said: Mapped[Said]
    by: Mapped[UUID | None] = mapped_column(comment="the agent")
    name: Mapped[str | None] = mapped_column(comment="of the agent, as it is shown")
    key: Mapped[str | None]
    text: Mapped[str] = mapped_column(comment="masked before it came here")
    hidden: Mapped[list[str]] = mapped_column(JSONB, comment="what was hidden in it")
    at: Mapped[datetime]

    def __init__(
        self,
        chat_id: UUID,
        seq: int,
        said: Said,
        at: datetime,
        *,
        masked: Masked | None = None,
        key: str | None = None,
        by: UUID | None = None,
        name: str | None = None,
    ) -> None:
        masked = masked or Masked("")
        self.id, self.chat_id, self.seq, self.said, self.at = new_id(), chat_id, seq, said, at
        self.text, self.hidden = masked.text, [each.value for each in masked.hidden]
        self.key, self.by, self.name = key, by, name


class ChatNote(Base):
    """What an agent noted, for colleagues only."""

    __tablename__ = "chat_note"
    __table_args__ = (Index("chat_note_chat_idx", "chat_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chat.id"))
    by: Mapped[UUID | None]
    name: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]

    def __init__(self, chat_id: UUID, text: str, *, by: UUID | None, name: str, at: datetime) -> None:
        self.id, self.chat_id, self.text, self.by, self.name, self.at = new_id(), chat_id, text, by, name, at


def digest_of(messages: Sequence[ChatMessage]) -> str:
    """Return the SHA-256 of a transcript: each line's number, kind, time and text, in order."""
    told = [[each.seq, each.said.value, each.name or "", each.at.isoformat(), each.text] for each in messages]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
