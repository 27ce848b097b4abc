from uuid import UUID

from chassis.database import Session
from chassis.kafka import Hears
from contracts_svc.breaches.files import take_file
from contracts_svc.breaches.noticing import note_issued
from contracts_svc.breaches.opening import suspect
from contracts_svc.breaches.telling import BREACH
from events import contracts, documents, notices

hears = Hears("contracts")


@hears(contracts.STREAM, contracts.BreachSuspected)
async def on_breach_suspected(event: contracts.BreachSuspected, session: Session) -> None:
    """Something points to a breach: a compliance analyst looks at it."""
    await suspect(session, event)


@hears(notices.STREAM, notices.NoticeIssued)
async def on_notice_issued(event: notices.NoticeIssued, session: Session) -> None:
    """A notice of a case has gone out: its clocks run from the date on it."""
    if event.about.kind == BREACH:
        await note_issued(session, event)


@hears(documents.STREAM, documents.DocumentReceived)
async def on_document_received(event: documents.DocumentReceived, session: Session) -> None:
    """A file arrived in a slot of a case."""
    kind, _, case_id = event.slot_subject.partition(":")
    if kind == BREACH:
        await take_file(session, UUID(case_id), event)
