"""Who asked for a role is let in or not.

An official of the organization decides, the person thinks better of it, or time passes.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_

from chassis import machine_time
from chassis.database import Session
from chassis.errors import NotFound
from chassis.sweeps import due, each
from chassis.versions import require_version
from identity_adapter.members import rules
from identity_adapter.members.lifecycle import ACTIVE, PENDING
from identity_adapter.members.membership import Membership
from identity_adapter.members.officials import as_official
from identity_adapter.members.use_cases import memberships

ASKED_FOR = Membership.due_at.is_not(None)
"""Whatever somebody asked for waits until a time; roles that were given without being asked for do not."""


async def approve(session: Session, request_id: UUID, base: int | None) -> Membership:
    """Grant a role somebody asked for.

    Raises NotFound, NotAllowed, Conflict, NotAllowedNow, `NotYourOwnRequest`, `RequestOverdue`, and for a backup
    `OfficialNotKnownYet` and `NotAnOfficial`.
    """
    request, approver = await _case(session, request_id, base)
    request.approve(approver, session.at, machine_time.now())
    if request.is_official:
        await _require_official(session, request)
    return request


async def reject(session: Session, request_id: UUID, reason: str, base: int | None) -> Membership:
    """Turn down a request; the reason is for the person who asked. Raises as `approve`."""
    request, approver = await _case(session, request_id, base)
    request.reject(approver, reason, session.at)
    return request


async def withdraw(session: Session, request_id: UUID) -> Membership:
    """Take back one's own request. Raises NotFound for anybody else's, NotAllowedNow when it is decided."""
    own = await memberships(
        session, Membership.id == request_id, Membership.person_id == session.actor.person_id, ASKED_FOR
    )
    if not own:
        raise NotFound
    own[0].withdraw(session.at)
    return own[0]


async def expire_overdue(session: Session, as_of: datetime, limit: int) -> int:
    """Let requests expire that nobody decided in time; a sweep."""
    overdue = await due(session, Membership, Membership.due_at, as_of, limit, Membership.state == PENDING)
    return await each(session, overdue, lambda request: request.expire())


async def _require_official(session: Session, request: Membership) -> None:
    """A backup is approved only as long as the enrolment record names the person as an authorized official."""
    match await as_official(session, request):
        case "unknown":
            raise rules.OfficialNotKnownYet
        case "no-match":
            raise rules.NotAnOfficial


async def _case(session: Session, request_id: UUID, base: int | None) -> tuple[Membership, Membership | None]:
    """Return the request, and the role in which whoever decides acts; None when that role is not active any more.

    The token is minutes old: what it allowed is asked again here, of rows that nobody can change before we commit. One
    query locks both in one order, so that two who decide at once wait for each other and never for ever.
    """
    actor = session.actor
    if actor.organization_id is None:
        raise NotFound
    found = await memberships(
        session,
        Membership.organization_id == actor.organization_id,
        or_(
            and_(Membership.id == request_id, ASKED_FOR),
            and_(Membership.person_id == actor.person_id, Membership.state == ACTIVE),
        ),
    )
    request = next((one for one in found if one.id == request_id), None)
    if request is None:
        raise NotFound
    require_version(base, request.version)
    return request, next((one for one in found if one.person_id == actor.person_id and one.is_active), None)
