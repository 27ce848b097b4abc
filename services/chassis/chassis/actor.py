from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.errors import NotAllowed


@dataclass(frozen=True)
class Actor:
    """Who acts, and as whom.

    A person acts for exactly one organization at a time (`organization_id`); CMS and CBIC staff
    act for none (`is_staff`). Customer service acts for somebody only with a help desk ticket in hand
    (`ticket_id`); every audit row then names it. A machine acts by client credentials. The system acts in workers.
    """

    kind: Literal["person", "staff", "machine", "system"]
    user_id: str
    name: str = ""
    person_id: UUID | None = None
    organization_id: UUID | None = None
    role: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)
    session_id: UUID | None = None
    ticket_id: UUID | None = None
    token_id: str = ""
    signed_in_at: datetime | None = None

    @property
    def is_staff(self) -> bool:
        """Whether this is somebody of CMS or the CBIC, who sees across organizations."""
        return self.kind == "staff"

    def may(self, permission: str) -> bool:
        """Whether the actor holds this permission."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise `NotAllowed` unless the actor holds this permission."""
        if not self.may(permission):
            raise NotAllowed

    @staticmethod
    def system(name: str, organization_id: UUID | None = None) -> "Actor":
        """The platform itself, in a worker: consumers, sweeps and the relay name themselves."""
        return Actor(kind="system", user_id=name, organization_id=organization_id)
