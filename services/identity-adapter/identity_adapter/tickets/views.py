from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.paging import Order, Page, fetch_page
from identity_adapter.members.names import names_of
from identity_adapter.organizations.organization import Organization
from identity_adapter.tickets.ticket import IN_HAND, LIFECYCLE, Outcome, Ticket, TicketState, Topic

PLATFORM = "Connexion"
"""Who opened a ticket that no person opened."""


class About(BaseModel):
    """Whom or what a ticket is about."""

    id: UUID
    name: str


class NoteView(BaseModel):
    """What somebody noted."""

    at: datetime
    by: str
    text: str


class TicketLine(BaseModel):
    """A ticket in the list."""

    id: UUID
    number: str
    topic: Topic
    state: TicketState
    opened_at: datetime
    person: About | None
    organization: About | None
    taken_by: str | None


class TicketView(TicketLine):
    """A ticket. `in_my_hand`: this session may do what needs a ticket, for whom the ticket is about."""

    summary: str
    opened_by: str
    in_my_hand: bool
    closed_at: datetime | None
    outcome: Outcome | None
    notes: list[NoteView]
    allowed_actions: list[str]


async def list_tickets(session: ReadSession, after: str | None, limit: int) -> Page[TicketLine]:
    """Return all tickets, the open ones first."""
    order: Order = [(Ticket.closed, lambda written: written == "True"), (Ticket.id, UUID)]
    statement = select(Ticket).options(lazyload(Ticket.notes))
    page = await fetch_page(session, statement, order, lambda one: one, after=after, limit=limit, descending=False)
    people = await names_of(session, (person for one in page.items for person in (one.person_id, one.taken_by)))
    organizations = await _organizations(session, [one.organization_id for one in page.items])
    return Page(items=[_line(one, people, organizations) for one in page.items], next=page.next)


async def read_ticket(session: ReadSession, actor: Actor, ticket_id: UUID) -> TicketView:
    """Return a ticket with its notes. Raises NotFound."""
    found = await session.get(Ticket, ticket_id)
    if found is None:
        raise NotFound
    return await ticket_view(session, actor, found)


async def ticket_view(session: ReadSession | Session, actor: Actor, ticket: Ticket) -> TicketView:
    """Show a ticket with the names of whom it is about and who worked on it."""
    writers = [note.noted_by for note in ticket.notes]
    people = await names_of(session, [ticket.person_id, ticket.taken_by, ticket.opened_by, *writers])
    organizations = await _organizations(session, [ticket.organization_id])
    return TicketView(
        **_line(ticket, people, organizations).model_dump(),
        summary=ticket.summary,
        opened_by=_name(people, ticket.opened_by),
        in_my_hand=ticket.is_in_hand_of(actor.session_id),
        closed_at=ticket.closed_at,
        outcome=ticket.outcome,
        notes=[NoteView(at=note.at, by=_name(people, note.noted_by), text=note.text) for note in ticket.notes],
        allowed_actions=_allowed(ticket, actor),
    )


def _allowed(ticket: Ticket, actor: Actor) -> list[str]:
    mine = ticket.is_in_hand_of(actor.session_id)
    not_now = {"take"} if mine else {"put down"}
    if ticket.state is IN_HAND and not mine:
        not_now.add("close")
    return [verb for verb in LIFECYCLE.allowed(ticket.state, actor.permissions) if verb not in not_now]


def _line(ticket: Ticket, people: dict[UUID, str], organizations: dict[UUID, str]) -> TicketLine:
    return TicketLine(
        id=ticket.id,
        number=ticket.label,
        topic=ticket.topic,
        state=ticket.state,
        opened_at=ticket.opened_at,
        person=_about(people, ticket.person_id),
        organization=_about(organizations, ticket.organization_id),
        taken_by=people.get(ticket.taken_by) if ticket.taken_by else None,
    )


def _about(names: dict[UUID, str], thing: UUID | None) -> About | None:
    return About(id=thing, name=names[thing]) if thing in names else None


def _name(people: dict[UUID, str], person: UUID | None) -> str:
    return people[person] if person else PLATFORM


async def _organizations(session: ReadSession | Session, ids: list[UUID | None]) -> dict[UUID, str]:
    known = select(Organization.id, Organization.legal_business_name).where(
        Organization.id.in_([each for each in ids if each])
    )
    return {row.id: row.legal_business_name for row in await session.execute(known)}
