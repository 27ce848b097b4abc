from uuid import UUID

from bidding_svc.inquiries import use_cases
from bidding_svc.inquiries.telling import INQUIRY
from chassis.database import Session
from chassis.kafka import Hears
from events.documents import STREAM, DocumentReceived

hears = Hears("bidding")


@hears(STREAM, DocumentReceived)
async def on_document_received(event: DocumentReceived, session: Session) -> None:
    """A file arrived for an inquiry."""
    kind, _, inquiry_id = event.slot_subject.partition(":")
    if kind == INQUIRY:
        await use_cases.take_file(session, UUID(inquiry_id), event)
