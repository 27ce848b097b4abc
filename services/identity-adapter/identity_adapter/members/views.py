from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.paging import Order, Page, fetch_page
from identity_adapter.members.lifecycle import HELD, LIFECYCLE
from identity_adapter.members.membership import BAO, Membership
from identity_adapter.members.names import NAMED, names_of
from identity_adapter.roles.table import role_table

PLATFORM = "Connexion"
"""Who granted what no person did: the enrolment record bore it out, or an operator set it up."""
HELP_DESK = "Help desk"
"""Who granted what somebody outside the organization did; whose name that is, is not the organization's to know."""


class MemberView(BaseModel):
    """Somebody who acts, or acted, for an organization. `reason` is of what happened last, such as a lock."""

    id: UUID
    user_id: str
    name: str
    role: str
    role_name: str
    state: str
    since: datetime | None
    granted_by: str
    last_used_at: datetime | None
    reason: str | None
    version: int
    allowed_actions: list[str]


async def list_members(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[MemberView]:
    """Return the members of the actor's organization, those at rest too."""
    statement = (
        select(Membership)
        .where(Membership.organization_id == actor.organization_id, Membership.state.in_(HELD))
        .options(NAMED)
    )
    order: Order = [(Membership.since, datetime.fromisoformat), (Membership.id, UUID)]
    page = await fetch_page(session, statement, order, lambda one: one, after=after, limit=limit, descending=False)
    names = await names_of(session, (member.granted_by for member in page.items))
    return Page(items=[member_view(member, actor, names) for member in page.items], next=page.next)


def member_view(member: Membership, actor: Actor, names: Mapping[UUID, str] | None = None) -> MemberView:
    """Show a member whose person is loaded. `names` are those of granters whom the reader may know."""
    return MemberView(
        id=member.id,
        user_id=member.person.user_id,
        name=member.person.name,
        role=member.role,
        role_name=role_table().roles[member.role].name,
        state=member.state,
        since=member.since,
        granted_by=(names or {}).get(member.granted_by, HELP_DESK) if member.granted_by else PLATFORM,
        last_used_at=member.last_used_at,
        reason=member.reason,
        version=member.version,
        allowed_actions=allowed_actions(member, actor),
    )


def allowed_actions(member: Membership, actor: Actor) -> list[str]:
    """Return what this actor may try on this member now: one's own role may be left, the rest is the help desk's."""
    verbs = LIFECYCLE.allowed(member.state, actor.permissions)
    if member.role != BAO:
        verbs = [verb for verb in verbs if verb != "assume AO role"]
    if member.person_id == actor.person_id and "remove" not in verbs and LIFECYCLE.can(member.state, "remove"):
        verbs.append("remove")
    return verbs
