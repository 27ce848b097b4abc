"""What the times of a slot do to everything in it: opening and extending, closing, settling."""

from datetime import datetime

from sqlalchemy import or_, select

from chassis import machine_time
from chassis.calendar import latest_missed
from chassis.database import Session
from chassis.key_ring import KeyRing
from chassis.sweeps import due, each
from documents_svc.files.replacing import replace_older
from documents_svc.files.uploaded_file import FileState, UploadedFile
from documents_svc.receipts.receipt import issue
from documents_svc.slots.slot import Slot, SlotState
from documents_svc.slots.verdict import Verdict
from documents_svc.uploads.upload import Upload, UploadState
from events.slots import SlotAsked


async def open_slot(session: Session, request: SlotAsked, keys: KeyRing) -> None:
    """Open the slot that was asked for. Asked for again with a later close, judge again what came too late."""
    slot = await session.get(Slot, request.slot_id, with_for_update=True)
    if slot is None:
        session.add(Slot.open(request))
        return
    closed = slot.closes_at
    slot.ask_again(request)
    if slot.closes_at != closed:
        await _retime_uploads(session, slot)
    if slot.closes_at > closed:
        await _judge_again(session, slot, keys)


async def close_due_slots(session: Session, as_of: datetime, limit: int) -> int:
    """Close the slots whose late minutes are over."""
    slots = await due(session, Slot, Slot.late_until, latest_missed(as_of), limit, Slot.state == SlotState.OPEN)
    return await each(session, slots, lambda slot: slot.close(as_of))


async def lapse_due_uploads(session: Session, as_of: datetime, limit: int) -> int:
    """Lapse the unfinished uploads whose time is over, except where somebody is still writing."""
    going = Upload.state == UploadState.UPLOADING
    unwritten = or_(Upload.writer_until.is_(None), Upload.writer_until <= machine_time.now())
    uploads = await due(session, Upload, Upload.expires_at, latest_missed(as_of), limit, going, unwritten)
    return await each(session, uploads, lambda upload: upload.lapse(as_of))


async def settle_closed_slots(session: Session, as_of: datetime, limit: int) -> int:
    """Settle the closed slots in which nothing is uploading or scanning, each with its final list."""
    uploading = select(Upload.id).where(Upload.slot_id == Slot.id, Upload.state == UploadState.UPLOADING)
    scanning = select(UploadedFile.id).where(UploadedFile.slot_id == Slot.id, UploadedFile.state == FileState.SCANNING)
    quiet = (Slot.state == SlotState.CLOSED, ~uploading.exists(), ~scanning.exists())
    slots = await due(session, Slot, Slot.late_until, as_of, limit, *quiet)

    async def settle(slot: Slot) -> None:
        files = [file for file in await _files(session, slot) if file.verdict is not Verdict.REFUSED]
        slot.settle(tuple(file.settled for file in files), as_of)

    return await each(session, slots, settle)


async def _retime_uploads(session: Session, slot: Slot) -> None:
    going = (UploadState.UPLOADING, UploadState.LAPSED)
    uploads = await session.scalars(
        select(Upload).where(Upload.slot_id == slot.id, Upload.state.in_(going)).with_for_update()
    )
    for upload in uploads:
        upload.extend(slot, session.at)


async def _judge_again(session: Session, slot: Slot, keys: KeyRing) -> None:
    files, now = await _files(session, slot), machine_time.now()
    for file in files:
        if file.judge_again(slot, now):
            session.add(issue(file, slot, keys, now))
    replace_older(slot, files, session.at)


async def _files(session: Session, slot: Slot) -> list[UploadedFile]:
    statement = select(UploadedFile).where(UploadedFile.slot_id == slot.id).order_by(UploadedFile.received_at)
    return list(await session.scalars(statement.with_for_update()))
