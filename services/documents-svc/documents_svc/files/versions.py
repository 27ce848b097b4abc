"""The history of a document: every version of a file that was received, each with its receipts. None is ever lost."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Order, Page, fetch_page
from documents_svc.files.uploaded_file import UploadedFile
from documents_svc.files.use_cases import require_reader
from documents_svc.files.views import FileView, view_of_file
from documents_svc.receipts.receipt import Receipt
from documents_svc.slots.slot import Slot


class VersionReceipt(BaseModel):
    """A receipt its sender got. There is a second one where an extension improved the verdict."""

    number: str
    verdict: str
    issued_at: datetime
    jws: str


class VersionView(BaseModel):
    """One version of a file, with its receipts in order. `counts`: not replaced, rejected or refused."""

    file: FileView
    counts: bool
    receipts: list[VersionReceipt] = []


async def versions_page(
    session: ReadSession, actor: Actor, file_id: UUID, *, after: str | None, limit: int
) -> Page[VersionView]:
    """Every version of a file, whichever of them was asked by, newest first.

    Raises `NotFound`, or `NotAllowed` without the permission that the slot asks of its readers.
    """
    file = await session.get(UploadedFile, file_id)
    if file is None:
        raise NotFound
    slot = await session.get_one(Slot, file.slot_id)
    require_reader(actor, slot)
    statement = (
        select(UploadedFile)
        .join(UploadedFile.slot)
        .options(contains_eager(UploadedFile.slot))
        .where(UploadedFile.organization_id == file.organization_id, _same_line(slot, file))
    )
    order: Order = [(UploadedFile.received_at, datetime.fromisoformat), (UploadedFile.id, UUID)]
    page = await fetch_page(
        session, statement, order, lambda version: _view(version, slot.label), after=after, limit=limit
    )
    await _add_receipts(session, page.items)
    return page


def _same_line(slot: Slot, file: UploadedFile) -> ColumnElement[bool]:
    """In a slot for one file, all its files are versions of one another."""
    if slot.max_files == 1:
        return UploadedFile.slot_id == slot.id
    return UploadedFile.first_version == file.first_version


def _view(version: UploadedFile, label: str) -> VersionView:
    return VersionView(file=view_of_file(version, label), counts=version.is_standing)


async def _add_receipts(session: ReadSession, versions: Sequence[VersionView]) -> None:
    by_file = {version.file.id: version for version in versions}
    receipts = await session.scalars(
        select(Receipt).where(Receipt.file_id.in_(by_file)).order_by(Receipt.issued_at, Receipt.number)
    )
    for receipt in receipts:
        by_file[receipt.file_id].receipts.append(
            VersionReceipt(
                number=receipt.number, verdict=receipt.verdict.value, issued_at=receipt.issued_at, jws=receipt.jws
            )
        )
