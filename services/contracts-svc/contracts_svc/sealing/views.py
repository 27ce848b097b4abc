from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from chassis.database import ReadSession
from chassis.paging import Order, Page, fetch_page
from contracts_svc.contracts.contract import Contract
from contracts_svc.sealing.sealed_copy import TO_BE_SEALED, SealedCopy


class WaitingCopy(BaseModel):
    """A version that CMS signed or approved and whose sealed copy is not made yet, and since when it waits."""

    contract_id: UUID
    contract_number: str
    legal_business_name: str
    version: int
    asked_at: datetime


async def list_waiting(session: ReadSession, after: str | None, limit: int) -> Page[WaitingCopy]:
    """Return what waits to be sealed, the longest first."""
    order: Order = [(SealedCopy.asked_at, datetime.fromisoformat), (SealedCopy.id, UUID)]
    statement = select(SealedCopy).where(SealedCopy.state == TO_BE_SEALED)
    page: Page[SealedCopy] = await fetch_page(
        session, statement, order, lambda one: one, after=after, limit=limit, descending=False
    )
    named = select(Contract).options(lazyload(Contract.lines))
    found = await session.scalars(named.where(Contract.id.in_([copy.contract_id for copy in page.items])))
    contracts = {contract.id: contract for contract in found}
    return Page(items=[_waiting(copy, contracts[copy.contract_id]) for copy in page.items], next=page.next)


def _waiting(copy: SealedCopy, contract: Contract) -> WaitingCopy:
    return WaitingCopy(
        contract_id=contract.id,
        contract_number=contract.number,
        legal_business_name=contract.legal_business_name,
        version=copy.number,
        asked_at=copy.asked_at,
    )
