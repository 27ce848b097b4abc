"""Carrying a disposal out: bytes, file names, words and persons' names go; receipts, digests and times stay."""

import asyncio
from datetime import datetime

from sqlalchemy import exists, select, update

from chassis.database import Session
from chassis.sweeps import each
from documents_svc.base import Base
from documents_svc.files.uploaded_file import UploadedFile
from documents_svc.resources import Resources, opened_resources
from documents_svc.retention.disposal import Disposal, DisposalState
from documents_svc.retention.due import DUE_AT, due, held, one_at_a_time
from documents_svc.retention.use_cases import held_of
from documents_svc.uploads.upload import Upload

AT_ONCE = 20
"""How many records one transaction erases: placing a hold waits for so many at most."""

_SIGNATURE = Base.metadata.tables["signature"]


async def erase_approved(session: Session, as_of: datetime, limit: int) -> int:
    """Erase the next records of the disposal that was approved first, and finish it when none is left.

    A hold is asked for here, where it counts, and not only when the disposal was approved.
    """
    disposal = await _next(session)
    if disposal is None:
        return 0
    await one_at_a_time(session)
    rows = await session.execute(
        due(disposal.due_before, Upload, UploadedFile)
        .where(~held())
        .order_by(DUE_AT, Upload.id)
        .limit(limit)
        .with_for_update(of=Upload)
    )
    files: dict[Upload, UploadedFile | None] = {row[0]: row[1] for row in rows}
    if not files:
        disposal.finish(await held_of(session, disposal.due_before), as_of)
        return 1
    resources = opened_resources()

    async def erase(upload: Upload) -> None:
        await _erase(session, upload, files[upload], resources)
        disposal.count(file.size if (file := files[upload]) else 0)

    return await each(session, files, erase)


async def _next(session: Session) -> Disposal | None:
    found: Disposal | None = await session.scalar(
        select(Disposal)
        .where(Disposal.state == DisposalState.APPROVED)
        .order_by(Disposal.approved_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return found


async def _erase(session: Session, upload: Upload, file: UploadedFile | None, resources: Resources) -> None:
    """Erase one record. The bytes go first: a crash in between finds it again, and repeats what is done."""
    if file is not None:

        async def still_needed() -> bool:
            others = exists().where(
                UploadedFile.sha256 == file.sha256, UploadedFile.id != file.id, UploadedFile.erased_at.is_(None)
            )
            return bool(await session.scalar(select(others)))

        await resources.store.forget(file.sha256, still_needed)
        file.erase(session.at)
        signed = (_SIGNATURE.c.subject == "file", _SIGNATURE.c.subject_id == str(file.id))
        await session.execute(update(_SIGNATURE).where(*signed).values(given_name=None, family_name=None, address=None))
    await asyncio.to_thread(resources.partial.discard, upload.id)
    upload.erase(session.at)
