"""What arrives in the slots of missing covered documents."""

from uuid import UUID

from sqlalchemy import select

from bidding_svc.requirements.by_notice import ASKED_FOR
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews.cdrd.deciding import decide_by_what_arrived
from chassis.database import Session
from chassis.errors import NotFound
from chassis.kafka import Hears
from events.documents import STREAM, DocumentReceived, DocumentRejected, SlotSettled

hears = Hears("bidding")


@hears(STREAM, DocumentReceived)
async def on_document_received(event: DocumentReceived, session: Session) -> None:
    """A document came that a notice had asked for."""
    if requirement := await _asked_for(session, event.slot_subject):
        requirement.receive_by_notice(event)


@hears(STREAM, DocumentRejected)
async def on_document_rejected(event: DocumentRejected, session: Session) -> None:
    """A file failed its checks: its document is asked for still."""
    if requirement := await _asked_for(session, event.slot_subject):
        requirement.reject_by_notice(event.file_id)


@hears(STREAM, SlotSettled)
async def on_slot_settled(event: SlotSettled, session: Session) -> None:
    """After the answer was due, all that was received in time has ended its checks."""
    if requirement := await _asked_for(session, event.slot_subject):
        if requirement.notice_due_at is None or event.closes_at < requirement.notice_due_at:
            return
        requirement.end_notice()
        await session.flush()
        await decide_by_what_arrived(session, requirement.bidder_id)


async def _asked_for(session: Session, subject: str) -> Requirement | None:
    """Return the requirement whose notice slot this is; None for a slot of another kind. Raises `NotFound`."""
    kind, _, requirement_id = subject.partition(":")
    if kind != ASKED_FOR:
        return None
    found: Requirement | None = await session.scalar(
        select(Requirement).where(Requirement.id == UUID(requirement_id)).with_for_update()
    )
    if found is None:
        raise NotFound
    return found
