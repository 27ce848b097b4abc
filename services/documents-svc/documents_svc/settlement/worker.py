from chassis.database import Session
from chassis.kafka import Hears
from documents_svc.resources import opened_resources
from documents_svc.settlement.use_cases import open_slot
from events import contract_documents, contracts
from events.bidding import STREAM
from events.requirements import SlotRequested

hears = Hears("documents")


@hears(STREAM, SlotRequested)
async def on_slot_requested(event: SlotRequested, session: Session) -> None:
    """Somebody needs a file: a slot is to be open for it, or its times change."""
    await open_slot(session, event, opened_resources().keys)


@hears(contracts.STREAM, contract_documents.SlotRequested)
async def on_contract_slot_requested(event: contract_documents.SlotRequested, session: Session) -> None:
    """A file is needed under a contract: a slot is to be open for it, or its times change."""
    await open_slot(session, event, opened_resources().keys)
