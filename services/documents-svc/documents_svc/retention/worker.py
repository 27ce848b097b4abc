from chassis.database import Session
from chassis.kafka import Hears
from documents_svc.retention.use_cases import note_closed
from events.bidding import STREAM
from events.records import RecordsClosed

hears = Hears("documents")


@hears(STREAM, RecordsClosed)
async def on_records_closed(event: RecordsClosed, session: Session) -> None:
    """A round is over, or something else that files belong to: their time begins to run."""
    await note_closed(session, event)
