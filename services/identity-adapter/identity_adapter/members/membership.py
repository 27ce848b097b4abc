"""A person's role in one organization, or, with none, inside the program (`domain/roles.md` 2).

Its times are program time. What cuts somebody off, and when a role was last used, is a matter of sessions and tokens:
machine time.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.errors import NotAllowed, NotFound
from chassis.ids import new_id
from events.identity import RoleChanged, RoleGranted, RoleRejected, RoleRequested
from identity_adapter.base import Base
from identity_adapter.members import rules
from identity_adapter.members.lifecycle import ACTIVE, LIFECYCLE, MembershipState
from identity_adapter.members.policy import policy
from identity_adapter.members.telling import Telling
from identity_adapter.roles.table import Role, role_table

if TYPE_CHECKING:
    from identity_adapter.members.person import Person
    from identity_adapter.organizations.organization import Organization

AO, BAO, EU = "AO", "BAO", "EU"
OFFICIALS = (AO, BAO)
"""Must be authorized officials of the enrolment record."""
DECIDED_WITH = {BAO: "member.approve_bao", EU: "member.approve_eu"}
"""The permission it takes to decide a request for a role; the first authorized official is confirmed by the record."""

_OUTCOMES = {"reject": "rejected", "withdraw": "withdrawn", "expire": "expired"}


class Membership(Telling, Base):
    """One person's role in one organization, from the request to its end.

    `ptan` is there for every role of a supplier; the organization not before its first official is confirmed.
    """

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "membership_open_key",
            "person_id",
            "ptan",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where="state in ('PENDING', 'ACTIVE', 'SUSPENDED', 'LOCKED')",
        ),
        Index("membership_organization_idx", "organization_id", "since", "id"),
        Index("membership_ptan_idx", "ptan"),
        Index("membership_due_idx", "due_at", postgresql_where="state = 'PENDING'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    ptan: Mapped[str | None] = mapped_column(comment="null: inside the program")
    role: Mapped[str]
    state: Mapped[MembershipState]
    requested_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(comment="undecided by then, the request expires")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(comment="the person who approved or rejected; null: the platform")
    since: Mapped[datetime | None] = mapped_column(comment="when the role was granted")
    granted_by: Mapped[UUID | None] = mapped_column(comment="the person who gave this role; null: the platform")
    last_used_at: Mapped[datetime | None] = mapped_column(comment="machine time, to the nearest minutes")
    reason: Mapped[str | None] = mapped_column(comment="of what happened last, where there is one")
    official_digest: Mapped[str | None] = mapped_column(comment="finds an AO or BAO among the record's officials")
    checked_at: Mapped[datetime | None] = mapped_column(comment="when the record was last asked about the official")
    version: Mapped[int] = mapped_column(comment="of what people decide about; for If-Match")

    person: Mapped["Person"] = relationship(lazy="raise")
    organization: Mapped["Organization | None"] = relationship(lazy="joined")

    def __init__(
        self,
        person: "Person",
        organization: "Organization | None",
        role: str,
        at: datetime,
        *,
        ptan: str | None = None,
        due_at: datetime | None = None,
        official_digest: str | None = None,
    ) -> None:
        """Take a role that is not granted yet: somebody requests it, or is about to be appointed.

        Raises `NoSuchRole` for a role the table does not have, or one of the other side of the program.
        """
        self.ptan = organization.ptan if organization else ptan
        if _role(role).side != ("supplier" if self.ptan else "staff"):
            raise rules.NoSuchRole(field="role")
        self.id, self.state, self.version = new_id(), LIFECYCLE.start, 1
        self.person, self.person_id = person, person.id
        self.organization, self.organization_id = organization, organization.id if organization else None
        self.role, self.requested_at, self.due_at, self.official_digest = role, at, due_at, official_digest
        self.decided_at = self.decided_by = self.since = self.granted_by = None
        self.last_used_at = self.reason = self.checked_at = None

    @classmethod
    def request(
        cls,
        person: "Person",
        organization: "Organization | None",
        role: str,
        at: datetime,
        *,
        ptan: str,
        due_at: datetime,
        official_digest: str | None = None,
    ) -> "Membership":
        """Ask for a role. It waits for a decision until `due_at`. Raises `NoSuchRole`."""
        asked = cls(person, organization, role, at, ptan=ptan, due_at=due_at, official_digest=official_digest)
        asked.audit("membership.request", after=asked._noted())
        asked._tell(RoleRequested, role=role, decided_with=DECIDED_WITH.get(role), requested_at=at, due_at=due_at)
        return asked

    @classmethod
    def appoint(
        cls, person: "Person", organization: "Organization | None", role: str, at: datetime, machine_at: datetime
    ) -> "Membership":
        """Give somebody a role without a request, as operators and the seed do. Raises `NoSuchRole`."""
        appointed = cls(person, organization, role, at)
        appointed._enter("confirm", None, at, machine_at)
        return appointed

    @property
    def is_active(self) -> bool:
        """Whether the person may act in this role now."""
        return self.state is ACTIVE

    @property
    def is_official(self) -> bool:
        """Whether the role is for those whom the enrolment record names as authorized officials."""
        return self.role in OFFICIALS

    @property
    def permissions(self) -> frozenset[str]:
        """What the role may do."""
        return role_table().permissions_of(self.role)

    @property
    def kind(self) -> Literal["person", "staff"]:
        """Whom a token of this membership speaks for: "person" of an organization, or "staff"."""
        return "staff" if _role(self.role).side == "staff" else "person"

    def can_decide(self, request: "Membership") -> bool:
        """Whether, by the role table, whoever holds this role decides such a request."""
        return DECIDED_WITH.get(request.role) in self.permissions

    def confirm(self, organization: "Organization", at: datetime, machine_at: datetime) -> None:
        """The enrolment record knows the organization's first official: the role is granted."""
        self.organization, self.organization_id = organization, organization.id
        self._enter("confirm", None, at, machine_at)

    def approve(self, approver: "Membership | None", at: datetime, machine_at: datetime) -> None:
        """Grant what was requested.

        Raises NotAllowed, `NotYourOwnRequest`, `RequestOverdue` and NotAllowedNow.
        """
        decider = self._decider(approver, at)
        self._enter("approve", decider, at, machine_at)

    def reject(self, approver: "Membership | None", reason: str, at: datetime) -> None:
        """Turn the request down; the reason is for the person who asked. Raises as `approve`."""
        decider = self._decider(approver, at)
        self._come_to_nothing("reject", reason, at)
        self.decided_by = decider

    def turn_down(self, reason: str, at: datetime) -> None:
        """Turn down what the enrolment record does not bear out."""
        self._come_to_nothing("reject", reason, at)

    def withdraw(self, at: datetime) -> None:
        """The person does not ask any more."""
        self._come_to_nothing("withdraw", None, at)

    def expire(self) -> None:
        """Nobody decided in time."""
        assert self.due_at  # noqa: S101  whatever waits for a decision has one
        self._come_to_nothing("expire", None, self.due_at)

    def use(self, machine_at: datetime) -> None:
        """Note that the person acts in this role, to the nearest minutes."""
        if self.last_used_at is None or machine_at - self.last_used_at >= policy().use_noted:
            self.last_used_at = machine_at

    def suspend(self, reason: str, machine_at: datetime) -> None:
        """Let the role rest: the enrolment record does not name the official any more."""
        self._leave("suspend", reason, machine_at)

    def lock(self, reason: str, machine_at: datetime) -> None:
        """Let the role rest: it was not used for long, or the help desk has a reason."""
        self._leave("lock", reason, machine_at)

    def come_back(self, verb: Literal["reinstate", "unlock"], machine_at: datetime) -> None:
        """Let a suspended or locked role be used again; time without use counts from now."""
        self._move(verb)
        self.last_used_at = machine_at
        self.person.say_contact(self, reachable=True, at=machine_at)

    def remove(self, reason: str | None, machine_at: datetime) -> None:
        """End the role for good. `AuthorizedOfficialStays` is the use case's to ask: it knows who else is there."""
        self._leave("remove", reason, machine_at)

    def change_role(self, role: str, granted_by: UUID | None, at: datetime) -> None:
        """Give another role, other than the authorized official's. Raises `NoSuchRole` and NotAllowedNow."""
        if _role(role).side != _role(self.role).side or role == AO:
            raise rules.NoSuchRole(field="role")
        self._change("change role", role, granted_by, at)

    def assume_ao_role(self, granted_by: UUID | None, at: datetime) -> None:
        """Let the backup become the authorized official. Raises `OnlyABackupTakesOver` and NotAllowedNow."""
        if self.role != BAO:
            raise rules.OnlyABackupTakesOver
        self._change("assume AO role", AO, granted_by, at)

    def _decider(self, approver: "Membership | None", at: datetime) -> UUID:
        """Return the person who may decide this request. The rule is judged by person, not by role."""
        if approver is None or not approver.is_active:
            raise NotAllowed
        if approver.organization_id != self.organization_id:
            raise NotFound
        if approver.person_id == self.person_id:
            raise rules.NotYourOwnRequest
        if not approver.can_decide(self):
            raise NotAllowed
        if LIFECYCLE.can(self.state, "approve") and self.due_at is not None and at >= self.due_at:
            raise rules.RequestOverdue
        return approver.person_id

    def _enter(self, verb: Literal["confirm", "approve"], by: UUID | None, at: datetime, machine_at: datetime) -> None:
        self._move(verb)
        self.decided_at, self.decided_by, self.since, self.granted_by = at, by, at, by
        self.last_used_at = machine_at
        self._tell(RoleGranted, role=self.role, granted_at=at)
        self.person.say_contact(self, reachable=True, at=machine_at)

    def _come_to_nothing(self, verb: Literal["reject", "withdraw", "expire"], reason: str | None, at: datetime) -> None:
        self._move(verb, reason)
        self.decided_at = at
        self._tell(RoleRejected, role=self.role, outcome=_OUTCOMES[verb], rejected_at=at)

    def _leave(self, verb: Literal["suspend", "lock", "remove"], reason: str | None, machine_at: datetime) -> None:
        was_active = self.is_active
        self._move(verb, reason)
        if was_active:
            self.cut_off(machine_at)
            self.person.say_contact(self, reachable=False, at=machine_at)

    def _change(self, verb: str, role: str, granted_by: UUID | None, at: datetime) -> None:
        before = self.role
        self._move(verb, role=role)
        self.granted_by = granted_by
        self._tell(RoleChanged, role_before=before, role=role, changed_at=at)

    def _move(self, verb: str, reason: str | None = None, role: str | None = None) -> None:
        after, before = LIFECYCLE.next(self.state, verb), self._noted()
        self.state, self.role, self.reason = after, role or self.role, reason
        self.version += 1
        self.audit(f"membership.{verb.lower().replace(' ', '-')}", before=before, after=self._noted(), reason=reason)


def _role(code: str) -> Role:
    role = role_table().roles.get(code)
    if role is None:
        raise rules.NoSuchRole(field="role")
    return role
