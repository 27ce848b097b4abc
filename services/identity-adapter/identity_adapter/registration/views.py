from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.paging import Order, Page, fetch_page
from identity_adapter.members.lifecycle import PENDING
from identity_adapter.members.membership import DECIDED_WITH, Membership
from identity_adapter.members.names import NAMED
from identity_adapter.registration.decisions import ASKED_FOR
from identity_adapter.roles.table import role_table

REQUESTED: Order = [(Membership.requested_at, datetime.fromisoformat), (Membership.id, UUID)]


class RoleRequestView(BaseModel):
    """A request for a role: who asks, for what, until when it waits, and what became of it.

    The organization has no name here before its first official is confirmed. `reason` is of what happened last.
    """

    id: UUID
    user_id: str
    name: str
    ptan: str
    organization_id: UUID | None
    organization: str | None
    role: str
    role_name: str
    state: str
    requested_at: datetime
    due_at: datetime
    decided_at: datetime | None
    reason: str | None
    version: int


async def list_role_requests(
    session: ReadSession, actor: Actor, after: str | None, limit: int
) -> Page[RoleRequestView]:
    """Return the open requests of the actor's organization that the actor may decide."""
    decidable = [role for role, permission in DECIDED_WITH.items() if actor.may(permission)]
    statement = (
        select(Membership)
        .where(
            Membership.organization_id == actor.organization_id,
            Membership.state == PENDING,
            Membership.role.in_(decidable),
            Membership.person_id != actor.person_id,
        )
        .options(NAMED)
    )
    return await fetch_page(
        session, statement, REQUESTED, role_request_view, after=after, limit=limit, descending=False
    )


async def list_my_role_requests(
    session: ReadSession, actor: Actor, after: str | None, limit: int
) -> Page[RoleRequestView]:
    """Return what the actor asked for, of whatever organization."""
    mine = select(Membership).where(Membership.person_id == actor.person_id, ASKED_FOR).options(NAMED)
    return await fetch_page(session, mine, REQUESTED, role_request_view, after=after, limit=limit)


def role_request_view(found: Membership) -> RoleRequestView:
    """Show a request whose person is loaded."""
    assert found.ptan is not None  # noqa: S101  whoever asks names a PTAN
    assert found.due_at is not None  # noqa: S101  whatever was asked for waits until a time
    return RoleRequestView(
        id=found.id,
        user_id=found.person.user_id,
        name=found.person.name,
        ptan=found.ptan,
        organization_id=found.organization_id,
        organization=found.organization.legal_business_name if found.organization else None,
        role=found.role,
        role_name=role_table().roles[found.role].name,
        state=found.state,
        requested_at=found.requested_at,
        due_at=found.due_at,
        decided_at=found.decided_at,
        reason=found.reason,
        version=found.version,
    )
