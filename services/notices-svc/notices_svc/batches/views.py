from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select

from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from notices_svc.batches.batch import LIFECYCLE, BatchState, NoticeBatch
from notices_svc.notices.lifecycle import DRAFT
from notices_svc.notices.notice import Notice


class BatchLine(BaseModel):
    """A batch: how many notices it holds, how many are checked and how many went out."""

    id: UUID
    round_code: str
    type: str
    state: BatchState
    version: int
    notices: int
    checked: int
    issued: int
    prepared_at: datetime
    released_at: datetime | None
    finished_at: datetime | None


class BatchView(BatchLine):
    """A batch before it goes out: to how many organizations, and what keeps it from going.

    `incomplete` counts notices of the same type and round that are no part of it because fields of them are missing.
    Who gets what is the list of the desk by `batch_id`.
    """

    organizations: int
    incomplete: int
    problems: list[str]
    allowed_actions: list[str]


async def list_batches(session: ReadSession, after: str | None, limit: int) -> Page[BatchLine]:
    """Return the batches, latest first."""
    return await fetch_page(session, select(NoticeBatch), [(NoticeBatch.id, UUID)], _line, after=after, limit=limit)


async def read_batch(session: ReadSession, actor: Actor, batch_id: UUID) -> BatchView:
    """Return a batch with what somebody looks at before it is released. Raises `NotFound`."""
    batch = await session.get(NoticeBatch, batch_id)
    if batch is None:
        raise NotFound
    return await batch_view(session, actor, batch)


async def batch_view(session: ReadSession | Session, actor: Actor, batch: NoticeBatch) -> BatchView:
    """Return what staff see of a batch now."""
    incomplete = func.count().filter(Notice.state == DRAFT, func.jsonb_array_length(Notice.missing) > 0)
    organizations = func.count(Notice.organization_id.distinct()).filter(Notice.batch_id == batch.id)
    counted = (
        await session.execute(
            select(organizations, incomplete).where(Notice.round_code == batch.round_code, Notice.kind == batch.kind)
        )
    ).one()
    return BatchView(
        **_line(batch).model_dump(),
        organizations=counted[0],
        incomplete=counted[1],
        problems=batch.problems,
        allowed_actions=LIFECYCLE.allowed(batch.state, actor.permissions),
    )


def _line(found: NoticeBatch) -> BatchLine:
    about = {name: getattr(found, name) for name in BatchLine.model_fields if hasattr(found, name)}
    return BatchLine.model_validate(about | {"type": found.kind})
