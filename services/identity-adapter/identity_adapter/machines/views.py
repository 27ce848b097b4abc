from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis import machine_time
from chassis.database import ReadSession
from chassis.paging import Page, fetch_page
from identity_adapter.machines.machine import Machine


class SecretView(BaseModel):
    """A secret that is good now, without the secret: only whoever was shown it knows it."""

    id: UUID
    made_at: datetime
    ends_at: datetime | None


class MachineView(BaseModel):
    """A machine, what it may read, and its good secrets, the oldest first."""

    id: UUID
    client_id: str
    name: str
    scopes: list[str]
    secrets: list[SecretView]


def view(machine: Machine) -> MachineView:
    """Return a machine as those see it who manage machines."""
    return MachineView(
        id=machine.id,
        client_id=machine.client_id,
        name=machine.name,
        scopes=machine.scopes,
        secrets=[
            SecretView(id=each.id, made_at=each.made_at, ends_at=each.ends_at)
            for each in machine.good_secrets(machine_time.now())
        ],
    )


async def list_machines(session: ReadSession, after: str | None, limit: int) -> Page[MachineView]:
    """Return the machines in the order of their client ids."""
    order = [(Machine.client_id, str)]
    return await fetch_page(session, select(Machine), order, view, after=after, limit=limit, descending=False)
