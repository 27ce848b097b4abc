"""A transfer as its two sides see it: the same request, and of the documents only those of the own side."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import or_, select

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from chassis.signature import StatementView
from contracts_svc.transfers.document import TransferDocument
from contracts_svc.transfers.lifecycle import LIFECYCLE, NOTIFIED, WITHDRAWN, TransferState
from contracts_svc.transfers.statement import TRANSFER_CERTIFICATION
from contracts_svc.transfers.terms import Extent, Side, Terms
from contracts_svc.transfers.transfer import Transfer


class LineOfTransfer(BaseModel):
    """A competition that goes, in words: all that a successor sees of the contract before it is completed."""

    line_id: UUID
    label: str


class DocumentView(BaseModel):
    """A document that a side sends, the upload slot it goes into, and the files that came in time."""

    id: UUID
    side: Side
    phase: str
    code: str
    label: str
    slot_id: UUID
    due_at: datetime
    received_at: datetime | None
    waived: str | None
    files: list[dict[str, Any]]


class TransferSummary(BaseModel):
    """A transfer in a list. `side`: on which of the two the reader is; None for staff."""

    id: UUID
    side: Side | None
    contract_id: UUID | None
    contract_number: str
    holder_name: str
    successor_name: str
    extent: Extent
    effective_on: date
    took_effect: bool
    state: TransferState
    row_version: int
    received_at: datetime | None
    changed_at: datetime


class TransferView(TransferSummary):
    """A transfer with what its reader may see.

    `other_side_known`: the successor is registered, or the contract was found. `package` and `novation` tell of each
    side when everything of it had come. The explanation is there once it is decided. A successor does not see
    `contract_id`.
    """

    opened_by: Side
    terms: Terms
    lines: list[LineOfTransfer]
    other_side_known: bool
    package: dict[Side, datetime | None]
    novation: dict[Side, datetime | None]
    package_due_at: datetime | None
    novation_due_at: datetime | None
    lapses_at: datetime | None
    exchange: list[dict[str, Any]]
    explanation: str
    decided_at: datetime | None
    completed_on: date | None
    documents: list[DocumentView]
    statement: StatementView
    allowed_actions: list[str]


async def list_mine(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[TransferSummary]:
    """Return the transfers of which the actor's organization is a side, latest first."""
    kept = or_(Transfer.state != WITHDRAWN, Transfer.received_at.is_not(None))
    statement = select(Transfer).where(_mine(actor), kept)
    return await fetch_page(
        session, statement, [(Transfer.id, UUID)], lambda one: summary_of(one, actor), after=after, limit=limit
    )


async def read_mine(session: ReadSession, actor: Actor, transfer_id: UUID) -> TransferView:
    """Return a transfer of which the actor's organization is a side. Raises `NotFound`."""
    found = await session.scalar(select(Transfer).where(Transfer.id == transfer_id, _mine(actor)))
    if found is None:
        raise NotFound
    return await view_of(session, actor, found)


async def view_of(session: ReadSession | Session, actor: Actor, transfer: Transfer) -> TransferView:
    """Return a transfer as a side sees it."""
    return TransferView(**await parts_of(session, actor, transfer), allowed_actions=_allowed(transfer, actor))


async def parts_of(session: ReadSession | Session, actor: Actor, transfer: Transfer) -> dict[str, Any]:
    """Return what both sides and staff see of a transfer; `documents` are those the reader may see."""
    documents = select(TransferDocument).where(TransferDocument.transfer_id == transfer.id)
    if not actor.is_staff:
        documents = documents.where(TransferDocument.organization_id == actor.organization_id)
    found = (await session.scalars(documents)).all()
    terms = transfer.asked
    decided = transfer.decided_at is not None or LIFECYCLE.is_end(transfer.state)
    return {
        **summary_of(transfer, actor).model_dump(),
        "opened_by": transfer.opened_by,
        "terms": terms,
        "lines": [LineOfTransfer.model_validate(each) for each in transfer.goes],
        "other_side_known": len(transfer.organizations) == 2,
        "package": {Side.HOLDER: transfer.holder_package_at, Side.SUCCESSOR: transfer.successor_package_at},
        "novation": {Side.HOLDER: transfer.holder_novation_at, Side.SUCCESSOR: transfer.successor_novation_at},
        "package_due_at": transfer.package_due_at,
        "novation_due_at": transfer.novation_due_at,
        "lapses_at": transfer.lapses_at,
        "exchange": transfer.exchange,
        "explanation": transfer.explanation if decided or actor.is_staff else "",
        "decided_at": transfer.decided_at,
        "completed_on": transfer.completed_on,
        "documents": [_document(each) for each in _in_order(found)],
        "statement": TRANSFER_CERTIFICATION.view,
    }


def summary_of(transfer: Transfer, actor: Actor) -> TransferSummary:
    """Return a transfer as it stands in a list."""
    side = None if actor.is_staff else transfer.side_of(actor.organization_id)
    terms = transfer.asked
    return TransferSummary(
        id=transfer.id,
        side=side,
        contract_id=None if side is Side.SUCCESSOR else transfer.contract_id,
        contract_number=transfer.contract_number,
        holder_name=transfer.holder_name,
        successor_name=terms.successor.legal_business_name,
        extent=terms.extent,
        effective_on=transfer.effective_on,
        took_effect=transfer.took_effect,
        state=transfer.state,
        row_version=transfer.row_version,
        received_at=transfer.received_at,
        changed_at=transfer.changed_at,
    )


def _mine(actor: Actor) -> Any:
    return or_(Transfer.holder_id == actor.organization_id, Transfer.successor_id == actor.organization_id)


def _allowed(transfer: Transfer, actor: Actor) -> list[str]:
    allowed = LIFECYCLE.allowed(transfer.state, actor.permissions)
    side, terms = transfer.side_of(actor.organization_id), transfer.asked
    without = set()
    asked_by_successor = transfer.opened_by is Side.SUCCESSOR and terms.extent is Extent.PARTIAL
    if not (side is Side.HOLDER and asked_by_successor and transfer.state is NOTIFIED):
        without.add("name lines")
    if transfer.took_effect:
        without.add("re-date")
    return [verb for verb in allowed if verb not in without]


def _document(document: TransferDocument) -> DocumentView:
    return DocumentView.model_validate(document, from_attributes=True)


def _in_order(documents: Sequence[TransferDocument]) -> list[TransferDocument]:
    return sorted(documents, key=lambda each: (each.side, each.phase != "package", each.id))
