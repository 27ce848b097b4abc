from uuid import UUID

from sqlalchemy import select

from chassis.database import Session
from chassis.errors import NotFound
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.steps import Rules
from contracts_svc.program.round import KnownRound


async def load(session: Session, case_id: UUID) -> BreachCase:
    """Return a case, locked for this transaction. Raises `NotFound`."""
    found: BreachCase | None = await session.scalar(
        select(BreachCase).where(BreachCase.id == case_id).with_for_update(of=BreachCase)
    )
    if found is None:
        raise NotFound
    return found


async def load_mine(session: Session, case_id: UUID) -> BreachCase:
    """Return a case of the actor's organization that it knows of, locked. Raises `NotFound`."""
    mine = select(BreachCase).where(
        BreachCase.id == case_id,
        BreachCase.organization_id == session.actor.organization_id,
        BreachCase.told_at.is_not(None),
    )
    found: BreachCase | None = await session.scalar(mine.with_for_update(of=BreachCase))
    if found is None:
        raise NotFound
    return found


async def rules_for(session: Session, case: BreachCase) -> Rules:
    """Return the rules a case lives by. Raises `NotFound` while its round is not known here."""
    known = await session.get(KnownRound, case.round_code)
    if known is None:
        raise NotFound
    return Rules(known.rules, known.closed_on)
