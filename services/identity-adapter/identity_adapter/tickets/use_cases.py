from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, text

from chassis.database import Session
from chassis.errors import NotFound, NotSignedIn
from chassis.sweeps import each
from identity_adapter.members.person import Person
from identity_adapter.organizations.organization import Organization
from identity_adapter.sessions.session import SessionState, SignedInSession
from identity_adapter.tickets.ticket import IN_HAND, Outcome, Ticket, Topic

_ONE_CHANGES_HANDS = text("select pg_advisory_xact_lock(hashtext('connexion tickets in hand'))")
"""Two who take each other's ticket would wait for each other for ever."""


async def open_ticket(
    session: Session, topic: Topic, summary: str, *, person_id: UUID | None, organization_id: UUID | None
) -> Ticket:
    """Open a ticket, about a person or an organization where it is about one. Raises NotFound for an unknown one."""
    if person_id is not None and await session.get(Person, person_id) is None:
        raise NotFound
    if organization_id is not None and await session.get(Organization, organization_id) is None:
        raise NotFound
    opened = Ticket(
        topic,
        summary,
        person_id=person_id,
        organization_id=organization_id,
        opened_by=session.actor.person_id,
        at=session.at,
    )
    session.add(opened)
    await session.flush()
    return opened


async def note(session: Session, ticket_id: UUID, text: str) -> Ticket:
    """Add a note. Raises NotFound, and NotAllowedNow when the ticket is closed."""
    ticket = await _ticket(session, ticket_id)
    ticket.note(text, session.actor.person_id, session.at)
    await session.flush()
    return ticket


async def take(session: Session, ticket_id: UUID) -> tuple[Ticket, SignedInSession]:
    """Take a ticket in hand; whatever the session had in hand before lies down. Raises NotFound, NotAllowedNow."""
    await session.execute(_ONE_CHANGES_HANDS)
    mine = await _my_session(session)
    if mine.ticket_id not in (None, ticket_id):
        await _lay_down(session, mine)
    ticket = await _ticket(session, ticket_id)
    if ticket.session_id not in (None, mine.id):
        former = await session.get(SignedInSession, ticket.session_id, with_for_update={"of": SignedInSession})
        if former is not None:
            former.ticket_id = None
    ticket.take(session.actor.person_id, mine.id)
    mine.ticket_id = ticket.id
    return ticket, mine


async def put_down(session: Session, ticket_id: UUID) -> tuple[Ticket, SignedInSession]:
    """Put down what this session has in hand. Raises NotFound when it is another ticket, or none."""
    await session.execute(_ONE_CHANGES_HANDS)
    mine = await _my_session(session)
    if mine.ticket_id != ticket_id:
        raise NotFound
    await _lay_down(session, mine)
    return await _ticket(session, ticket_id), mine


async def close(session: Session, ticket_id: UUID, outcome: Outcome) -> tuple[Ticket, SignedInSession]:
    """Close a ticket. Raises NotFound, `SomebodyElseHasIt`, NotAllowedNow."""
    await session.execute(_ONE_CHANGES_HANDS)
    mine = await _my_session(session)
    ticket = await _ticket(session, ticket_id)
    ticket.close(outcome, mine.id, session.at)
    if mine.ticket_id == ticket_id:
        mine.ticket_id = None
    return ticket, mine


async def lay_down_forgotten(session: Session, _as_of: datetime, limit: int) -> int:
    """Put down tickets whose sessions are over, so that a colleague finds them open; a sweep."""
    still_there = exists().where(SignedInSession.id == Ticket.session_id, SignedInSession.state == SessionState.OPEN)
    forgotten = await session.scalars(
        select(Ticket)
        .where(Ticket.state == IN_HAND, ~still_there)
        .order_by(Ticket.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return await each(session, forgotten.all(), lambda ticket: ticket.put_down())


async def _lay_down(session: Session, mine: SignedInSession) -> None:
    before = await session.get(Ticket, mine.ticket_id, with_for_update=True)
    mine.ticket_id = None
    if before is not None and before.is_in_hand_of(mine.id):
        before.put_down()


async def _ticket(session: Session, ticket_id: UUID) -> Ticket:
    found = await session.get(Ticket, ticket_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def _my_session(session: Session) -> SignedInSession:
    session_id = session.actor.session_id
    mine = (
        await session.get(SignedInSession, session_id, with_for_update={"of": SignedInSession}) if session_id else None
    )
    if mine is None:
        raise NotSignedIn
    return mine
