"""Who of customer service is present: a colleague to whom a chat can be handed over."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotAllowedNow
from notices_svc.base import Base

PRESENT = timedelta(minutes=15)


class NotPresent(NotAllowedNow):
    """This colleague is not at the chat desk now. Choose somebody who is."""


class ChatAgent(Base):
    """Somebody who has had the chat desk open."""

    __tablename__ = "chat_agent"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    seen_at: Mapped[datetime]


def shown_name(actor: Actor) -> str:
    """Return how whoever chats with an agent sees the name: the first of the names, no more."""
    return (actor.name.split() or ["Customer service"])[0]


async def be_present(session: Session) -> None:
    """Note that the actor is at the desk."""
    actor = session.actor
    told = {"name": actor.name or actor.user_id, "seen_at": session.at}
    statement = insert(ChatAgent).values(person_id=actor.person_id, **told)
    await session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=told))


async def present(session: Session | ReadSession, at: datetime) -> list[ChatAgent]:
    """Return who is at the desk, by name."""
    rows = await session.scalars(
        select(ChatAgent).where(ChatAgent.seen_at > at - PRESENT).order_by(ChatAgent.name, ChatAgent.person_id)
    )
    return list(rows)


async def colleague(session: Session, person_id: UUID) -> ChatAgent:
    """Return somebody who is at the desk. Raises `NotPresent`."""
    found = await session.get(ChatAgent, person_id)
    if found is None or found.seen_at <= session.at - PRESENT:
        raise NotPresent(field="to")
    return found
