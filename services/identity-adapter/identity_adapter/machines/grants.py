"""What a machine gets for its credentials."""

import asyncio
from dataclasses import dataclass

from chassis import machine_time
from identity_adapter.machines.machine import Machine
from identity_adapter.machines.secrets import matches
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
