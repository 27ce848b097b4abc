from uuid import UUID

from sqlalchemy import select

from chassis.database import Session
from chassis.errors import NotFound
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.telling import subject_of
from events.contract_documents import FileTaken
from events.documents import DocumentReceived


async def take_file(session: Session, case_id: UUID, received: DocumentReceived) -> None:
    """A file arrived in a slot of a case: documents-svc counts it as taken. Raises `NotFound`."""
    case = await session.scalar(select(BreachCase).where(BreachCase.id == case_id))
    if case is None:
        raise NotFound
    session.say(
        FileTaken(
            file_id=received.file_id,
            slot_id=received.slot_id,
            organization_id=case.organization_id,
            taken_by_subject=subject_of(case),
        )
    )
