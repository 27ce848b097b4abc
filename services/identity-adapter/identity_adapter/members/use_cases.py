from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from chassis import machine_time
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.trust import revoke_person
from identity_adapter.members.lifecycle import HELD
from identity_adapter.members.membership import Membership
from identity_adapter.members.person import Person
from identity_adapter.organizations.organization import Organization
from identity_adapter.sessions.use_cases import end_sessions_of


async def person_of(session: Session | ReadSession, user_id: str) -> Person | None:
    """Return whom a user id names; its case does not matter."""
    found: Person | None = await session.scalar(select(Person).where(Person.user_id == func.upper(user_id)))
    return found


async def add_member(
    session: Session,
    organization: Organization | None,
    *,
    user_id: str,
    given_name: str,
    family_name: str,
    email: str,
    role: str,
) -> Person:
    """Let somebody act for an organization (None: inside the program), as operators and the seed do.

    Whoever was let in before stays as people have left them since. Raises `NoSuchRole`.
    """
    person = await person_of(session, user_id)
    if person is None:
        person = Person(user_id, given_name, family_name, email)
        session.add(person)
    ptan = organization.ptan if organization else None
    before = select(Membership.id).where(Membership.person_id == person.id, Membership.ptan.is_not_distinct_from(ptan))
    if await session.scalar(before.limit(1)) is None:
        session.add(Membership.appoint(person, organization, role, session.at, machine_time.now()))
    await session.flush()
    return person


async def remove_member(session: Session, person_id: UUID, organization_id: UUID | None) -> None:
    """Take somebody out of an organization, as operators do. Raises NotFound when the person has no role there."""
    theirs = await memberships(
        session,
        Membership.person_id == person_id,
        Membership.organization_id.is_not_distinct_from(organization_id),
        Membership.state.in_(HELD),
    )
    if not theirs:
        raise NotFound
    machine_at = machine_time.now()
    for each in theirs:
        each.remove(None, machine_at)
        await end_access(session, each, machine_at)


async def memberships(session: Session, *conditions: ColumnElement[bool]) -> Sequence[Membership]:
    """Return the memberships that fulfil the conditions, with their people, locked until the transaction ends."""
    found = await session.scalars(
        select(Membership)
        .where(*conditions)
        .options(joinedload(Membership.person, innerjoin=True))
        .order_by(Membership.id)
        .with_for_update(of=Membership)
    )
    return found.all()


async def end_access(session: Session, membership: Membership, machine_at: datetime) -> None:
    """End the sessions in which a role that is not active any more was used, and refuse its tokens here at once.

    The other services refuse them when they hear what the membership said.
    """
    await end_sessions_of(session, membership.person_id, membership.organization_id, machine_at)
    if membership.organization_id:
        await revoke_person(session, membership.person_id, membership.organization_id, machine_at)
