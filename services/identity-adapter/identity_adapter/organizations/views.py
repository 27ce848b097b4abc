from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.errors import NotFound
from identity_adapter.organizations.organization import Organization

VIEW_ANY = "staff.organization.view"


class OrganizationView(BaseModel):
    """An organization as its members and the program's staff see it."""

    id: UUID
    name: str
    ptan: str
    registered_at: datetime


async def read_organization(session: ReadSession, actor: Actor, organization_id: UUID) -> OrganizationView:
    """Return an organization.

    Raises NotFound when there is none, when it is another one than the actor's, and for staff who see bidders by
    number or by status only (`domain/roles.md` 3): they have no permission to see organizations.
    """
    may = actor.may(VIEW_ANY) if actor.is_staff else actor.organization_id == organization_id
    if not may:
        raise NotFound
    found = await session.get(Organization, organization_id)
    if found is None:
        raise NotFound
    return OrganizationView(
        id=found.id, name=found.legal_business_name, ptan=found.ptan, registered_at=found.registered_at
    )
