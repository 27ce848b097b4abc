from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.paging import Page, fetch_page
from documents_svc.slots.slot import Slot
from documents_svc.uploads.upload import Upload, UploadState


class UploadView(BaseModel):
    """An upload that is not finished: go on with it at `/api/documents/uploads/{id}`."""

    id: UUID
    slot_id: UUID
    label: str
    filename: str
    size: int
    offset: int
    started_at: datetime
    expires_at: datetime


async def uploads_page(session: ReadSession, actor: Actor, *, after: str | None, limit: int) -> Page[UploadView]:
    """The unfinished uploads of the person who asks, newest first.

    Whoever lost the permission to upload into a slot since sees nothing of that slot here either.
    """
    mine = (
        select(Upload)
        .where(
            Upload.organization_id == actor.organization_id,
            Upload.user_id == actor.user_id,
            Upload.state == UploadState.UPLOADING,
            Upload.size.is_not(None),
            Slot.upload_permission.in_(actor.permissions),
        )
        .join(Upload.slot)
        .options(contains_eager(Upload.slot))
    )
    return await fetch_page(session, mine, [(Upload.id, UUID)], _view, after=after, limit=limit)


def _view(upload: Upload) -> UploadView:
    return UploadView(
        id=upload.id,
        slot_id=upload.slot_id,
        label=upload.slot.label,
        filename=upload.filename,
        size=upload.size or 0,
        offset=upload.arrived,
        started_at=upload.started_at,
        expires_at=upload.expires_at,
    )
