from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from chassis.door import SIGNED_IN, CurrentActor, ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page
from chassis.versions import DecidedFrom
from identity_adapter.doors import PersonalSession
from identity_adapter.members import standing, views

router = SliceRouter(prefix="/api/identity/members", tags=["members"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Reason(BaseModel):
    """Why it is done."""

    reason: Words


class Removal(BaseModel):
    """Why a role is ended, where there is something to say."""

    reason: Words | None = None


class NewRole(BaseModel):
    """The role to have from now on."""

    role: str


@router.get("", permission="member.view")
async def list_members(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.MemberView]:
    """List who acts for your organization: as what, since when, by whose grant; whoever is longest there first."""
    return await views.list_members(session, actor, after, limit)


@router.post("/{member_id}/removal", permission=SIGNED_IN)
async def remove(
    member_id: UUID, actor: CurrentActor, session: PersonalSession, body: Removal | None = None
) -> views.MemberView:
    """End a role: your own, or, for the help desk with a ticket in hand, anybody's."""
    ended = await standing.remove(session, member_id, body.reason if body else None)
    return views.member_view(ended, actor)


@router.post("/{member_id}/lock", permission="staff.member.lock")
async def lock(
    member_id: UUID, body: Reason, actor: CurrentActor, session: PersonalSession, base: DecidedFrom
) -> views.MemberView:
    """Let a role rest; needs a ticket in hand about this person or organization."""
    return views.member_view(await standing.lock(session, member_id, body.reason, base), actor)


@router.post("/{member_id}/unlock", permission="staff.member.unlock")
async def unlock(member_id: UUID, actor: CurrentActor, session: PersonalSession, base: DecidedFrom) -> views.MemberView:
    """Let a locked role be used again; needs a ticket in hand about this person or organization."""
    return views.member_view(await standing.unlock(session, member_id, base), actor)


@router.post("/{member_id}/role", permission="staff.member.change_role")
async def change_role(
    member_id: UUID, body: NewRole, actor: CurrentActor, session: PersonalSession, base: DecidedFrom
) -> views.MemberView:
    """Give a member another role; needs a ticket in hand about this person or organization."""
    return views.member_view(await standing.change_role(session, member_id, body.role, base), actor)


@router.post("/{member_id}/ao-role", permission="staff.member.change_role")
async def assume_ao_role(
    member_id: UUID, actor: CurrentActor, session: PersonalSession, base: DecidedFrom
) -> views.MemberView:
    """Let a backup become the authorized official, after the old one's role has ended; needs a ticket in hand."""
    return views.member_view(await standing.assume_ao_role(session, member_id, base), actor)
