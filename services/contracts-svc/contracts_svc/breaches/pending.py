from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import ReadSession
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.lifecycle import ENDS
from contracts_svc.breaches.permissions import VIEW


async def with_notices(session: ReadSession, actor: Actor, contract_ids: Collection[UUID]) -> set[UUID]:
    """Return those of these contracts about which a notice of breach is open that the actor may know of.

    An end user may not: to an end user a contract with a breach case looks like one without (contracts.md 8).
    """
    if not actor.may(VIEW):
        return set()
    found = await session.scalars(
        select(BreachCase.contract_id)
        .where(
            BreachCase.contract_id.in_(contract_ids),
            BreachCase.told_at.is_not(None),
            BreachCase.state.not_in(ENDS),
        )
        .distinct()
    )
    return set(found)
