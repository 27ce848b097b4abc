from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import BaseModel, StringConstraints

from chassis.door import CurrentActor, SliceRouter
from chassis.paging import After, Limit, Page
from identity_adapter.doors import PersonalReading, PersonalSession
from identity_adapter.sessions.edge import hand_token
from identity_adapter.sessions.session import SignedInSession
from identity_adapter.tickets import use_cases, views
from identity_adapter.tickets.ticket import WORK, Outcome, Topic

router = SliceRouter(prefix="/api/identity/tickets", tags=["help desk"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


async def _token_cookie(request: Request, response: Response) -> Callable[[SignedInSession], None]:
    def hand(mine: SignedInSession) -> None:
        hand_token(request, response, mine)

    return hand


TokenCookie = Annotated[Callable[[SignedInSession], None], Depends(_token_cookie)]
"""Gives the browser a token of what the session may do from now on."""


class NewTicket(BaseModel):
    """A matter for the help desk. Only a ticket about somebody lets the help desk do something for them."""

    topic: Topic
    summary: Words
    person_id: UUID | None = None
    organization_id: UUID | None = None


class NewNote(BaseModel):
    """What to note."""

    text: Words


class Closure(BaseModel):
    """What came of it."""

    outcome: Outcome


@router.post("", permission=WORK, status_code=201)
async def open_ticket(body: NewTicket, actor: CurrentActor, session: PersonalSession) -> views.TicketView:
    """Open a ticket, about a person, an organization, or neither."""
    opened = await use_cases.open_ticket(
        session, body.topic, body.summary, person_id=body.person_id, organization_id=body.organization_id
    )
    return await views.ticket_view(session, actor, opened)


@router.get("", permission=WORK)
async def list_tickets(session: PersonalReading, after: After = None, limit: Limit = 25) -> Page[views.TicketLine]:
    """List the tickets: the open ones first, and of these the oldest."""
    return await views.list_tickets(session, after, limit)


@router.get("/{ticket_id}", permission=WORK)
async def read_ticket(ticket_id: UUID, actor: CurrentActor, session: PersonalReading) -> views.TicketView:
    """Read a ticket with its notes."""
    return await views.read_ticket(session, actor, ticket_id)


@router.post("/{ticket_id}/notes", permission=WORK)
async def note(ticket_id: UUID, body: NewNote, actor: CurrentActor, session: PersonalSession) -> views.TicketView:
    """Add a note."""
    return await views.ticket_view(session, actor, await use_cases.note(session, ticket_id, body.text))


@router.post("/{ticket_id}/taking", permission=WORK)
async def take(ticket_id: UUID, hand: TokenCookie, actor: CurrentActor, session: PersonalSession) -> views.TicketView:
    """Take a ticket in hand; the token cookie changes with it, and lets you act for whom the ticket is about."""
    ticket, mine = await use_cases.take(session, ticket_id)
    hand(mine)
    return await views.ticket_view(session, actor, ticket)


@router.post("/{ticket_id}/putting-down", permission=WORK)
async def put_down(
    ticket_id: UUID, hand: TokenCookie, actor: CurrentActor, session: PersonalSession
) -> views.TicketView:
    """Put down the ticket in your hand; the token cookie changes with it."""
    ticket, mine = await use_cases.put_down(session, ticket_id)
    hand(mine)
    return await views.ticket_view(session, actor, ticket)


@router.post("/{ticket_id}/closure", permission=WORK)
async def close(
    ticket_id: UUID,
    body: Closure,
    hand: TokenCookie,
    actor: CurrentActor,
    session: PersonalSession,
) -> views.TicketView:
    """Close a ticket that is in your hand or in nobody's; the token cookie changes with it."""
    ticket, mine = await use_cases.close(session, ticket_id, body.outcome)
    hand(mine)
    return await views.ticket_view(session, actor, ticket)
