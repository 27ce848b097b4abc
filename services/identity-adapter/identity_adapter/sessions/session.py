"""A signed-in person's session: what the browser's opaque cookie stands for.

The cookie holds a random secret; here stands its hash. A session lives 12 hours at most and ends after 30 minutes
without a renewal, unless the settings say otherwise. All its times are machine time.
"""

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.aggregate import Aggregate
from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.lifecycle import Lifecycle, Move
from chassis.tokens import SessionEnded
from events.identity import SessionRevoked
from identity_adapter.base import Base
from identity_adapter.members.membership import Membership
from identity_adapter.members.person import Person
from identity_adapter.roles.table import role_table
from identity_adapter.sessions.lengths import SessionLengths

SECRET_BYTES = 32


class SessionState(StrEnum):
    """Where a session stands."""

    OPEN = "OPEN"
    SIGNED_OUT = "SIGNED_OUT"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


LIFECYCLE = Lifecycle(
    "session",
    start=SessionState.OPEN,
    ends={SessionState.SIGNED_OUT, SessionState.EXPIRED, SessionState.REVOKED},
    moves=[
        Move(SessionState.OPEN, "renew", SessionState.OPEN, by="its owner", guard="neither idle nor too old"),
        Move(SessionState.OPEN, "act for", SessionState.OPEN, by="its owner", guard="a member there"),
        Move(SessionState.OPEN, "sign out", SessionState.SIGNED_OUT, by="its owner", effects="tokens refused"),
        Move(SessionState.OPEN, "revoke", SessionState.REVOKED, guard="signed in anew, ended by its owner, or removed"),
        Move(SessionState.OPEN, "expire", SessionState.EXPIRED, guard="idle, or too old"),
    ],
)


class SignedInSession(Aggregate, Base):
    """One sign-in of one person in one browser, acting for one organization at a time."""

    __tablename__ = "signed_in_session"
    __table_args__ = (
        Index("signed_in_session_person_idx", "person_id"),
        Index("signed_in_session_open_idx", "idle_at", postgresql_where="state = 'OPEN'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="claim sid")
    secret_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[UUID | None] = mapped_column(
        comment="whom the person acts for; null: inside the program, or nobody yet"
    )
    browser: Mapped[str] = mapped_column(comment="in words, for its owner")
    state: Mapped[SessionState]
    signed_in_at: Mapped[datetime] = mapped_column(comment="as the identity provider says")
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(comment="last renewal")
    idle_at: Mapped[datetime] = mapped_column(comment="when it ends unless it is renewed before")
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ticket_id: Mapped[UUID | None] = mapped_column(comment="the help desk ticket in hand; claim tkt")
    id_token: Mapped[str | None] = mapped_column(comment="hint for the provider's sign-out; forgotten at the end")

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    def __init__(
        self,
        person: Person,
        membership: Membership | None,
        secret: str,
        *,
        signed_in_at: datetime,
        id_token: str,
        browser: str,
        lengths: SessionLengths,
        at: datetime,
    ) -> None:
        self.id, self.secret_hash, self.state = new_id(), hash_of(secret), LIFECYCLE.start
        self.person, self.person_id = person, person.id
        self.organization_id = membership.organization_id if membership else None
        self.signed_in_at, self.id_token, self.browser = signed_in_at, id_token, browser
        self.opened_at, self.ends_at, self.ended_at = at, at + lengths.longest, None
        self.ticket_id = None
        self._seen(at, lengths)
        role = membership.role if membership else None
        self.audit("session.open", after={"organization": self.organization_id, "role": role})

    @property
    def membership(self) -> Membership | None:
        """The role the person acts in; None for somebody who has none yet, and may only ask for one.

        Raises `SessionEnded` when the person has lost the role in the organization this session acts for.
        """
        membership = self.person.membership_in(self.organization_id)
        if membership is None and self.organization_id is not None:
            raise SessionEnded
        return membership

    @property
    def permissions(self) -> frozenset[str]:
        """What the person may do in this session now. Raises `SessionEnded` as `membership`."""
        membership = self.membership
        if membership is None:
            return frozenset()
        return role_table().permissions_of(membership.role, with_ticket=self.ticket_id is not None)

    def is_over(self, at: datetime) -> bool:
        """Whether it has ended, was idle too long or is too old at `at`."""
        return self.state is not SessionState.OPEN or at >= self.idle_at

    def renew(self, lengths: SessionLengths, at: datetime) -> None:
        """Note that its owner is still there. Raises `SessionEnded`.

        Somebody who has been given a first role since the sign-in acts in it from now on.
        """
        self._require_open(at)
        self.state = LIFECYCLE.next(self.state, "renew")
        self._seen(at, lengths)
        first = self.person.longest_held
        if self.membership is None and first is not None:
            self._act_for(first.organization_id)
        if self.membership is not None:
            self.membership.use(at)

    def act_for(self, organization_id: UUID, at: datetime) -> None:
        """Act for another organization of the person's from now on.

        Raises `SessionEnded`, and NotFound for an organization the person is no member of.
        """
        self._require_open(at)
        if self.person.membership_in(organization_id) is None:
            raise NotFound
        self.state = LIFECYCLE.next(self.state, "act for")
        self._act_for(organization_id)

    def end(self, verb: str, at: datetime) -> None:
        """Sign out, revoke or expire; every service then refuses its tokens."""
        self.state = LIFECYCLE.next(self.state, verb)
        self.ended_at, self.id_token = at, None
        self.audit(f"session.{verb.replace(' ', '-')}")
        self.say(SessionRevoked(session_id=self.id, revoked_at=at))

    def _seen(self, at: datetime, lengths: SessionLengths) -> None:
        self.seen_at, self.idle_at = at, min(at + lengths.idle, self.ends_at)

    def _act_for(self, organization_id: UUID | None) -> None:
        before, self.organization_id = self.organization_id, organization_id
        self.audit("session.act-for", before={"organization": before}, after={"organization": organization_id})

    def _require_open(self, at: datetime) -> None:
        if self.is_over(at):
            raise SessionEnded


def new_secret() -> str:
    """A fresh random value for the browser's cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """The form a secret is kept in. It is random and long, so that a plain digest suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()
