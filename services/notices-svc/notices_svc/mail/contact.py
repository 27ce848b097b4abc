from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.database import Session
from events.identity import ContactChangedV2
from notices_svc.base import Base


class Contact(Base):
    """Where somebody is reached about an organization, and what they may see there. Personal data: it leaves nowhere.

    Without an address nothing is sent any more.
    """

    __tablename__ = "contact"
    __table_args__ = (Index("contact_organization_idx", "organization_id"),)

    membership_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    email: Mapped[str | None]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    changed_at: Mapped[datetime]


async def know_contact(session: Session, told: ContactChangedV2) -> None:
    """Take over the latest address of a membership; an older one changes nothing."""
    known = await session.get(Contact, told.membership_id, with_for_update=True)
    if known is not None and known.changed_at > told.changed_at:
        return
    await session.merge(
        Contact(
            membership_id=told.membership_id,
            person_id=told.person_id,
            organization_id=told.organization_id,
            email=told.email,
            permissions=sorted(told.permissions),
            changed_at=told.changed_at,
        )
    )
