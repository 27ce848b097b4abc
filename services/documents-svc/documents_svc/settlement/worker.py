from chassis.database import Session
from chassis.kafka import Hears
from documents_svc.resources import opened_resources
from documents_svc.settlement.use_cases import open_slot
from events.bidding import STREAM
from events.requirements import SlotRequested

hears = Hears("documents")


@hears(STREAM, SlotRequested)
async def on_slot_requested(event: SlotRequested, session: Session) -> None:
    """Somebody needs a file: a slot is to be open for it, or its times change."""
    await open_slot(session, event, opened_resources().keys)
