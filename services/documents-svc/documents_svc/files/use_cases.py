from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis import machine_time
from chassis.actor import Actor
from chassis.database import Session
from chassis.errors import NotAllowedNow, NotFound
from chassis.ids import new_id
from documents_svc.files.rejection import Rejection
from documents_svc.files.replacing import replace_older
from documents_svc.files.uploaded_file import FileState, UploadedFile
from documents_svc.slots.slot import Slot, SlotState


class SealedUntilTheClose(NotAllowedNow):
    """What bidders send stays sealed until the slot is closed and settled."""


@dataclass(frozen=True)
class Check:
    """A file that one worker checks now: where its bytes are, and the right to record the result."""

    file_id: UUID
    slot_id: UUID
    checker: UUID
    sha256: str
    size: int
    media_types: tuple[str, ...]
    pieces: tuple[str, ...]
    is_stored: bool


async def take_file(session: Session, file_id: UUID, by_subject: str) -> None:
    """Record that whoever opened the slot has taken note of a file. Raises `NotFound` for a file we never had."""
    file = await session.get(UploadedFile, file_id, with_for_update=True)
    if file is None:
        raise NotFound("A file was taken that documents-svc does not know.")
    file.take(by_subject, session.at)


async def claim_checks(session: Session, limit: int, *, has_scanner: bool) -> list[Check]:
    """Claim files that are due for a check, oldest first. Files that were left unscanned wait for a scanner."""
    states = (FileState.SCANNING, FileState.NOT_SCANNED) if has_scanner else (FileState.SCANNING,)
    now = machine_time.now()
    due = await session.scalars(
        select(UploadedFile)
        .where(UploadedFile.check_due_at <= now, UploadedFile.state.in_(states))
        .order_by(UploadedFile.check_due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [await _claim(session, file, now) for file in due]


async def record_stored(session: Session, check: Check) -> None:
    """Record that the bytes are in the store. Raises `CheckTakenOver`."""
    file = await _checked(session, check)
    file.store(session.at)


async def record_acceptance(session: Session, check: Check) -> None:
    """Accept a file that passed; it replaces the earlier versions of it. Raises `CheckTakenOver`."""
    slot = await session.get_one(Slot, check.slot_id, with_for_update=True)
    file = await _checked(session, check)
    file.accept(session.at)
    await session.flush()
    others = select(UploadedFile).where(UploadedFile.slot_id == slot.id).with_for_update()
    replace_older(slot, list(await session.scalars(others)), session.at)


async def record_rejection(session: Session, check: Check, rejection: Rejection) -> None:
    """Reject a file. Raises `CheckTakenOver`."""
    (await _checked(session, check)).reject(rejection, session.at)


async def record_unscanned(session: Session, check: Check, cause: str) -> None:
    """Leave a file unscanned, to be tried again. Raises `CheckTakenOver`."""
    (await _checked(session, check)).leave_unscanned(cause, machine_time.now())


async def open_content(session: Session, file_id: UUID) -> UploadedFile:
    """Let the actor download a file; the reading is audited. Raises what `readable_file` raises."""
    file = await readable_file(session, file_id)
    session.audit("file.read", file.id, after={"sha256": file.sha256})
    return file


async def readable_file(session: Session, file_id: UUID) -> UploadedFile:
    """Return a file whose content the actor may see; whoever shows it audits that.

    Raises `NotFound`, `NotAllowed`, `NotOpenable`, or `SealedUntilTheClose` for staff before the close.
    """
    file = await session.get(UploadedFile, file_id)
    if file is None:
        raise NotFound
    slot = await session.get_one(Slot, file.slot_id)
    require_reader(session.actor, slot)
    if session.actor.kind != "person" and slot.state is not SlotState.SETTLED:
        raise SealedUntilTheClose
    file.require_openable()
    return file


def require_reader(actor: Actor, slot: Slot) -> None:
    """Raise `NotAllowed` unless the actor holds the permission that the slot asks of its readers."""
    actor.require(slot.read_permission if actor.kind == "person" else slot.staff_read_permission)


async def _claim(session: Session, file: UploadedFile, now: datetime) -> Check:
    checker = new_id()
    file.claim_check(checker, now)
    slot = await session.get_one(Slot, file.slot_id)
    return Check(
        file_id=file.id,
        slot_id=file.slot_id,
        checker=checker,
        sha256=file.sha256,
        size=file.size,
        media_types=tuple(slot.accepted_types),
        pieces=tuple(file.pieces),
        is_stored=file.stored_at is not None,
    )


async def _checked(session: Session, check: Check) -> UploadedFile:
    file = await session.get_one(UploadedFile, check.file_id, with_for_update=True)
    file.require_checker(check.checker)
    return file
