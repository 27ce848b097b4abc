from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.errors import NotFound
from identity_adapter.organizations.organization import Organization


class OrganizationView(BaseModel):
    """An organization as its members and the program's staff see it."""

    id: UUID
    name: str
    ptan: str
    registered_at: datetime


async def read_organization(session: ReadSession, actor: Actor, organization_id: UUID) -> OrganizationView:
    """Return an organization. Raises NotFound when there is none, or it is another one than the actor's."""
    if not actor.is_staff and actor.organization_id != organization_id:
        raise NotFound
    found = await session.get(Organization, organization_id)
    if found is None:
        raise NotFound
    return OrganizationView(
        id=found.id, name=found.legal_business_name, ptan=found.ptan, registered_at=found.registered_at
    )
