from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.paging import Order, Page, fetch_page
from notices_svc.activity.activity import ActivityEntry
from notices_svc.visible import visible_to


class ActivityView(BaseModel):
    """What happened. `about` names what it happened to, such as `file:<id>`; `details` depend on the kind."""

    id: UUID
    kind: str
    about: str
    label: str
    occurred_at: datetime
    details: dict[str, Any]


async def list_activity(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[ActivityView]:
    """Return what happened for the actor's organization, of what the actor may see; latest first."""
    statement = select(ActivityEntry).where(
        ActivityEntry.organization_id == actor.organization_id, visible_to(actor, ActivityEntry.permission)
    )
    order: Order = [(ActivityEntry.occurred_at, datetime.fromisoformat), (ActivityEntry.id, UUID)]
    return await fetch_page(session, statement, order, _view, after=after, limit=limit)


def _view(found: ActivityEntry) -> ActivityView:
    return ActivityView.model_validate(found, from_attributes=True)
