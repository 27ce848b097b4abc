from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from chassis.database import Session
from chassis.errors import NotFound
from chassis.ids import Entity
from documents_svc.retention.disposal import APPROVED_BY_ANOTHER, Disposal
from documents_svc.retention.due import due, held, one_at_a_time
from documents_svc.retention.hold import LIFTED_BY_ANOTHER, LegalHold
from documents_svc.retention.schedule import EVERY_OTHER, ScheduleLine
from events.records import RecordsClosed


async def note_closed(session: Session, event: RecordsClosed) -> None:
    """The time of these records begins to run. Told again, what was told first stays."""
    years = {EVERY_OTHER: event.schedule.years} | {kept.document: kept.years for kept in event.schedule.by_document}
    for document, kept_for in years.items():
        line = ScheduleLine(event.records, document, kept_for, event.closed_at)
        values = {name: getattr(line, name) for name in ("records", "document", "years", "closed_at", "due_at")}
        await session.execute(insert(ScheduleLine).values(values).on_conflict_do_nothing())
    session.audit("records.close", event.records, after={"closed_at": event.closed_at.isoformat(), "years": years})


async def place_hold(session: Session, *, organization_id: UUID | None, records: str | None, matter: str) -> LegalHold:
    """Keep what is covered from being erased, from the commit on. Raises `HoldsNothing`."""
    await one_at_a_time(session)
    hold = LegalHold.place(
        organization_id=organization_id, records=records, matter=matter, by=session.actor.user_id, at=session.at
    )
    session.add(hold)
    await session.flush()
    return hold


async def lift_hold(session: Session, hold_id: UUID, base: int, why: str) -> LegalHold:
    """End a hold. Raises `NotFound`, `SomebodyElseMust` for who placed it, `HoldChanged` or `NotAllowedNow`."""
    hold = await session.get(LegalHold, hold_id, with_for_update=True)
    if hold is None:
        raise NotFound
    await LIFTED_BY_ANOTHER.require(session, Entity("legal_hold", hold.id))
    hold.lift(base=base, why=why, by=session.actor.user_id, at=session.at)
    return hold


async def propose(session: Session, due_before: datetime) -> Disposal:
    """Propose to erase what was due by then. Raises `NotOverYet`."""
    disposal = Disposal.propose(due_before, by=session.actor.user_id, at=session.at)
    session.add(disposal)
    await session.flush()
    return disposal


async def approve(session: Session, disposal_id: UUID, base: int) -> Disposal:
    """Let it be carried out. Raises `NotFound`, `SomebodyElseMust`, `DisposalChanged` or `NotAllowedNow`."""
    disposal = await _disposal(session, disposal_id)
    await APPROVED_BY_ANOTHER.require(session, Entity("disposal", disposal.id))
    disposal.require_version(base)
    disposal.approve(by=session.actor.user_id, at=session.at)
    return disposal


async def withdraw(session: Session, disposal_id: UUID, base: int) -> Disposal:
    """Stop it. Raises `NotFound`, `DisposalChanged` or `NotAllowedNow`."""
    disposal = await _disposal(session, disposal_id)
    disposal.require_version(base)
    disposal.withdraw(session.at)
    return disposal


async def held_of(session: Session, until: datetime) -> int:
    """Count what is due and kept by a hold."""
    return await session.scalar(due(until, func.count()).where(held())) or 0


async def _disposal(session: Session, disposal_id: UUID) -> Disposal:
    disposal = await session.get(Disposal, disposal_id, with_for_update=True)
    if disposal is None:
        raise NotFound
    return disposal
