from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis import program_time
from chassis.door import SIGNED_IN, CurrentActor, ReadingSession, SliceRouter
from chassis.paging import DEFAULT_LIMIT, MOST, Page
from documents_svc.slots.views import SlotView, slot_view, slots_page

router = SliceRouter(prefix="/api/documents/slots", tags=["slots"])


@router.get("", permission=SIGNED_IN)
async def list_slots(
    actor: CurrentActor,
    session: ReadingSession,
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = DEFAULT_LIMIT,
) -> Page[SlotView]:
    """List the slots you may use or read, the next close first."""
    return await slots_page(session, actor, program_time.now(), after=after, limit=limit)


@router.get("/{slot_id}", permission=SIGNED_IN)
async def read_slot(slot_id: UUID, actor: CurrentActor, session: ReadingSession) -> SlotView:
    """Read one slot."""
    return await slot_view(session, actor, slot_id, program_time.now())
