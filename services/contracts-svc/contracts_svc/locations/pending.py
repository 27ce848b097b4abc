from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import ReadSession
from contracts_svc.locations.lifecycle import OPEN, VIEW
from contracts_svc.locations.location_change import LocationChange


async def with_open_changes(session: ReadSession, actor: Actor, contract_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these contracts under which a change is open that the actor may know of.

    An end user may not: to an end user a contract with a location request looks like one without (roles.md 1.3).
    """
    if not actor.may(VIEW):
        return set()
    found = await session.scalars(
        select(LocationChange.contract_id)
        .where(LocationChange.contract_id.in_(contract_ids), LocationChange.state.in_(OPEN))
        .distinct()
    )
    return set(found)
