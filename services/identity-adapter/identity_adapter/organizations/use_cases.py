from sqlalchemy import select

from chassis.database import Session
from identity_adapter.enrolment.use_cases import assign_locations
from identity_adapter.organizations.organization import Organization


async def organization_of(session: Session, ptan: str) -> Organization | None:
    """Return the organization that registered with a PTAN; None when none did."""
    found: Organization | None = await session.scalar(select(Organization).where(Organization.ptan == ptan))
    return found


async def register_organization(session: Session, legal_business_name: str, ptan: str) -> Organization:
    """Register an organization under its PTAN, or give the one that has it this name."""
    known = await session.scalar(select(Organization).where(Organization.ptan == ptan).with_for_update())
    if known is not None:
        known.rename(legal_business_name)
        return known
    new = Organization(legal_business_name, ptan, session.at)
    session.add(new)
    await session.flush()
    await assign_locations(session, new)
    return new
