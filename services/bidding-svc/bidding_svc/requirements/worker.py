from bidding_svc.requirements import use_cases
from chassis.database import Session
from chassis.kafka import Hears
from events.documents import STREAM, DocumentReceived, DocumentRejected, SlotOpened, SlotSettled

OURS = "requirement:"

hears = Hears("bidding")


@hears(STREAM, SlotOpened)
async def on_slot_opened(event: SlotOpened, session: Session) -> None:
    """documents-svc holds a slot open: its requirement can be uploaded to."""
    if event.slot_subject.startswith(OURS):
        await use_cases.note_slot_opened(session, event)


@hears(STREAM, DocumentReceived)
async def on_document_received(event: DocumentReceived, session: Session) -> None:
    """A file arrived for a requirement."""
    if event.slot_subject.startswith(OURS):
        await use_cases.receive_document(session, event)


@hears(STREAM, DocumentRejected)
async def on_document_rejected(event: DocumentRejected, session: Session) -> None:
    """A file failed its checks: it no longer meets its requirement."""
    if event.slot_subject.startswith(OURS):
        await use_cases.note_rejection(session, event.slot_id, event.file_id)


@hears(STREAM, SlotSettled)
async def on_slot_settled(event: SlotSettled, session: Session) -> None:
    """After the close, all that was received in time has ended its checks."""
    if event.slot_subject.startswith(OURS):
        await use_cases.settle(session, event)
