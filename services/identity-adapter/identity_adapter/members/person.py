from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.orm.attributes import set_committed_value

from chassis.aggregate import Aggregate
from chassis.ids import new_id
from events.identity import ContactChangedV2
from identity_adapter.base import Base
from identity_adapter.members.membership import Membership


class Person(Aggregate, Base):
    """Somebody with an account at the identity provider, known here by user id, and for whom they may act."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(unique=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    email: Mapped[str]

    memberships: Mapped[list[Membership]] = relationship(
        lazy="selectin",
        primaryjoin="and_(Membership.person_id == Person.id, Membership.state == 'ACTIVE')",
        order_by=(Membership.since, Membership.id),
        viewonly=True,
    )
    """The roles the person may act in, as they were when the person was read; longest held first."""

    def __init__(self, user_id: str, given_name: str, family_name: str, email: str) -> None:
        self.id, self.user_id = new_id(), user_id.upper()
        self.given_name, self.family_name, self.email = given_name, family_name, email
        set_committed_value(self, "memberships", [])
        self.audit("person.add", after={"user_id": self.user_id})

    @property
    def name(self) -> str:
        """The name to show."""
        return f"{self.given_name} {self.family_name}"

    @property
    def longest_held(self) -> Membership | None:
        """The role to begin with; None for somebody who may act in none."""
        return next((each for each in self.memberships if each.is_active), None)

    def membership_in(self, organization_id: UUID | None) -> Membership | None:
        """Return the role the person acts in there, None where there is none. No organization: inside the program."""
        return next(
            (each for each in self.memberships if each.organization_id == organization_id and each.is_active), None
        )

    def be_known_as(self, given_name: str, family_name: str, email: str, at: datetime) -> None:
        """Take over what the identity provider says: there, and only there, people change it."""
        told = {"given_name": given_name, "family_name": family_name, "email": email}
        changed = sorted(name for name, value in told.items() if getattr(self, name) != value)
        if not changed:
            return
        self.given_name, self.family_name, self.email = given_name, family_name, email
        self.audit("person.be-known-as", after={"changed": changed})
        for each in self.memberships if "email" in changed else ():
            self.say_contact(each, reachable=True, at=at)

    def say_contact(self, membership: Membership, *, reachable: bool, at: datetime) -> None:
        """Say where e-mail pointers about an organization reach the person, or that none are to be sent any more.

        Of roles inside the program nobody hears: they have no organization.
        """
        if membership.organization_id:
            self.say(
                ContactChangedV2(
                    membership_id=membership.id,
                    person_id=self.id,
                    organization_id=membership.organization_id,
                    email=self.email if reachable else None,
                    permissions=tuple(sorted(membership.permissions)) if reachable else (),
                    changed_at=at,
                )
            )
