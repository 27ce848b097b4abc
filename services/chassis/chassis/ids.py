from dataclasses import dataclass
from uuid import UUID

import uuid_utils.compat


@dataclass(frozen=True)
class Entity:
    """One thing, as the audit trail names it: `Entity("notice", notice.id)` is what actions `notice.…` are about."""

    name: str
    id: UUID | str


def new_id() -> UUID:
    """A fresh UUIDv7: unguessable in its random part, sorted by time in its first part."""
    return uuid_utils.compat.uuid7()
