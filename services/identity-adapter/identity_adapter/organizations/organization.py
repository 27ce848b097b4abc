from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.aggregate import Aggregate
from chassis.ids import new_id
from events.identity import OrganizationNamed, OrganizationRegistered
from identity_adapter.base import Base


class Organization(Aggregate, Base):
    """A supplier, registered with one PTAN."""

    __tablename__ = "organization"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    legal_business_name: Mapped[str]
    ptan: Mapped[str] = mapped_column(unique=True)
    registered_at: Mapped[datetime]

    def __init__(self, legal_business_name: str, ptan: str, at: datetime) -> None:
        self.id = new_id()
        self.legal_business_name, self.ptan, self.registered_at = legal_business_name, ptan, at
        self.audit("organization.register", after={"legal_business_name": legal_business_name, "ptan": ptan})
        self.say(OrganizationRegistered(organization_id=self.id, legal_business_name=legal_business_name, ptan=ptan))
        self._say_name()

    def rename(self, legal_business_name: str) -> None:
        """Take another legal business name; the same one changes nothing."""
        if legal_business_name == self.legal_business_name:
            return
        before, self.legal_business_name = self.legal_business_name, legal_business_name
        self.audit(
            "organization.rename",
            before={"legal_business_name": before},
            after={"legal_business_name": legal_business_name},
        )
        self._say_name()

    def _say_name(self) -> None:
        self.say(OrganizationNamed(organization_id=self.id, legal_business_name=self.legal_business_name))
