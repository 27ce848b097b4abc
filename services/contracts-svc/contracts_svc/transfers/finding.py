"""Sweeps that bring a transfer to both its sides: who opens one knows the other only by a PTAN or a contract number.

Both look across organizations, which nobody who asks may; that is why they are sweeps.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from chassis.database import Session
from chassis.sweeps import each
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import RUNNING
from contracts_svc.enrolment.location import EnrolledLocation
from contracts_svc.program.round import KnownRound
from contracts_svc.transfers.clocks import novation_due, package_due
from contracts_svc.transfers.document import TransferDocument
from contracts_svc.transfers.lifecycle import OPEN, VIEW
from contracts_svc.transfers.terms import Side
from contracts_svc.transfers.transfer import Transfer
from contracts_svc.transfers.wanted import Phase, wanted_of


async def find_other_sides(session: Session, as_of: datetime, limit: int) -> int:
    """Find the successor by its PTAN once it is registered, the contract by its number once it runs; a sweep."""
    successors = await session.execute(
        select(Transfer, EnrolledLocation.organization_id)
        .join(EnrolledLocation, EnrolledLocation.ptan == Transfer.terms["successor"]["ptan"].astext)
        .where(Transfer.state.in_(OPEN), Transfer.successor_id.is_(None))
        .where(EnrolledLocation.organization_id.is_not(None), EnrolledLocation.organization_id != Transfer.holder_id)
        .order_by(Transfer.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Transfer)
    )
    other = aliased(Transfer)
    contracts = await session.execute(
        select(Transfer, Contract)
        .join(Contract, (Contract.round_code == Transfer.round_code) & (Contract.serial == Transfer.serial))
        .where(Transfer.state.in_(OPEN), Transfer.contract_id.is_(None))
        .where(Contract.state.in_(RUNNING), Contract.organization_id != Transfer.successor_id)
        .where(~exists().where(other.contract_id == Contract.id, other.state.in_(OPEN)))
        .order_by(Transfer.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Transfer)
    )
    found: list[tuple[Transfer, UUID | Contract | None]] = [
        *((row[0], row[1]) for row in successors),
        *((row[0], row[1]) for row in contracts),
    ]

    async def act(pair: tuple[Transfer, UUID | Contract | None]) -> None:
        transfer, other_side = pair
        if isinstance(other_side, Contract):
            transfer.name_contract(other_side)
            other_side.note("transfer-asked", "The successor told of a change of ownership", VIEW, as_of)
        else:
            transfer.successor_id = other_side
        known = await session.get_one(KnownRound, transfer.round_code)
        on = transfer.effective_on
        transfer.find(package_due=package_due(on, known), novation_due=novation_due(on, known), at=as_of)
        await session.flush()

    return await each(session, found, act)


async def bring_documents(session: Session, as_of: datetime, limit: int) -> int:
    """Ask each known side for its documents, and move upload slots to the times that hold now; a sweep."""
    found = await session.scalars(
        select(Transfer).where(Transfer.to_bring).order_by(Transfer.id).limit(limit).with_for_update(skip_locked=True)
    )
    transfers = found.all()
    asked = await session.scalars(
        select(TransferDocument)
        .where(TransferDocument.transfer_id.in_([transfer.id for transfer in transfers]))
        .with_for_update()
    )
    there = {(document.transfer_id, document.side, document.code): document for document in asked}

    async def act(transfer: Transfer) -> None:
        terms, dues = transfer.asked, {Phase.PACKAGE: transfer.package_due_at, Phase.NOVATION: transfer.novation_due_at}
        for side in Side:
            organization_id = transfer.organization_of(side)
            for phase, due in dues.items():
                for wanted in wanted_of(terms, phase, side):
                    document = there.get((transfer.id, side, wanted.code))
                    if organization_id is None or due is None:
                        continue
                    if document is None:
                        session.add(TransferDocument(transfer.id, organization_id, wanted, due, as_of))
                    else:
                        document.be_due(due, transfer.received_at or as_of)
        transfer.to_bring = False
        await session.flush()

    return await each(session, transfers, act)
