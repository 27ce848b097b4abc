from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.paging import Page, fetch_page
from identity_adapter.members.person import Person
from identity_adapter.sessions.session import SessionState, SignedInSession


class ActingFor(BaseModel):
    """An organization one may act for, and as what."""

    id: UUID
    name: str
    role: str


class MeView(BaseModel):
    """Who is signed in, for whom this token acts, what it may do, and whom the person could act for.

    The session ends at `idle_at` unless it is renewed before, and at `ends_at` anyway; machines have none. Somebody who
    has no role yet acts for nobody, and may do what everybody who is signed in may.
    """

    user_id: str
    name: str
    kind: str
    role: str
    permissions: list[str]
    signed_in_at: datetime | None
    idle_at: datetime | None
    ends_at: datetime | None
    organization: ActingFor | None
    organizations: list[ActingFor]


class SessionView(BaseModel):
    """An open session of one's own: in which browser, for whom one acts there, and whether it is the one that asks."""

    id: UUID
    browser: str
    organization: str | None
    role: str
    signed_in_at: datetime
    opened_at: datetime
    seen_at: datetime
    idle_at: datetime
    ends_at: datetime
    is_this_one: bool


async def read_me(session: ReadSession, actor: Actor) -> MeView:
    """Return who the actor is. Machines have no organization to choose."""
    person = await session.get(Person, actor.person_id) if actor.person_id else None
    signed_in = await session.get(SignedInSession, actor.session_id) if actor.session_id else None
    organizations = [
        ActingFor(id=each.organization.id, name=each.organization.legal_business_name, role=each.role)
        for each in (person.memberships if person else [])
        if each.organization is not None
    ]
    return MeView(
        user_id=actor.user_id,
        name=actor.name,
        kind=actor.kind,
        role=actor.role,
        permissions=sorted(actor.permissions),
        signed_in_at=actor.signed_in_at,
        idle_at=signed_in.idle_at if signed_in else None,
        ends_at=signed_in.ends_at if signed_in else None,
        organization=next((each for each in organizations if each.id == actor.organization_id), None),
        organizations=organizations,
    )


async def list_sessions(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[SessionView]:
    """Return the actor's open sessions, the youngest first; machines have none."""
    mine = select(SignedInSession).where(
        SignedInSession.person_id == actor.person_id,
        SignedInSession.state == SessionState.OPEN,
        SignedInSession.idle_at > machine_time.now(),
    )

    def view(each: SignedInSession) -> SessionView:
        acting = each.person.membership_in(each.organization_id)
        return SessionView(
            id=each.id,
            browser=each.browser,
            organization=acting.organization.legal_business_name if acting and acting.organization else None,
            role=acting.role if acting else "",
            signed_in_at=each.signed_in_at,
            opened_at=each.opened_at,
            seen_at=each.seen_at,
            idle_at=each.idle_at,
            ends_at=each.ends_at,
            is_this_one=each.id == actor.session_id,
        )

    return await fetch_page(session, mine, [(SignedInSession.id, UUID)], view, after=after, limit=limit)
