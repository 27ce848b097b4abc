"""What arrives for a transfer, told by documents-svc, and transfers for which something did not arrive."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select

from chassis.calendar import latest_missed
from chassis.database import Session
from chassis.errors import NotFound
from chassis.sweeps import each
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import LIFECYCLE as CONTRACT
from contracts_svc.transfers.document import TransferDocument
from contracts_svc.transfers.lifecycle import AWAITING_NOVATION, INFO_REQUESTED, NOTIFIED, OPEN
from contracts_svc.transfers.telling import tell
from contracts_svc.transfers.terms import Side
from contracts_svc.transfers.transfer import Transfer
from contracts_svc.transfers.wanted import Phase
from events.documents import DocumentReceived


async def receive(session: Session, document_id: UUID, told: DocumentReceived) -> None:
    """A file arrived. Raises `NotFound`."""
    transfer, document = await _load(session, document_id)
    document.receive(told)
    if document.received_at is not None:
        await count_side(session, transfer, document.side, document.phase, told.received_at)


async def reject(session: Session, document_id: UUID, file_id: UUID) -> None:
    """A file failed its checks; where it was the only one, its document is awaited again. Raises `NotFound`."""
    transfer, document = await _load(session, document_id)
    document.reject(file_id)
    if not document.is_there:
        transfer.lacks(document.side, document.phase, session.at)


async def settle(session: Session, document_id: UUID, closes_at: datetime) -> None:
    """A slot is settled: what did not come by that time will not have come. Raises `NotFound`."""
    _, document = await _load(session, document_id)
    document.settled_at = closes_at


async def count_side(session: Session, transfer: Transfer, side: Side, phase: Phase, at: datetime) -> None:
    """Note it where a side has sent everything of a phase."""
    asked = await session.scalars(
        select(TransferDocument).where(
            TransferDocument.transfer_id == transfer.id, TransferDocument.side == side, TransferDocument.phase == phase
        )
    )
    if all(document.is_there for document in asked):
        transfer.has_all_of(side, phase, at)


async def lapse_due(session: Session, as_of: datetime, limit: int) -> int:
    """Lapse what nothing came for in time, and what the end of the contract has overtaken; a sweep.

    A slot is settled before it is said that nothing came: what was received in the last second may be heard later.
    """
    coming = (
        exists()
        .where(TransferDocument.transfer_id == Transfer.id, TransferDocument.received_at.is_(None))
        .where(TransferDocument.waived.is_(None), TransferDocument.due_at <= Transfer.lapses_at)
        .where(or_(TransferDocument.settled_at.is_(None), TransferDocument.settled_at != TransferDocument.due_at))
    )
    missed = Transfer.lapses_at <= latest_missed(as_of)
    settled = or_(Transfer.state == INFO_REQUESTED, ~coming)
    ended = Contract.state.in_(CONTRACT.ends)
    found = await session.execute(
        select(Transfer, Contract)
        .outerjoin(Contract, Contract.id == Transfer.contract_id)
        .where(Transfer.state.in_(OPEN), ~Transfer.to_bring)
        .where(or_(ended, missed & settled))
        .order_by(Transfer.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Transfer)
    )

    def act(pair: tuple[Transfer, Contract | None]) -> None:
        transfer, contract = pair
        transfer.lapse(_why(transfer, contract), as_of)
        tell(session, transfer, "lapsed", contract)

    return await each(session, _pairs(found), act)


def _why(transfer: Transfer, contract: Contract | None) -> str:
    if contract is not None and CONTRACT.is_end(contract.state):
        return "The contract has ended."
    return {
        NOTIFIED: "The documents of both sides did not come before the change of ownership took effect (TR-2).",
        INFO_REQUESTED: "Nobody answered what was asked.",
        AWAITING_NOVATION: "The signed novation did not come within its days after the effective date (TR-3).",
    }[transfer.state]


def _pairs(rows: Iterable[object]) -> list[tuple[Transfer, Contract | None]]:
    return [(row[0], row[1]) for row in rows]  # type: ignore[index]


async def _load(session: Session, document_id: UUID) -> tuple[Transfer, TransferDocument]:
    """The transfer first: whatever happens to its documents happens one after the other."""
    document = await session.get(TransferDocument, document_id)
    if document is None:
        raise NotFound
    transfer = await session.get_one(Transfer, document.transfer_id, with_for_update=True)
    await session.refresh(document)
    return transfer, document
