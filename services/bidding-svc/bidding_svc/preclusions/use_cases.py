from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.preclusions.preclusion import Preclusion
from chassis.database import ReadSession, Session
from events.breaches import SupplierPrecluded


async def know_preclusion(session: Session, told: SupplierPrecluded) -> None:
    """Keep that a supplier is precluded from a round; told again, nothing changes."""
    row = insert(Preclusion).values(
        id=told.preclusion_id,
        organization_id=told.organization_id,
        round_code=told.precluded_from,
        contract_number=told.contract_number,
        effective_on=told.effective_on,
    )
    await session.execute(row.on_conflict_do_nothing())


async def precluded_bidders(session: Session | ReadSession, bidders: Collection[UUID]) -> set[UUID]:
    """Return those of these bidders who are precluded from the round they bid in (contracts.md 7), in one query."""
    mine = (Preclusion.organization_id == Bidder.organization_id) & (Preclusion.round_code == Bidder.round_code)
    found = await session.scalars(select(Bidder.id).join(Preclusion, mine).where(Bidder.id.in_(bidders)).distinct())
    return set(found)
