from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from chassis.actor import Actor
from chassis.database import ReadSession
from identity_adapter.members.person import Person
from identity_adapter.sessions.session import SignedInSession


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
