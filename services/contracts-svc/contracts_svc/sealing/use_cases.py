"""Sealing: a step of the worker with a state of its own, so that a crash anywhere only repeats it.

Printed and sealed bytes are stored under their digest first and noted in the database last: what was stored and not
noted is nobody's copy. A copy is locked while it is made, so that no two workers seal the same version.
"""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import Session
from chassis.errors import NotFound
from chassis.sweeps import due, each
from contracts_svc.contracts.use_cases import begin_lines, load_without_lines
from contracts_svc.contracts.version import ContractVersion
from contracts_svc.sealing.document import print_contract
from contracts_svc.sealing.resources import opened_resources
from contracts_svc.sealing.sealed_copy import SEALED, TO_BE_SEALED, SealedCopy

PRINTERS = 2
"""How many versions are printed at once, while another is sealed and noted; printing is most of the work."""


async def seal_due(session: Session, as_of: datetime, limit: int) -> int:
    """Seal what was signed; a sweep. Without a key or a store everything waits."""
    resources = opened_resources()
    if resources.sealer is None or resources.store is None:
        return 0
    sealer, store = resources.sealer, resources.store
    found = await due(session, SealedCopy, SealedCopy.asked_at, as_of, limit, SealedCopy.state == TO_BE_SEALED)
    wanted = select(ContractVersion).where(ContractVersion.id.in_([copy.version_id for copy in found]))
    versions = {version.id: version for version in await session.scalars(wanted)}
    with ThreadPoolExecutor(PRINTERS) as printers:
        printing = {
            version.id: printers.submit(
                print_contract, version.content, signed_by=version.signed_by, signed_at=version.signed_at
            )
            for version in versions.values()
        }

        async def make(copy: SealedCopy) -> None:
            sealed = await sealer.seal(await asyncio.wrap_future(printing[copy.version_id]))
            sha256 = hashlib.sha256(sealed).hexdigest()
            await store.keep(sha256, sealed)
            version = versions[copy.version_id]
            await note_sealed(session, copy, version, sha256=sha256, size=len(sealed), level=sealer.level)

        try:
            return await each(session, found, make)
        finally:
            printers.shutdown(cancel_futures=True)


async def note_sealed(
    session: Session, copy: SealedCopy, version: ContractVersion, *, sha256: str, size: int, level: str
) -> None:
    """A version has its sealed copy; where it was waiting for that, it is in force now."""
    copy.seal(sha256=sha256, size=size, level=level, at=session.at)
    if version.in_force_at is None:
        contract = await load_without_lines(session, version.contract_id)
        begun = await begin_lines(session, contract.id, version.number, contract.first_day(version))
        contract.put_in_force(version, begun, session.at)


async def open_copy(session: Session, contract_id: UUID, number: int) -> SealedCopy:
    """Return the sealed copy of a version to read it, which is audited. Raises `NotFound` while there is none."""
    statement = select(SealedCopy).where(
        SealedCopy.contract_id == contract_id, SealedCopy.number == number, SealedCopy.state == SEALED
    )
    if not _of_everybody(session.actor):
        statement = statement.where(SealedCopy.organization_id == session.actor.organization_id)
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    session.audit("sealed-copy.read", found.id, after={"version": number})
    return found


def _of_everybody(actor: Actor) -> bool:
    return actor.is_staff
