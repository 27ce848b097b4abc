from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, or_, select

from chassis.actor import Actor
from chassis.calendar import eastern_day, write_day
from chassis.database import ReadSession, Session
from chassis.ids import Entity
from chassis.paging import BrokenPageLink, Order, Page, fetch_page
from documents_svc.files.uploaded_file import UploadedFile
from documents_svc.retention.disposal import APPROVED_BY_ANOTHER, Disposal
from documents_svc.retention.disposal import LIFECYCLE as DISPOSAL
from documents_svc.retention.due import CLOSED_AT, DOCUMENT, DUE_AT, YEARS, covering, due, held
from documents_svc.retention.hold import LIFECYCLE as HOLD
from documents_svc.retention.hold import LIFTED_BY_ANOTHER, LegalHold
from documents_svc.retention.schedule import ScheduleLine
from documents_svc.slots.slot import Slot
from documents_svc.uploads.upload import Upload

MOST_TYPES = 500


class TypeView(BaseModel):
    """Records of one type of one closed body, and what of them is due.

    `records` count uploads with the files they became; `held` are kept by a hold, the rest would go.
    """

    body: str
    document: str
    closed_at: datetime
    years: int
    due_at: datetime
    records: int
    held: int
    bytes: int


class DryRun(BaseModel):
    """What erasing would take if it ran now; nothing is changed by asking.

    `without_end` counts records whose body is not closed, or is not known: their time has not begun.
    """

    due_before: datetime
    records: int
    held: int
    bytes: int
    without_end: int
    types: list[TypeView]


class RecordView(BaseModel):
    """One record that is due: what would happen to it, and why."""

    id: UUID
    organization_id: UUID
    body: str
    document: str
    received_at: datetime | None
    size: int
    due_at: datetime
    goes: bool
    why: str


class HoldView(BaseModel):
    """A legal hold."""

    id: UUID
    organization_id: UUID | None
    records: str | None
    matter: str
    state: str
    placed_at: datetime
    placed_by: str
    lifted_at: datetime | None
    lifted_by: str | None
    lifted_because: str | None
    version: int
    allowed_actions: list[str]


class DisposalView(BaseModel):
    """A disposal and how far it is."""

    id: UUID
    due_before: datetime
    state: str
    proposed_at: datetime
    proposed_by: str
    approved_at: datetime | None
    approved_by: str | None
    ended_at: datetime | None
    records: int
    bytes: int
    held: int | None
    version: int
    allowed_actions: list[str]


async def dry_run(session: ReadSession, due_before: datetime) -> DryRun:
    """Tell what is due at `due_before`, by body and type, and how much of it a hold keeps."""
    size = func.coalesce(UploadedFile.size, 0)
    columns = (
        Slot.records.label("body"),
        DOCUMENT.label("document"),
        func.min(CLOSED_AT).label("closed_at"),
        func.min(YEARS).label("years"),
        func.min(DUE_AT).label("due_at"),
        func.count().label("records"),
        func.count().filter(held()).label("held"),
        func.coalesce(func.sum(size).filter(~held()), 0).label("bytes"),
    )
    rows = await session.execute(
        due(due_before, *columns).group_by(Slot.records, DOCUMENT).order_by(func.min(DUE_AT)).limit(MOST_TYPES)
    )
    types = [TypeView.model_validate(row, from_attributes=True) for row in rows]
    return DryRun(
        due_before=due_before,
        records=sum(each.records for each in types),
        held=sum(each.held for each in types),
        bytes=sum(each.bytes for each in types),
        without_end=await _without_end(session),
        types=types,
    )


async def due_records(session: ReadSession, due_before: datetime, after: str | None, limit: int) -> Page[RecordView]:
    """List what is due, each with what would happen to it and why, in the order of their ids."""
    matter = select(LegalHold.matter).where(covering()).order_by(LegalHold.placed_at).limit(1).scalar_subquery()
    columns = (
        Upload.id,
        Upload.organization_id,
        Slot.records.label("body"),
        DOCUMENT.label("document"),
        UploadedFile.received_at,
        func.coalesce(UploadedFile.size, 0).label("size"),
        DUE_AT.label("due_at"),
        YEARS.label("years"),
        CLOSED_AT.label("closed_at"),
        held().label("is_held"),
        matter.label("matter"),
    )
    statement = due(due_before, *columns).order_by(Upload.id).limit(limit + 1)
    if after is not None:
        statement = statement.where(Upload.id > _place(after))
    rows = (await session.execute(statement)).all()
    items = [
        RecordView(
            id=row.id,
            organization_id=row.organization_id,
            body=row.body,
            document=row.document,
            received_at=row.received_at,
            size=row.size,
            due_at=row.due_at,
            goes=not row.is_held,
            why=f"Held: {row.matter}" if row.is_held else _why(row.body, row.years, row.closed_at),
        )
        for row in rows[:limit]
    ]
    return Page(items=items, next=str(items[-1].id) if len(rows) > limit else None)


async def holds(session: ReadSession, actor: Actor, *, after: str | None, limit: int) -> Page[HoldView]:
    """List the holds, newest first."""
    order: Order = [(LegalHold.placed_at, datetime.fromisoformat), (LegalHold.id, UUID)]
    page = await fetch_page(session, select(LegalHold), order, lambda hold: hold, after=after, limit=limit)
    return Page(items=[await view_of_hold(session, actor, hold) for hold in page.items], next=page.next)


async def disposals(session: ReadSession, actor: Actor, *, after: str | None, limit: int) -> Page[DisposalView]:
    """List the disposals, newest first."""
    order: Order = [(Disposal.proposed_at, datetime.fromisoformat), (Disposal.id, UUID)]
    page = await fetch_page(session, select(Disposal), order, lambda disposal: disposal, after=after, limit=limit)
    return Page(items=[await view_of_disposal(session, actor, one) for one in page.items], next=page.next)


async def view_of_hold(session: ReadSession | Session, actor: Actor, hold: LegalHold) -> HoldView:
    """Show a hold with what this actor may do about it."""
    allowed = HOLD.allowed(hold.state, actor.permissions)
    if allowed and await LIFTED_BY_ANOTHER.broken_by(actor, session, Entity("legal_hold", hold.id)):
        allowed = []
    told = {name: getattr(hold, name) for name in HoldView.model_fields if name != "allowed_actions"}
    return HoldView(**told | {"state": hold.state.value}, allowed_actions=allowed)


async def view_of_disposal(session: ReadSession | Session, actor: Actor, disposal: Disposal) -> DisposalView:
    """Show a disposal with what this actor may do about it."""
    allowed = DISPOSAL.allowed(disposal.state, actor.permissions)
    if "approve" in allowed and await APPROVED_BY_ANOTHER.broken_by(actor, session, Entity("disposal", disposal.id)):
        allowed.remove("approve")
    told = {name: getattr(disposal, name) for name in DisposalView.model_fields if name != "allowed_actions"}
    return DisposalView(**told | {"state": disposal.state.value}, allowed_actions=allowed)


async def _without_end(session: ReadSession) -> int:
    known = select(ScheduleLine.records).where(ScheduleLine.records == Slot.records).exists()
    statement = (
        select(func.count())
        .select_from(Upload)
        .join(Slot, Slot.id == Upload.slot_id)
        .where(Upload.erased_at.is_(None), or_(Slot.records.is_(None), ~known))
    )
    return await session.scalar(statement) or 0


def _why(body: str, years: int, closed_at: datetime) -> str:
    closed = write_day(eastern_day(closed_at))
    return f"Kept {years} year{'' if years == 1 else 's'} after the records of {body} were closed on {closed}."


def _place(after: str) -> UUID:
    try:
        return UUID(after)
    except ValueError:
        raise BrokenPageLink(field="after") from None
