"""Organizations and the people who act for them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.aggregate import Aggregate
from chassis.errors import Invalid
from chassis.ids import new_id
from events.identity import ContactChanged, OrganizationNamed, OrganizationRegistered, PersonRemoved
from identity_adapter.base import Base
from identity_adapter.roles.table import Role, role_table


class NoSuchRole(Invalid):
    """The role table has no such role, or it stands on the other side of the program."""


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


class Membership(Base):
    """One person's role in one organization, or, with no organization, inside the program."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("person_id", "organization_id", postgresql_nulls_not_distinct=True),
        Index("membership_organization_idx", "organization_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    role: Mapped[str]
    since: Mapped[datetime]

    organization: Mapped[Organization | None] = relationship(lazy="joined")

    def __init__(self, organization: Organization | None, role: str, at: datetime) -> None:
        self.id = new_id()
        self.organization, self.organization_id = organization, organization.id if organization else None
        self.role, self.since = role, at

    @property
    def permissions(self) -> frozenset[str]:
        """What the role may do."""
        return role_table().permissions_of(self.role)

    @property
    def kind(self) -> Literal["person", "staff"]:
        """Whom a token of this membership speaks for: "person" of an organization, or "staff"."""
        return "staff" if _role(self.role).side == "staff" else "person"


class Person(Aggregate, Base):
    """Somebody with an account at the identity provider, known here by user id, and what they may act as."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(unique=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    email: Mapped[str]

    memberships: Mapped[list[Membership]] = relationship(
        lazy="selectin", order_by=(Membership.since, Membership.id), cascade="all, delete-orphan"
    )

    def __init__(self, user_id: str, given_name: str, family_name: str, email: str) -> None:
        self.id, self.user_id = new_id(), user_id.upper()
        self.given_name, self.family_name, self.email, self.memberships = given_name, family_name, email, []
        self.audit("person.add", after={"user_id": self.user_id})

    @property
    def name(self) -> str:
        """The name to show."""
        return f"{self.given_name} {self.family_name}"

    def membership_in(self, organization_id: UUID | None) -> Membership | None:
        """Return the person's role there, None where the person has none. No organization: inside the program."""
        return next((each for each in self.memberships if each.organization_id == organization_id), None)

    def give_role(self, organization: Organization | None, role: str, at: datetime) -> Membership:
        """Let the person act for an organization in a role; for another role there, change it.

        Raises `NoSuchRole` for a role the table does not have, or one of the other side.
        """
        if _role(role).side != ("supplier" if organization else "staff"):
            raise NoSuchRole(field="role")
        membership = self.membership_in(organization.id if organization else None)
        if membership is None:
            membership = Membership(organization, role, at)
            self.memberships.append(membership)
            self._audit_role("give-role", membership, None)
            if organization:
                self._say_contact(organization.id, self.email, at)
        elif membership.role != role:
            before, membership.role = membership.role, role
            self._audit_role("change-role", membership, before)
        return membership

    def leave(self, membership: Membership, at: datetime) -> None:
        """Take the person out of an organization (or the program): from now on nothing is done in its name.

        `at` is machine time, by which tokens are judged.
        """
        self.memberships.remove(membership)
        self.audit("person.remove", before={"organization": membership.organization_id, "role": membership.role})
        if membership.organization_id:
            self.say(PersonRemoved(person_id=self.id, organization_id=membership.organization_id, removed_at=at))
            self._say_contact(membership.organization_id, None, at)

    def _audit_role(self, verb: str, membership: Membership, before: str | None) -> None:
        self.audit(
            f"person.{verb}",
            before={"role": before} if before else None,
            after={"organization": membership.organization_id, "role": membership.role},
        )

    def _say_contact(self, organization_id: UUID, email: str | None, at: datetime) -> None:
        self.say(ContactChanged(person_id=self.id, organization_id=organization_id, email=email, changed_at=at))


def _role(code: str) -> Role:
    role = role_table().roles.get(code)
    if role is None:
        raise NoSuchRole(field="role")
    return role
