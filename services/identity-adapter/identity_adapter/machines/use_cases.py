import asyncio
from dataclasses import dataclass

from sqlalchemy import select

from chassis import machine_time
from chassis.database import ReadSession, Session
from identity_adapter.machines.client import Machine, matches
from identity_adapter.roles.table import role_table


class OAuthRefusal(Exception):
    """A token request is refused, in the words of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        """Take the error code, a sentence for the developer, and the HTTP status."""
        super().__init__(error)
        self.error, self.description, self.status = error, description, status


@dataclass(frozen=True)
class Granted:
    """What a machine was granted."""

    machine: Machine
    scopes: frozenset[str]
    permissions: frozenset[str]


async def register_machine(session: Session, client_id: str, name: str, scopes: list[str], secret: str) -> bool:
    """Register a machine; return False when its client id is known already."""
    if await session.scalar(select(Machine.id).where(Machine.client_id == client_id)):
        return False
    session.add(Machine(client_id, name, scopes, secret))
    return True


async def find_machine(session: ReadSession, client_id: str) -> Machine | None:
    """Return the machine with this client id."""
    found: Machine | None = await session.scalar(select(Machine).where(Machine.client_id == client_id))
    return found


async def grant(machine: Machine | None, secret: str, asked: str | None) -> Granted:
    """Return what a machine gets for its secret: the scopes asked for, or all it has.

    Raises `OAuthRefusal`: `invalid_client` or `invalid_scope`. The check runs beside the event loop.
    """
    hashes = machine.hashes(machine_time.now()) if machine else []
    good = await asyncio.to_thread(matches, secret, hashes)
    if machine is None or not good:
        raise OAuthRefusal("invalid_client", "The client id or the secret is not right.", 401)
    scopes = frozenset((asked or "").split()) or frozenset(machine.scopes)
    if scopes - set(machine.scopes):
        raise OAuthRefusal("invalid_scope", "A scope was asked for that this client does not have.")
    return Granted(machine, scopes, role_table().permissions_of_scopes(scopes))
