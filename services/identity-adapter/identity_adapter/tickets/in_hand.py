"""What needs a ticket asks here: for a ticket that this session has in hand, and that is about this very matter."""

from uuid import UUID

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.duties import TicketNeeded, WithTicket
from chassis.errors import NotAllowed
from identity_adapter.tickets.ticket import Ticket

WITH_TICKET = WithTicket("Take a ticket in hand first: what the help desk does for somebody is done under a ticket.")


class TicketNotInHand(NotAllowed):
    """This ticket is not in your hand any more. Take it again, or another one, and repeat what you wanted to do."""


class TicketAboutSomebodyElse(NotAllowed):
    """The ticket in your hand is about somebody else. Open or take one about this person first."""


async def ticket_in_hand(session: Session | ReadSession, actor: Actor) -> Ticket:
    """Return the ticket that the actor's session has in hand. Raises `TicketNeeded`, `TicketNotInHand`.

    Asked of the row and not of the token, which knows of a ticket up to five minutes longer.
    """
    if await WITH_TICKET.broken_by(actor, session):
        raise TicketNeeded(WITH_TICKET.sentence)
    ticket = await session.get(Ticket, actor.ticket_id)
    if ticket is None or not ticket.is_in_hand_of(actor.session_id):
        raise TicketNotInHand
    return ticket


async def require_ticket_about(session: Session, actor: Actor, person_id: UUID, organization_id: UUID | None) -> None:
    """Raise unless the ticket in hand is about this person, or about this organization as a whole.

    Raises `TicketNeeded`, `TicketNotInHand`, `TicketAboutSomebodyElse`.
    """
    if not (await ticket_in_hand(session, actor)).is_about(person_id, organization_id):
        raise TicketAboutSomebodyElse
