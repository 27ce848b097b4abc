from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import ReadSession
from contracts_svc.transfers.lifecycle import OPEN, VIEW
from contracts_svc.transfers.transfer import Transfer


async def with_open_transfers(session: ReadSession, actor: Actor, contract_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these contracts of which a transfer is open that the actor may know of."""
    if not actor.may(VIEW):
        return set()
    found = await session.scalars(
        select(Transfer.contract_id).where(Transfer.contract_id.in_(contract_ids), Transfer.state.in_(OPEN))
    )
    return {contract_id for contract_id in found if contract_id is not None}
