"""Who asks: every role of the role table, as a member of the organization, of another one, suspended, signed out."""

from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.trust import revoke_person, revoke_session
from identity_adapter.roles.table import role_table
from tests.access.tokens import OTHER, STRANGER, token

SUSPENDED_PERSON, REVOKED_SESSION = uuid4(), uuid4()
LASTS = 3600
"""Seconds: the whole table is walked with the same tokens."""


class Standing(Enum):
    """How somebody stands to the organization whose rows are asked for."""

    OWN = "own organization"
    ANOTHER = "another organization"
    SUSPENDED = "suspended member"
    REVOKED = "revoked session"


@dataclass(frozen=True)
class Asker:
    """A column of the table: a role, for staff with or without a ticket in hand, or somebody without a role yet."""

    role: str
    side: str
    with_ticket: bool = False

    @property
    def name(self) -> str:
        """How a failure names it."""
        return (self.role or "nobody yet") + (" with a ticket" if self.with_ticket else "")

    @property
    def permissions(self) -> frozenset[str]:
        """What the role table says."""
        return role_table().permissions_of(self.role, with_ticket=self.with_ticket) if self.role else frozenset()

    @property
    def standings(self) -> tuple[Standing, ...]:
        """All four for a member; whoever acts for no organization is a member of none."""
        return tuple(Standing) if self.side == "supplier" else (Standing.OWN, Standing.REVOKED)

    def token(self, standing: Standing, *, organization_id: UUID, session_id: UUID, ticket_id: UUID) -> str:
        """A token of this asker, standing so to that organization."""
        expires = int(machine_time.now().timestamp()) + LASTS
        claims: dict[str, Any] = {"role": self.role, "exp": expires, "sid": str(session_id)}
        claims |= {"kind": "staff" if self.side == "staff" else "person"}
        if self.with_ticket:
            claims["tkt"] = str(ticket_id)
        match standing:
            case Standing.ANOTHER:
                claims |= {"pid": str(STRANGER), "sid": str(uuid4())}
            case Standing.SUSPENDED:
                claims["pid"] = str(SUSPENDED_PERSON)
            case Standing.REVOKED:
                claims["sid"] = str(REVOKED_SESSION)
        acts_for = OTHER if standing is Standing.ANOTHER else organization_id
        return token(
            permissions=sorted(self.permissions),
            organization_id=acts_for if self.side == "supplier" else None,
            **claims,
        )


ASKERS = (
    *(Asker(code, role.side) for code, role in role_table().roles.items()),
    Asker("CUSTOMER_SERVICE", "staff", with_ticket=True),
    Asker("", "nobody"),
)


async def revoke(database: Database, organization_id: UUID) -> None:
    """Let the service know, as the events of identity-adapter do, who is suspended and whose session has ended."""
    now = machine_time.now()
    async with database.writing(Fence.system(), Actor.system("access-tests")) as session:
        await revoke_person(session, SUSPENDED_PERSON, organization_id, now)
        await revoke_session(session, REVOKED_SESSION, now)
