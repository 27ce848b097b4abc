from collections import defaultdict

from chassis.database import Session
from chassis.kafka import Hears
from events.chat import ChatMessageLeft
from events.notices import STREAM
from identity_adapter.tickets.ticket import Topic
from identity_adapter.tickets.use_cases import open_ticket

hears = Hears("identity")

TOPICS = defaultdict(
    lambda: Topic.OTHER,
    {
        "registration": Topic.REGISTRATION,
        "uploads": Topic.UPLOADS,
        "notices": Topic.NOTICES,
        "contracts": Topic.CONTRACTS,
        "form-c": Topic.CONTRACTS,
    },
)
"""What a chat may be about, as the help desk files it. Words that came later are filed under "other"."""


@hears(STREAM, ChatMessageLeft)
async def on_chat_message_left(event: ChatMessageLeft, session: Session) -> None:
    """Somebody asked for a chat and nobody answered: the help desk gets a ticket that names the chat."""
    summary = f"A message was left in chat {event.number}. Read it at the chat desk, and answer by e-mail or telephone."
    await open_ticket(session, TOPICS[event.topic], summary, person_id=None, organization_id=None)
