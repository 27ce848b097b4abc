"""A signed-in person's session: what the browser's opaque cookie stands for.

The cookie holds a random secret; here stands its hash. A session lives 12 hours at most and ends after 30 minutes
without a renewal. All its times are machine time.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
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
from identity_adapter.organizations.organization import Membership, Person

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
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
        Move(SessionState.OPEN, "renew", SessionState.OPEN, by="its owner", guard="30 minutes, 12 hours"),
        Move(SessionState.OPEN, "act for", SessionState.OPEN, by="its owner", guard="a member there"),
        Move(SessionState.OPEN, "sign out", SessionState.SIGNED_OUT, by="its owner", effects="tokens refused"),
        Move(SessionState.OPEN, "revoke", SessionState.REVOKED, guard="signed in anew, or removed"),
        Move(SessionState.OPEN, "expire", SessionState.EXPIRED, guard="idle 30 minutes, or 12 hours old"),
    ],
)


class SignedInSession(Aggregate, Base):
    """One sign-in of one person in one browser, acting for one organization at a time."""

    __tablename__ = "signed_in_session"
    __table_args__ = (
        Index("signed_in_session_person_idx", "person_id"),
        Index("signed_in_session_open_idx", "seen_at", postgresql_where="state = 'OPEN'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, comment="claim sid")
    secret_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[UUID | None] = mapped_column(comment="whom the person acts for; null: inside the program")
    state: Mapped[SessionState]
    signed_in_at: Mapped[datetime] = mapped_column(comment="as the identity provider says")
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(comment="last renewal")
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    id_token: Mapped[str | None] = mapped_column(comment="hint for the provider's sign-out; forgotten at the end")

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)

    def __init__(
        self,
        person: Person,
        membership: Membership,
        secret: str,
        *,
        signed_in_at: datetime,
        id_token: str,
        at: datetime,
    ) -> None:
        self.id, self.secret_hash, self.state = new_id(), hash_of(secret), LIFECYCLE.start
        self.person, self.person_id, self.organization_id = person, person.id, membership.organization_id
        self.signed_in_at, self.id_token = signed_in_at, id_token
        self.opened_at, self.seen_at, self.ends_at, self.ended_at = at, at, at + LONGEST, None
        self.audit("session.open", after={"organization": self.organization_id, "role": membership.role})

    @property
    def membership(self) -> Membership:
        """The role the person acts in. Raises `SessionEnded` when there is none any more."""
        membership = self.person.membership_in(self.organization_id)
        if membership is None:
            raise SessionEnded
        return membership

    @property
    def idle_at(self) -> datetime:
        """When it ends unless it is renewed before (machine time)."""
        return min(self.seen_at + IDLE, self.ends_at)

    def is_over(self, at: datetime) -> bool:
        """Whether it has ended, was idle too long or is too old at `at`."""
        return self.state is not SessionState.OPEN or at >= self.ends_at or at >= self.seen_at + IDLE

    def renew(self, at: datetime) -> None:
        """Note that its owner is still there. Raises `SessionEnded`."""
        self._require_open(at)
        self.state, self.seen_at = LIFECYCLE.next(self.state, "renew"), at

    def act_for(self, organization_id: UUID, at: datetime) -> None:
        """Act for another organization of the person's from now on.

        Raises `SessionEnded`, and NotFound for an organization the person is no member of.
        """
        self._require_open(at)
        if self.person.membership_in(organization_id) is None:
            raise NotFound
        before, self.organization_id = self.organization_id, organization_id
        self.state = LIFECYCLE.next(self.state, "act for")
        self.audit("session.act-for", before={"organization": before}, after={"organization": organization_id})

    def end(self, verb: str, at: datetime) -> None:
        """Sign out, revoke or expire; every service then refuses its tokens."""
        self.state = LIFECYCLE.next(self.state, verb)
        self.ended_at, self.id_token = at, None
        self.audit(f"session.{verb.replace(' ', '-')}")
        self.say(SessionRevoked(session_id=self.id, revoked_at=at))

    def _require_open(self, at: datetime) -> None:
        if self.is_over(at):
            raise SessionEnded


def new_secret() -> str:
    """A fresh random value for the browser's cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """The form a secret is kept in. It is random and long, so that a plain digest suffices."""
    return hashlib.sha256(secret.encode()).hexdigest()
