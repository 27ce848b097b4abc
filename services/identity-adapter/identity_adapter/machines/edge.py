"""Machines, for those who manage them. A secret is shown in the answer that makes it, and never again.

That answer is not kept for an `Idempotency-Key`: the secret would stand in the database. Sent again, a registration is
a conflict, and a change of secrets makes one more, while the earlier ones stay good for the overlap.
"""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.door import SliceRouter
from chassis.paging import DEFAULT_LIMIT, After, Limit, Page
from identity_adapter.doors import PersonalReading, PersonalSession, SecretSession
from identity_adapter.machines import use_cases, views

router = SliceRouter(prefix="/api/identity/machines", tags=["machines"])
MAY_MANAGE = "staff.machine.manage"
LONGEST_OVERLAP_DAYS = 90

ClientId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}[a-z0-9]$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class NewMachine(BaseModel):
    """A downstream system, and what it may read."""

    client_id: ClientId
    name: Name
    scopes: list[str] = Field(min_length=1, max_length=20)


class NextSecret(BaseModel):
    """How long the secrets before are good yet; 0 ends them at once."""

    overlap_days: int = Field(use_cases.OVERLAP_DAYS, ge=0, le=LONGEST_OVERLAP_DAYS)


class ShownSecret(BaseModel):
    """A secret, shown this once. Hand it to the machine's operators by a way that nobody else reads."""

    id: UUID
    secret: str
    made_at: datetime
    machine: views.MachineView


@router.get("", permission=MAY_MANAGE)
async def list_machines(
    session: PersonalReading, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[views.MachineView]:
    """List the machines, what they may read, and since when their secrets are good."""
    return await views.list_machines(session, after, limit)


@router.post("", permission=MAY_MANAGE, status_code=201)
async def register_machine(body: NewMachine, response: Response, session: SecretSession) -> ShownSecret:
    """Register a machine; the answer shows its first secret."""
    return _show(response, await use_cases.register_machine(session, body.client_id, body.name, body.scopes))


@router.post("/{machine_id}/secrets", permission=MAY_MANAGE, status_code=201)
async def give_next_secret(
    machine_id: UUID, body: NextSecret, response: Response, session: SecretSession
) -> ShownSecret:
    """Make a machine's next secret, which the answer shows; the ones before are good for the overlap yet."""
    overlap = timedelta(days=body.overlap_days)
    return _show(response, await use_cases.give_next_secret(session, machine_id, overlap))


@router.delete("/{machine_id}/secrets/{secret_id}", permission=MAY_MANAGE, status_code=204)
async def end_secret(machine_id: UUID, secret_id: UUID, session: PersonalSession) -> None:
    """Let a secret be good no more, at once: when it has leaked, or to shut a machine out."""
    await use_cases.end_secret(session, machine_id, secret_id)


def _show(response: Response, shown: use_cases.Shown) -> ShownSecret:
    response.headers["Cache-Control"] = "no-store"
    return ShownSecret(
        id=shown.kept.id, secret=shown.secret, made_at=shown.kept.made_at, machine=views.view(shown.machine)
    )
