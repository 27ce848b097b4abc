"""What notices-svc says of chats with customer service. Nothing of what was said in one, and of no person."""

from typing import ClassVar
from uuid import UUID

from events.envelope import Event, Instant
from events.kinds import Code
from events.notices import STREAM


class ChatMessageLeft(Event):
    """Somebody asked for a chat, and nobody could answer: their question waits to be answered in another way.

    Said by notices-svc, outside opening hours and where nobody took a chat in time. Heard by identity-adapter, which
    opens a help desk ticket. The question and how to reach its sender stand in notices-svc, under the number.
    """

    TYPE: ClassVar[str] = "connexion.notices.chat-message-left.v1"
    TOPIC: ClassVar[str] = STREAM
    KEY: ClassVar[str] = "chat_id"

    chat_id: UUID
    number: str
    topic: Code
    left_at: Instant


EVENTS = (ChatMessageLeft,)
