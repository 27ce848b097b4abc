from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Order, Page, fetch_page
from documents_svc.files.uploaded_file import SAME_CONTENT, FileState, UploadedFile
from documents_svc.slots.views import readable
from documents_svc.uploads.upload import Upload, UploadState

SAME_FILE = "You have uploaded a file with the same content for this before (UPL-06). Both are kept."


class RejectionView(BaseModel):
    """Why a file was not accepted: the code of the check, and what to do."""

    code: str
    reason: str


class WarningView(BaseModel):
    """Something to know about a file that does not keep it from counting."""

    code: str
    message: str
    same_as: UUID | None = None


class FileView(BaseModel):
    """A file and where it stands. While it is UPLOADING nothing is known yet of what only its end tells."""

    id: UUID
    slot_id: UUID
    label: str
    filename: str
    nickname: str
    includes: str
    document: str | None = None
    cba_code: str | None = None
    state: str
    size: int | None
    started_at: datetime
    received_at: datetime | None = None
    sha256: str | None = None
    verdict: str | None = None
    receipt_number: str | None = None
    rejection: RejectionView | None = None
    not_scanned_because: str | None = None
    warnings: list[WarningView] = []
    replaces: UUID | None = None
    superseded_by: UUID | None = None
    accepted_at: datetime | None = None
    erased_at: datetime | None = None
    uploaded_by: str


async def files_page(
    session: ReadSession, actor: Actor, *, slot_id: UUID | None, after: str | None, limit: int
) -> Page[FileView]:
    """The files of the actor's organization (staff: of all) that the actor may see, newest first."""
    statement = _readable_files(actor)
    if slot_id is not None:
        statement = statement.where(UploadedFile.slot_id == slot_id)
    order: Order = [(UploadedFile.received_at, datetime.fromisoformat), (UploadedFile.id, UUID)]
    return await fetch_page(
        session, statement, order, lambda file: view_of_file(file, file.slot.label), after=after, limit=limit
    )


async def file_view(session: ReadSession, actor: Actor, file_id: UUID) -> FileView:
    """One file, also while it is uploading. Raises `NotFound`."""
    file = await session.scalar(_readable_files(actor).where(UploadedFile.id == file_id))
    if file is not None:
        return view_of_file(file, file.slot.label)
    upload = await session.scalar(
        select(Upload)
        .join(Upload.slot)
        .options(contains_eager(Upload.slot))
        .where(Upload.id == file_id, Upload.state == UploadState.UPLOADING, readable(actor))
    )
    if upload is None:
        raise NotFound
    return _view_of_upload(upload)


def view_of_file(file: UploadedFile, label: str) -> FileView:
    """Tell everything about a received file that its organization may know; `label` is its slot's."""
    rejected = file.state is FileState.REJECTED
    return FileView(
        id=file.id,
        slot_id=file.slot_id,
        label=label,
        filename=file.filename,
        nickname=file.nickname,
        includes=file.includes,
        document=file.document,
        cba_code=file.cba_code,
        state=file.state.value,
        size=file.size,
        started_at=file.started_at,
        received_at=file.received_at,
        sha256=file.sha256,
        verdict=file.verdict.value,
        receipt_number=file.receipt_number,
        rejection=RejectionView(code=file.code or "", reason=file.reason or "") if rejected else None,
        not_scanned_because=file.reason if file.state is FileState.NOT_SCANNED else None,
        warnings=warnings_about(file),
        replaces=file.replaces,
        superseded_by=file.superseded_by,
        accepted_at=file.accepted_at,
        erased_at=file.erased_at,
        uploaded_by=file.uploaded_by,
    )


def warnings_about(file: UploadedFile) -> list[WarningView]:
    """What to know about a file that keeps it from nothing: the same content was sent for this before (UPL-06)."""
    if file.same_as is None:
        return []
    return [WarningView(code=SAME_CONTENT, message=SAME_FILE, same_as=file.same_as)]


def _readable_files(actor: Actor) -> Select[UploadedFile]:
    return (
        select(UploadedFile).join(UploadedFile.slot).options(contains_eager(UploadedFile.slot)).where(readable(actor))
    )


def _view_of_upload(upload: Upload) -> FileView:
    return FileView(
        id=upload.id,
        slot_id=upload.slot_id,
        label=upload.slot.label,
        filename=upload.filename,
        nickname=upload.nickname,
        includes=upload.includes,
        document=upload.document or upload.slot.document,
        cba_code=upload.cba_code,
        replaces=upload.replaces,
        state=upload.state.value,
        size=upload.size,
        started_at=upload.started_at,
        uploaded_by=upload.user_id,
    )
