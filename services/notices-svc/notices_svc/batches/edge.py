from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field

from chassis.actor import Actor
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag
from events.kinds import Code, RoundCode
from notices_svc.batches import use_cases, views
from notices_svc.batches.batch import NoticeBatch
from notices_svc.notices.kinds import APPROVE

VIEW = "staff.notice.view"

router = SliceRouter(prefix="/api/notices/batches", tags=["notice batches"])


class NewBatch(BaseModel):
    """The type and round to issue; `notice_ids` narrows it to some of those that are approved."""

    round_code: RoundCode
    type: Code
    notice_ids: Annotated[list[UUID], Field(max_length=500)] = []


@router.get("", permission=VIEW)
async def list_batches(session: ReadingSession, after: After = None, limit: Limit = 25) -> Page[views.BatchLine]:
    """List batches, latest first."""
    return await views.list_batches(session, after, limit)


@router.post("", permission=APPROVE, status_code=201)
async def prepare(new: NewBatch, actor: CurrentActor, session: WritingSession, response: Response) -> views.BatchView:
    """Put approved notices into a batch. Their words are checked before anybody can release it."""
    batch = await use_cases.prepare(session, new.round_code, new.type, new.notice_ids)
    return await _shown(session, actor, batch, response)


@router.get("/{batch_id}", permission=VIEW)
async def read_batch(
    batch_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.BatchView:
    """Read a batch: how far it is, and what blocks it."""
    return _tagged(response, await views.read_batch(session, actor, batch_id))


@router.post("/{batch_id}/release", permission=APPROVE)
async def release(
    batch_id: UUID, base: IfMatch, actor: CurrentActor, session: WritingSession, response: Response
) -> views.BatchView:
    """Let a batch go out; the worker issues its notices, each once, whatever stops it in between."""
    return await _shown(session, actor, await use_cases.release(session, batch_id, base=base), response)


@router.post("/{batch_id}/cancellation", permission=APPROVE)
async def cancel(
    batch_id: UUID, base: IfMatch, actor: CurrentActor, session: WritingSession, response: Response
) -> views.BatchView:
    """Cancel a batch that did not go out; its notices wait for another one."""
    return await _shown(session, actor, await use_cases.cancel(session, batch_id, base=base), response)


async def _shown(session: Session, actor: Actor, batch: NoticeBatch, response: Response) -> views.BatchView:
    await session.flush()
    return _tagged(response, await views.batch_view(session, actor, batch))


def _tagged(response: Response, shown: views.BatchView) -> views.BatchView:
    response.headers["ETag"] = etag(shown.version)
    return shown
