from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import ReadSession
from contracts_svc.locations.lifecycle import OPEN, VIEW
from contracts_svc.locations.location_change import LocationChange
from contracts_svc.transfers.pending import with_open_transfers


async def with_open_changes(session: ReadSession, actor: Actor, contract_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these contracts under which a change is open that the actor may know of.

    An end user may not: to an end user a contract with a location request, or that is being transferred, looks like one
    without (roles.md 1.3).
    """
    open_transfers = await with_open_transfers(session, actor, contract_ids)
    if not actor.may(VIEW):
        return open_transfers
    found = await session.scalars(
        select(LocationChange.contract_id)
        .where(LocationChange.contract_id.in_(contract_ids), LocationChange.state.in_(OPEN))
        .distinct()
    )
    return open_transfers | set(found)
