"""Machines: downstream systems that read our API by client credentials (RFC 6749, section 4.4).

Secrets are changed without a pause: the next one is good at once, the ones before for as long as the overlap says.
All times are machine time. A machine without a good secret is shut out when its last token has died, in five minutes.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.aggregate import Aggregate
from chassis.errors import Conflict, Invalid, NotFound
from chassis.ids import new_id
from identity_adapter.base import Base
from identity_adapter.roles.table import role_table


class NoSuchScope(Invalid):
    """A machine may only be granted scopes that the role table lists."""


class ClientIdTaken(Conflict):
    """Another machine has this client id. Choose another one, or give that machine its next secret."""


class MachineSecret(Base):
    """One secret of a machine. Two may be good at once, so that a change needs no pause."""

    __tablename__ = "machine_secret"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    machine_id: Mapped[UUID] = mapped_column(ForeignKey("machine.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(comment="scrypt: salt$hash")
    made_at: Mapped[datetime] = mapped_column(comment="machine time")
    ends_at: Mapped[datetime | None] = mapped_column(comment="machine time; null: good until replaced")

    def __init__(self, secret_hash: str, at: datetime) -> None:
        self.id, self.secret_hash, self.made_at, self.ends_at = new_id(), secret_hash, at, None

    def is_good(self, at: datetime) -> bool:
        """Whether a token is given for it at `at`."""
        return self.ends_at is None or self.ends_at > at


class Machine(Aggregate, Base):
    """A system with scopes of its own. It holds no role and acts for no organization."""

    __tablename__ = "machine"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    scopes: Mapped[list[str]]

    secrets: Mapped[list[MachineSecret]] = relationship(
        lazy="selectin", order_by=MachineSecret.id, cascade="all, delete-orphan"
    )

    def __init__(self, client_id: str, name: str, scopes: list[str], secret_hash: str, at: datetime) -> None:
        if set(scopes) - role_table().scopes.keys():
            raise NoSuchScope(field="scopes")
        self.id, self.client_id, self.name, self.scopes = new_id(), client_id, name, sorted(set(scopes))
        self.secrets = [MachineSecret(secret_hash, at)]
        self.audit("machine.register", after={"client_id": client_id, "scopes": self.scopes})

    def good_secrets(self, at: datetime) -> list[MachineSecret]:
        """Return the secrets a token is given for at `at`, the oldest first."""
        return [each for each in self.secrets if each.is_good(at)]

    def hashes(self, at: datetime) -> list[str]:
        """Return the hashes of the secrets that are good at `at`."""
        return [each.secret_hash for each in self.good_secrets(at)]

    def take_next_secret(self, secret_hash: str, at: datetime, overlap: timedelta) -> MachineSecret:
        """Take another secret; those before it end after the overlap, or when they would have ended anyway."""
        earlier = self.good_secrets(at)
        for each in earlier:
            each.ends_at = min(each.ends_at or at + overlap, at + overlap)
        made = MachineSecret(secret_hash, at)
        self.secrets = [*earlier, made]
        told = {"secret": str(made.id), "earlier_end_at": (at + overlap).isoformat()}
        self.audit("machine.take-next-secret", after=told)
        return made

    def end_secret(self, secret_id: UUID, at: datetime) -> None:
        """Let a secret be good no more. Raises NotFound when it is none of this machine's good ones."""
        ending = next((each for each in self.good_secrets(at) if each.id == secret_id), None)
        if ending is None:
            raise NotFound
        ending.ends_at = at
        self.audit("machine.end-secret", after={"secret": str(secret_id)})
