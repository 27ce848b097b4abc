from uuid import UUID

from sqlalchemy import func, select

from chassis import machine_time
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.trust import revoke_person
from identity_adapter.organizations.organization import Organization, Person
from identity_adapter.sessions.use_cases import end_sessions_of


async def register_organization(session: Session, legal_business_name: str, ptan: str) -> Organization:
    """Register an organization under its PTAN, or give the one that has it this name."""
    known = await session.scalar(select(Organization).where(Organization.ptan == ptan).with_for_update())
    if known is not None:
        known.rename(legal_business_name)
        return known
    new = Organization(legal_business_name, ptan, session.at)
    session.add(new)
    await session.flush()
    return new


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
    """Let somebody act for an organization (None: inside the program) in a role."""
    person = await person_of(session, user_id)
    if person is None:
        person = Person(user_id, given_name, family_name, email)
        session.add(person)
    person.give_role(organization, role, machine_time.now())
    await session.flush()
    return person


async def remove_member(session: Session, person_id: UUID, organization_id: UUID | None) -> None:
    """Take somebody out of an organization: sessions for it end, and every service refuses their tokens.

    Raises NotFound when the person has no role there.
    """
    person = await session.get(Person, person_id, with_for_update=True)
    membership = person.membership_in(organization_id) if person else None
    if person is None or membership is None:
        raise NotFound
    at = machine_time.now()
    person.leave(membership, at)
    await end_sessions_of(session, person_id, organization_id, at)
    if organization_id:
        await revoke_person(session, person_id, organization_id, at)


async def person_of(session: Session | ReadSession, user_id: str) -> Person | None:
    """Return whom a user id names; its case does not matter."""
    found: Person | None = await session.scalar(select(Person).where(Person.user_id == func.upper(user_id)))
    return found
