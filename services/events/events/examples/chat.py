from uuid import UUID

from events import chat
from events.examples import _story as story

EXAMPLES = (
    chat.ChatMessageLeft(
        chat_id=UUID("0199c0de-0000-8000-8000-0000000000c4"),
        number="CH-000041",
        topic="uploads",
        left_at=story.RECEIVED,
    ),
)
