"""What happens to a role after it was granted: its holder leaves, the help desk acts with a ticket, time passes."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from chassis import machine_time
from chassis.database import Session
from chassis.errors import NotAllowed, NotFound
from chassis.sweeps import each
from chassis.versions import require_version
from identity_adapter.members import rules
from identity_adapter.members.lifecycle import ACTIVE, HELD, OPEN
from identity_adapter.members.membership import AO, BAO, Membership
from identity_adapter.members.officials import as_official
from identity_adapter.members.policy import policy
from identity_adapter.members.use_cases import end_access, memberships
from identity_adapter.tickets.in_hand import require_ticket_about

REMOVE = "staff.member.remove"
UNUSED = "This role was not used for a long time. The help desk unlocks it."


async def remove(session: Session, membership_id: UUID, reason: str | None) -> Membership:
    """End a role: one's own, or anybody's by the help desk with a ticket (`domain/roles.md` 2).

    Raises NotFound, NotAllowed, NotAllowedNow, `AuthorizedOfficialStays`.
    """
    member, others = await _with_others(session, membership_id)
    if member.person_id != session.actor.person_id:
        await _require_help_desk(session, member)
    elif member.role == AO and any(other.state in HELD for other in others):
        raise rules.AuthorizedOfficialStays
    await _rest(session, member, lambda machine_at: member.remove(reason, machine_at))
    return member


async def lock(session: Session, membership_id: UUID, reason: str, base: int | None) -> Membership:
    """Let a role rest, as the help desk decides. Raises NotFound, NotAllowed, Conflict, NotAllowedNow."""
    member, _ = await _for_help_desk(session, membership_id, base)
    await _rest(session, member, lambda machine_at: member.lock(reason, machine_at))
    return member


async def unlock(session: Session, membership_id: UUID, base: int | None) -> Membership:
    """Let a locked role be used again. Raises as `lock`."""
    member, _ = await _for_help_desk(session, membership_id, base)
    member.come_back("unlock", machine_time.now())
    return member


async def change_role(session: Session, membership_id: UUID, role: str, base: int | None) -> Membership:
    """Give a member another role, as the help desk decides.

    Raises as `lock`, `NoSuchRole`, and `NotAnOfficial` where the role is for officials of the enrolment record.
    """
    member, _ = await _for_help_desk(session, membership_id, base)
    if role == BAO and await as_official(session, member) != "match":
        raise rules.NotAnOfficial
    before = member.permissions
    member.change_role(role, session.actor.person_id, session.at)
    machine_at = machine_time.now()
    member.person.say_contact(member, reachable=member.is_active, at=machine_at)
    if before - member.permissions:
        member.cut_off(machine_at)
        await end_access(session, member, machine_at)
    return member


async def assume_ao_role(session: Session, membership_id: UUID, base: int | None) -> Membership:
    """Let a backup become the authorized official, when nobody is any more (`domain/roles.md` 2).

    Raises as `lock`, `OnlyABackupTakesOver`, `StillAnAuthorizedOfficial`.
    """
    member, others = await _for_help_desk(session, membership_id, base)
    if any(other.role == AO and other.state in HELD for other in others):
        raise rules.StillAnAuthorizedOfficial
    member.assume_ao_role(session.actor.person_id, session.at)
    member.person.say_contact(member, reachable=member.is_active, at=machine_time.now())
    return member


async def lock_unused(session: Session, _as_of: datetime, limit: int) -> int:
    """Lock suppliers' roles that nobody used for long; a sweep, judged by machine time as sessions are."""
    machine_at = machine_time.now()
    unused = await session.scalars(
        select(Membership)
        .where(
            Membership.state == ACTIVE,
            Membership.ptan.is_not(None),
            Membership.last_used_at <= machine_at - policy().inactivity,
        )
        .options(joinedload(Membership.person, innerjoin=True))
        .order_by(Membership.last_used_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Membership)
    )
    return await each(session, unused.all(), lambda member: _rest(session, member, lambda at: member.lock(UNUSED, at)))


async def _rest(session: Session, member: Membership, leave: Callable[[datetime], None]) -> None:
    """Let a role rest or end, and with it whatever is done in it at this moment."""
    machine_at = machine_time.now()
    leave(machine_at)
    await end_access(session, member, machine_at)


async def _for_help_desk(
    session: Session, membership_id: UUID, base: int | None
) -> tuple[Membership, Sequence[Membership]]:
    member, others = await _with_others(session, membership_id)
    await require_ticket_about(session, session.actor, member.person_id, member.organization_id)
    require_version(base, member.version)
    return member, others


async def _with_others(session: Session, membership_id: UUID) -> tuple[Membership, Sequence[Membership]]:
    """Return a supplier's role and all others of the organization that are open, locked in one order.

    Raises NotFound for a role of another organization than the actor's; staff see all.
    """
    actor = session.actor
    organization_id = await session.scalar(
        select(Membership.organization_id).where(Membership.id == membership_id, Membership.state.in_(OPEN))
    )
    if organization_id is None or not (actor.is_staff or actor.organization_id == organization_id):
        raise NotFound
    found = await memberships(session, Membership.organization_id == organization_id, Membership.state.in_(OPEN))
    member = next((one for one in found if one.id == membership_id), None)
    if member is None:
        raise NotFound
    return member, [one for one in found if one is not member]


async def _require_help_desk(session: Session, member: Membership) -> None:
    if not session.actor.may(REMOVE):
        raise NotAllowed
    await require_ticket_about(session, session.actor, member.person_id, member.organization_id)
