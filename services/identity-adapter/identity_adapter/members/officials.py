"""Authorized officials and the enrolment record: who is one, who waits to be found one, who is one no more.

The record is asked when somebody requests the role, when a report about the PTAN arrives, and every now and then,
because it may take 45 days to be brought up to date and because its periods begin and end (`domain/roles.md` 2).
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from chassis import machine_time
from chassis.calendar import eastern_day
from chassis.database import Session
from chassis.sweeps import each
from identity_adapter.enrolment.use_cases import (
    Match,
    assign_locations,
    enrolled,
    hold,
    official_still_listed,
    record_of,
)
from identity_adapter.members.lifecycle import ACTIVE, HELD, OPEN, PENDING, SUSPENDED
from identity_adapter.members.membership import AO, OFFICIALS, Membership
from identity_adapter.members.policy import policy
from identity_adapter.members.use_cases import end_access, memberships
from identity_adapter.organizations.organization import Organization
from identity_adapter.organizations.use_cases import register_organization
from identity_adapter.tickets.ticket import Topic
from identity_adapter.tickets.use_cases import open_ticket

NOT_LISTED = "The enrollment record does not name this person as an authorized official any more."
NOT_FOUND = "What you entered does not match the enrollment record."
ALREADY_THERE = "Another authorized official registered for this PTAN before."


async def as_enrolled_official(session: Session, ptan: str, digest: str) -> Match:
    """Return whether a PTAN is enrolled today and the record names somebody as an authorized official there."""
    status = await enrolled(session, ptan, eastern_day(session.at))
    if status == "inactive":
        return "no-match"
    match = await official_still_listed(session, ptan, digest)
    return match if status == "active" or match == "no-match" else "unknown"


async def as_official(session: Session, member: Membership) -> Match:
    """Return whether the record names the holder of a role as an authorized official; "unknown" without a digest."""
    if member.ptan is None or member.official_digest is None:
        return "unknown"
    return await official_still_listed(session, member.ptan, member.official_digest)


async def confirm_first_official(session: Session, request: Membership) -> Organization:
    """Grant the first official's request; the organization is registered with that, if it was not before."""
    assert request.ptan is not None  # noqa: S101  whoever requests a role names a PTAN
    organization = request.organization
    if organization is None:
        record = await record_of(session, request.ptan)
        assert record is not None  # noqa: S101  the match was found in it
        organization = await register_organization(session, record.legal_business_name, request.ptan)
        await assign_locations(session, organization)
    request.confirm(organization, session.at, machine_time.now())
    return organization


async def recheck_officials(session: Session, *ptans: str) -> None:
    """Ask the record again about everybody who is, or wants to be, an official of one of these PTANs.

    Whoever waited to be the first one is let in or told that the record does not bear it out; whoever is an official no
    more is suspended, with a ticket for the help desk; whoever is one again is let back in.
    """
    await hold(session, ptans)
    concerned = await memberships(session, Membership.ptan.in_(ptans), Membership.state.in_(OPEN), _CHECKABLE)
    for member in sorted(concerned, key=lambda one: one.requested_at):
        member.checked_at = session.at
        if member.state is PENDING and member.role == AO:
            await _decide_waiting(session, member)
        elif member.state in (ACTIVE, SUSPENDED):
            await _follow_the_record(session, member)


async def recheck_due(session: Session, as_of: datetime, limit: int) -> int:
    """Ask the record again about officials whose last answer has grown old; a sweep. Returns how many PTANs."""
    waiting = and_(Membership.state == PENDING, Membership.checked_at <= as_of - policy().waiting_check)
    held = and_(Membership.state.in_(HELD), Membership.checked_at <= as_of - policy().official_check)
    ptans = await session.scalars(
        select(Membership.ptan).where(_CHECKABLE, or_(waiting, held)).distinct().order_by(Membership.ptan).limit(limit)
    )
    return await each(session, [ptan for ptan in ptans if ptan], lambda ptan: recheck_officials(session, ptan))


_CHECKABLE: ColumnElement[bool] = and_(Membership.role.in_(OFFICIALS), Membership.official_digest.is_not(None))


async def _decide_waiting(session: Session, request: Membership) -> None:
    """Decide the request of somebody who waits for the record to know the PTAN."""
    assert request.ptan is not None  # noqa: S101  see `confirm_first_official`
    assert request.official_digest is not None  # noqa: S101  `_CHECKABLE`
    if await has_official(session, request.ptan):
        request.turn_down(ALREADY_THERE, session.at)
        return
    match await as_enrolled_official(session, request.ptan, request.official_digest):
        case "match":
            await confirm_first_official(session, request)
        case "no-match":
            request.turn_down(NOT_FOUND, session.at)


async def has_official(session: Session, ptan: str) -> bool:
    """Whether an organization has an official, able to act at the moment or not."""
    return (
        await session.scalar(
            select(Membership.id)
            .where(Membership.ptan == ptan, Membership.role.in_(OFFICIALS), Membership.state.in_(HELD))
            .limit(1)
        )
        is not None
    )


async def _follow_the_record(session: Session, member: Membership) -> None:
    """Suspend whoever is an official no more, and let back in whoever is one again. Not knowing changes nothing."""
    match = await as_official(session, member)
    machine_at = machine_time.now()
    if member.state is ACTIVE and match == "no-match":
        member.suspend(NOT_LISTED, machine_at)
        await end_access(session, member, machine_at)
        await open_ticket(
            session,
            Topic.OFFICIAL_NOT_LISTED,
            NOT_LISTED,
            person_id=member.person_id,
            organization_id=member.organization_id,
        )
    elif member.state is SUSPENDED and match == "match":
        member.come_back("reinstate", machine_at)
