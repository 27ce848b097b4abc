from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, or_, select

from chassis.actor import Actor
from chassis.calendar import stage, time_left
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Order, Page, fetch_page
from chassis.signature import StatementView
from documents_svc.slots.slot import ROUND, Slot, SlotState
from documents_svc.uploads.certification import UPLOAD_CERTIFICATION


class SlotView(BaseModel):
    """A place for files: what it takes and until when. `allowed_actions` holds "upload" while you may begin one.

    `certification` is the statement to show and to certify with each upload. Where `cba_code` is set, the sender has to
    choose that area (a bond); `withheld_because` says why an open slot takes nothing just now.
    """

    id: UUID
    slot_subject: str
    label: str
    document: str | None = None
    cba_code: str | None = None
    asked_by: str = ROUND
    withheld_because: str | None = None
    accepted_types: list[str]
    max_bytes: int
    max_files: int
    opens_at: datetime
    closes_at: datetime
    late_until: datetime
    time_left: str
    stage: str
    state: SlotState
    certification: StatementView
    allowed_actions: list[str]


def readable(actor: Actor) -> ColumnElement[bool]:
    """The slots whose files this actor may read: those that ask for a permission the actor holds."""
    if actor.kind == "person":
        mine = Slot.organization_id == actor.organization_id
        may = or_(Slot.read_permission.in_(actor.permissions), Slot.upload_permission.in_(actor.permissions))
        return mine & may
    return Slot.staff_read_permission.in_(actor.permissions)


async def slots_page(
    session: ReadSession, actor: Actor, at: datetime, *, after: str | None, limit: int
) -> Page[SlotView]:
    """The slots of the actor's organization (staff: of all), the next close first."""
    order: Order = [(Slot.closes_at, datetime.fromisoformat), (Slot.id, UUID)]
    return await fetch_page(
        session,
        select(Slot).where(readable(actor)),
        order,
        lambda slot: _view(slot, actor, at),
        after=after,
        limit=limit,
        descending=False,
    )


async def slot_view(session: ReadSession, actor: Actor, slot_id: UUID, at: datetime) -> SlotView:
    """One slot. Raises `NotFound`."""
    slot = await session.scalar(select(Slot).where(Slot.id == slot_id, readable(actor)))
    if slot is None:
        raise NotFound
    return _view(slot, actor, at)


def _view(slot: Slot, actor: Actor, at: datetime) -> SlotView:
    return SlotView(
        id=slot.id,
        slot_subject=slot.slot_subject,
        label=slot.label,
        document=slot.document,
        cba_code=slot.cba_code,
        asked_by=slot.asked_by,
        withheld_because=slot.withheld_because,
        accepted_types=slot.accepted_types,
        max_bytes=slot.max_bytes,
        max_files=slot.max_files,
        opens_at=slot.opens_at,
        closes_at=slot.closes_at,
        late_until=slot.late_until,
        time_left=time_left(at, slot.closes_at),
        stage=stage(at, slot.closes_at),
        state=slot.state,
        certification=UPLOAD_CERTIFICATION.view,
        allowed_actions=["upload"] if slot.takes_uploads(actor, at) else [],
    )
