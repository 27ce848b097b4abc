from uuid import UUID

from chassis.database import Session
from chassis.kafka import Hears
from contracts_svc.transfers import receiving
from contracts_svc.transfers.document import SUBJECT
from events.documents import STREAM, DocumentReceived, DocumentRejected, SlotSettled

hears = Hears("contracts")


@hears(STREAM, DocumentReceived)
async def on_document_received(event: DocumentReceived, session: Session) -> None:
    """A file arrived for a transfer."""
    if (document_id := _document(event.slot_subject)) is not None:
        await receiving.receive(session, document_id, event)


@hears(STREAM, DocumentRejected)
async def on_document_rejected(event: DocumentRejected, session: Session) -> None:
    """A file of a transfer failed its checks."""
    if (document_id := _document(event.slot_subject)) is not None:
        await receiving.reject(session, document_id, event.file_id)


@hears(STREAM, SlotSettled)
async def on_slot_settled(event: SlotSettled, session: Session) -> None:
    """Everything that came for a document of a transfer is known."""
    if (document_id := _document(event.slot_subject)) is not None:
        await receiving.settle(session, document_id, event.closes_at)


def _document(slot_subject: str) -> UUID | None:
    kind, _, document_id = slot_subject.partition(":")
    return UUID(document_id) if kind == SUBJECT else None
