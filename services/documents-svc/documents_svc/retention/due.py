"""What is due to be erased, and which of it a hold keeps: the one question that dry run and erasing both ask.

A record is an upload with the file it became. It is due once its body of records was closed and the years of its type
are over; the time of a slot that is not settled has not even begun.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from documents_svc.files.uploaded_file import UploadedFile
from documents_svc.retention.hold import HoldState, LegalHold
from documents_svc.retention.schedule import EVERY_OTHER, ScheduleLine
from documents_svc.slots.slot import Slot, SlotState
from documents_svc.uploads.upload import Upload

Own = aliased(ScheduleLine, name="own_line")
Other = aliased(ScheduleLine, name="other_line")

DOCUMENT = func.coalesce(Upload.document, Slot.document, EVERY_OTHER)
DUE_AT = func.coalesce(Own.due_at, Other.due_at)
YEARS = func.coalesce(Own.years, Other.years)
CLOSED_AT = func.coalesce(Own.closed_at, Other.closed_at)


def due(until: datetime, *columns: Any) -> Select[Any]:
    """Select `columns` of the records that may be erased at `until` as far as the schedule goes, held or not."""
    selected: Select[Any] = select(*columns)
    return (
        selected.select_from(Upload)
        .join(Slot, Slot.id == Upload.slot_id)
        .outerjoin(UploadedFile, UploadedFile.id == Upload.id)
        .join(Other, and_(Other.records == Slot.records, Other.document == EVERY_OTHER))
        .outerjoin(Own, and_(Own.records == Slot.records, Own.document == DOCUMENT, Own.document != EVERY_OTHER))
        .where(until >= DUE_AT, Upload.erased_at.is_(None), Slot.state == SlotState.SETTLED)
    )


def held() -> ColumnElement[bool]:
    """Whether a hold in force covers the record."""
    return exists().where(covering())


def covering() -> ColumnElement[bool]:
    """The condition under which a hold in force covers the record."""
    return and_(
        LegalHold.state == HoldState.IN_FORCE,
        or_(LegalHold.organization_id.is_(None), LegalHold.organization_id == Upload.organization_id),
        or_(LegalHold.records.is_(None), LegalHold.records == Slot.records),
    )


async def one_at_a_time(session: AsyncSession) -> None:
    """Wait until nobody else erases or places a hold, to the end of this transaction.

    So a hold that was placed covers everything that is not erased by then: none is judged before and erased after it.
    """
    await session.execute(text("select pg_advisory_xact_lock(hashtext('documents retention'))"))
