"""What whoever opened a slot says of it again."""

from typing import Any
from uuid import UUID

from documents_svc.settlement.use_cases import open_slot
from events.requirements import SlotRequested
from tests.documents.house import House


async def ask_again(house: House, slot_id: UUID, **changes: Any) -> None:
    """Say `slot-requested` again, with changes."""
    [row] = await house.rows("select * from slot where id = :id", id=slot_id)
    fields = {name: getattr(row, name) for name in SlotRequested.model_fields if hasattr(row, name)}
    asked = SlotRequested(**(fields | {"slot_id": slot_id} | changes))
    async with house.as_worker(row.organization_id) as session:
        await open_slot(session, asked, house.resources.keys)
