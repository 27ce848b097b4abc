from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from chassis import machine_time
from chassis.database import ReadSession, Session
from chassis.errors import Invalid, NotFound
from chassis.ids import Entity
from chassis.key_ring import KeyRing
from chassis.signature import Certificate, Signer, keep
from documents_svc.files.replacing import standing
from documents_svc.files.uploaded_file import FileState, UploadedFile
from documents_svc.receipts.receipt import Receipt, issue
from documents_svc.slots.choices import require_area, require_document
from documents_svc.slots.slot import Slot
from documents_svc.uploads import labels
from documents_svc.uploads.certification import UPLOAD_CERTIFICATION
from documents_svc.uploads.partial import PartialArea
from documents_svc.uploads.quotas import Quotas, SlotFull, require_quota
from documents_svc.uploads.upload import AnotherOffset, Upload, UploadState, piece_name, require_size


class NothingToReplace(Invalid):
    """There is no such file among those of this document. Choose the file to replace again."""


@dataclass(frozen=True)
class Announcement:
    """What a sender tells about a file before its bytes come. Nothing of it is checked yet.

    A form may tell `details` only after the file (None here), and never tells its size.
    """

    slot_id: UUID
    filename: str
    details: labels.Details | None = None
    size: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Claim:
    """The right to write: where the piece to write stands, and how much may still come."""

    upload_id: UUID
    slot_id: UUID
    writer: UUID
    piece: str
    pieces: tuple[str, ...]
    arrived: int
    size: int | None
    expected_sha256: str | None


@dataclass(frozen=True)
class Whole:
    """A file whose every byte is synced."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Finished:
    """A file that is held, and the receipt for it; `before` when an earlier transaction had taken it in already."""

    file: UploadedFile
    receipt: Receipt
    slot: Slot
    before: bool = False


@dataclass(frozen=True)
class Certified:
    """What its sender says about a file, checked, and certified."""

    details: labels.Details
    certificate: Certificate


def certify(details: labels.Details, signer: Signer) -> Certified:
    """Check what a sender says about a file and the signature under it. Raises the rule that is broken."""
    certificate = UPLOAD_CERTIFICATION.certify(signer, details.signature)
    return Certified(labels.checked(details), certificate)


async def begin_upload(
    session: Session, announcement: Announcement, quotas: Quotas, signer: Signer
) -> tuple[Upload, Slot]:
    """Begin an upload into an open slot: the moment of this transaction is the proof of its start.

    Whoever signed in too long ago learns it now, and not after the file.
    """
    actor = session.actor
    UPLOAD_CERTIFICATION.require_recent_sign_in(signer)
    slot = await session.get(Slot, announcement.slot_id)
    if slot is None or slot.organization_id != actor.organization_id:
        raise NotFound("There is no such upload slot, or it is not yours.", field="slot")
    slot.admit(actor, session.at)
    if announcement.size is not None:
        require_size(announcement.size, slot.max_bytes)
    upload = Upload.begin(
        slot,
        actor,
        session.at,
        size=announcement.size,
        filename=labels.file_name(announcement.filename, slot.accepted_types),
        expected_sha256=labels.sha256(announcement.sha256),
    )
    if announcement.details is not None:
        await _describe(session, slot, upload, certify(announcement.details, signer))
    if upload.replaces is None:
        await _require_place(session, slot)
    await require_quota(session, slot, announcement.size or slot.max_bytes, quotas)
    session.add(upload)
    return upload, slot


async def claim_upload(
    session: Session, upload_id: UUID, offset: int, writer: UUID, area: PartialArea
) -> Claim | Finished:
    """Become the one writer of an upload, from `offset` on; at the end of a finished one, get its receipt again."""
    upload = await _load(session, upload_id)
    upload.require_sender(session.actor)
    if upload.state is UploadState.RECEIVED:
        if offset != upload.arrived:
            raise AnotherOffset(upload.arrived)
        return await finished_upload(session, upload)
    upload.claim(writer, offset, session.at, machine_time.now())
    piece = area.tail(upload.id, upload.pieces, upload.arrived)
    if piece is None:
        piece = piece_name(upload.arrived, writer)
        upload.pieces = [*upload.pieces, piece]
    return Claim(
        upload.id,
        upload.slot_id,
        writer,
        piece,
        tuple(upload.pieces),
        upload.arrived,
        upload.size,
        upload.expected_sha256,
    )


async def advance_upload(session: Session, claim: Claim, arrived: int | None) -> bool:
    """Go on holding an upload, and count what is synced (None: nothing to count yet); False when its time is over."""
    upload = await _load(session, claim.upload_id)
    count = upload.arrived if arrived is None else arrived
    return upload.advance(claim.writer, count, session.at, machine_time.now())


async def release_upload(session: Session, claim: Claim, arrived: int | None) -> None:
    """Let go of an upload that is not whole yet; None leaves what was counted last."""
    upload = await _load(session, claim.upload_id)
    upload.release(claim.writer, upload.arrived if arrived is None else arrived)


async def start_over(session: Session, claim: Claim) -> None:
    """Drop what arrived of an upload that turned out to be another file than announced."""
    (await _load(session, claim.upload_id)).start_over(claim.writer)


async def finish_upload(
    session: Session, claim: Claim, whole: Whole, keys: KeyRing, certified: Certified | None = None
) -> Finished:
    """Take in a file whose every byte is synced; `session.at` is when. May be repeated: the first receipt stands."""
    slot = await session.get_one(Slot, claim.slot_id, with_for_update=True)
    upload = await _load(session, claim.upload_id)
    if upload.state is UploadState.RECEIVED:
        return await finished_upload(session, upload)
    if certified is not None:
        await _describe(session, slot, upload, certified)
    upload.finish(claim.writer, whole.size)
    now = machine_time.now()
    replaced = await session.get(UploadedFile, upload.replaces) if upload.replaces else None
    file = UploadedFile.receive(slot, upload, whole.sha256, session.at, now, replaced=replaced)
    file.same_as = await _same_file(session, file)
    session.add(file)
    receipt = issue(file, slot, keys, now)
    session.add(receipt)
    certificate = Certificate.model_validate(upload.certificate)
    await keep(session, certificate, subject=Entity("file", file.id), content_sha256=file.sha256)
    return Finished(file, receipt, slot)


async def give_up_upload(session: Session, upload_id: UUID) -> None:
    """End an upload at its sender's wish."""
    upload = await _load(session, upload_id)
    upload.require_sender(session.actor)
    upload.give_up()


async def finished_upload(session: Session | ReadSession, upload: Upload) -> Finished:
    """Return the file and the receipt of a received upload."""
    file = await session.get_one(UploadedFile, upload.id)
    receipt = await session.get_one(Receipt, file.receipt_number)
    return Finished(file, receipt, await session.get_one(Slot, upload.slot_id), before=True)


async def _load(session: Session, upload_id: UUID) -> Upload:
    upload = await session.get(Upload, upload_id, with_for_update=True)
    if upload is None:
        raise NotFound
    return upload


async def _describe(session: Session, slot: Slot, upload: Upload, certified: Certified) -> None:
    """Take what a sender says and chooses, once it fits the slot."""
    require_document(slot, certified.details.document)
    require_area(slot, certified.details.cba)
    upload.describe(certified.details, certified.certificate)
    if upload.replaces is not None:
        replaced = await session.get(UploadedFile, upload.replaces)
        if replaced is None or replaced.slot_id != slot.id:
            raise NothingToReplace(field="replaces")


async def _require_place(session: Session, slot: Slot) -> None:
    if slot.max_files == 1:
        return
    files = await session.scalars(select(UploadedFile).where(UploadedFile.slot_id == slot.id))
    if standing(files) >= slot.max_files:
        raise SlotFull(f"“{slot.label}” takes {slot.max_files} files, and holds as many.", field="slot")


async def _same_file(session: Session, file: UploadedFile) -> UUID | None:
    """The file with the same bytes that was sent for the same requirement before (UPL-06: only warned of)."""
    earlier = (
        select(UploadedFile.id)
        .where(
            UploadedFile.organization_id == file.organization_id,
            UploadedFile.slot_subject == file.slot_subject,
            UploadedFile.sha256 == file.sha256,
            UploadedFile.state.not_in((FileState.REJECTED, FileState.REFUSED)),
        )
        .order_by(UploadedFile.received_at.desc())
        .limit(1)
    )
    return await session.scalar(earlier)
