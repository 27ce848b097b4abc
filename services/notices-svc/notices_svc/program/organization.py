from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from chassis.database import ReadSession, Session
from events.identity import OrganizationNamed
from notices_svc.base import Base


class KnownOrganization(Base):
    """The name of an organization, for staff who look at what goes to whom."""

    __tablename__ = "known_organization"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


async def know_organization(session: Session, named: OrganizationNamed) -> None:
    """Take over the latest name of an organization."""
    await session.merge(KnownOrganization(organization_id=named.organization_id, name=named.legal_business_name))


async def names_of(session: Session | ReadSession, organization_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of these organizations, as far as they were told; one query."""
    found = await session.execute(
        select(KnownOrganization.organization_id, KnownOrganization.name).where(
            KnownOrganization.organization_id.in_(set(organization_ids))
        )
    )
    return {row.organization_id: row.name for row in found}
