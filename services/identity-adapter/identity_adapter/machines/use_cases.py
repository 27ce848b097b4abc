import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, text

from chassis import machine_time
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from identity_adapter.machines.machine import ClientIdTaken, Machine, MachineSecret
from identity_adapter.machines.secrets import hash_secret, new_secret

OVERLAP_DAYS = 7
"""How long the secret before is good, unless somebody says otherwise."""
_ONE_REGISTERS = text("select pg_advisory_xact_lock(hashtext('connexion machines'))")


@dataclass(frozen=True)
class Shown:
    """A secret that was made just now: nobody can read it later."""

    machine: Machine
    kept: MachineSecret
    secret: str


async def register_machine(
    session: Session, client_id: str, name: str, scopes: list[str], secret: str | None = None
) -> Shown:
    """Register a machine with these scopes and its first secret (default: a fresh one).

    Raises `ClientIdTaken`, and `NoSuchScope` for what the role table does not list.
    """
    await session.execute(_ONE_REGISTERS)
    if await find_machine(session, client_id):
        raise ClientIdTaken(field="client_id")
    secret = secret or new_secret()
    machine = Machine(client_id, name, scopes, await _hashed(secret), machine_time.now())
    session.add(machine)
    await session.flush()
    return Shown(machine, machine.secrets[0], secret)


async def give_next_secret(session: Session, machine_id: UUID, overlap: timedelta) -> Shown:
    """Make a machine's next secret; those before it are good for the overlap yet. Raises NotFound."""
    secret = new_secret()
    secret_hash = await _hashed(secret)
    machine = await _to_change(session, machine_id)
    kept = machine.take_next_secret(secret_hash, machine_time.now(), overlap)
    return Shown(machine, kept, secret)


async def end_secret(session: Session, machine_id: UUID, secret_id: UUID) -> None:
    """Let a secret be good no more. Raises NotFound for a machine or a good secret that is not there."""
    (await _to_change(session, machine_id)).end_secret(secret_id, machine_time.now())


async def find_machine(session: Session | ReadSession, client_id: str) -> Machine | None:
    """Return the machine with this client id."""
    found: Machine | None = await session.scalar(select(Machine).where(Machine.client_id == client_id))
    return found


async def _to_change(session: Session, machine_id: UUID) -> Machine:
    found: Machine | None = await session.scalar(select(Machine).where(Machine.id == machine_id).with_for_update())
    if found is None:
        raise NotFound
    return found


async def _hashed(secret: str) -> str:
    """Hash beside the event loop: it takes long by intent."""
    return await asyncio.to_thread(hash_secret, secret)
