"""Machines: downstream systems that read our API by client credentials (RFC 6749, section 4.4)."""

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.aggregate import Aggregate
from chassis.errors import Invalid
from chassis.ids import new_id
from identity_adapter.base import Base
from identity_adapter.roles.table import role_table

_COST = {"n": 2**14, "r": 8, "p": 1}
"""scrypt: 16 MiB and some 30 ms for each guess."""
_NEVER_MATCHES = "A" * 24 + "$" + "A" * 44


class NoSuchScope(Invalid):
    """A machine may only be granted scopes that the role table lists."""


class MachineSecret(Base):
    """One secret of a machine. Two may be good at once, so that a change needs no pause."""

    __tablename__ = "machine_secret"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    machine_id: Mapped[UUID] = mapped_column(ForeignKey("machine.id"), index=True)
    secret_hash: Mapped[str] = mapped_column(comment="scrypt: salt$hash")
    ends_at: Mapped[datetime | None] = mapped_column(comment="machine time; null: good until replaced")

    def __init__(self, secret: str, ends_at: datetime | None = None) -> None:
        self.id, self.secret_hash, self.ends_at = new_id(), hash_secret(secret), ends_at


class Machine(Aggregate, Base):
    """A system with scopes of its own. It holds no role and acts for no organization."""

    __tablename__ = "machine"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    scopes: Mapped[list[str]]

    secrets: Mapped[list[MachineSecret]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    def __init__(self, client_id: str, name: str, scopes: list[str], secret: str) -> None:
        if set(scopes) - role_table().scopes.keys():
            raise NoSuchScope(field="scopes")
        self.id, self.client_id, self.name, self.scopes = new_id(), client_id, name, sorted(scopes)
        self.secrets = [MachineSecret(secret)]
        self.audit("machine.register", after={"client_id": client_id, "scopes": self.scopes})

    def hashes(self, at: datetime) -> list[str]:
        """Return the hashes of the secrets that are good at `at` (machine time)."""
        return [each.secret_hash for each in self.secrets if each.ends_at is None or each.ends_at > at]


def hash_secret(secret: str) -> str:
    """Return the form a secret is kept in."""
    salt = secrets.token_bytes(16)
    return f"{b64encode(salt).decode()}${b64encode(_scrypt(secret, salt)).decode()}"


def matches(secret: str, hashes: list[str]) -> bool:
    """Whether a secret is one of these. It takes as long when there is none: nobody learns which machines exist."""
    answers = []
    for kept in hashes or [_NEVER_MATCHES]:
        salt, _, digest = kept.partition("$")
        answers.append(hmac.compare_digest(_scrypt(secret, b64decode(salt)), b64decode(digest)))
    return any(answers)


def _scrypt(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, dklen=32, **_COST)
