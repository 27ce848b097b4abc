from uuid import UUID

from sqlalchemy import select

from bidding_svc.requirements.lifecycle import Need
from bidding_svc.requirements.received_file import ReceivedFile
from bidding_svc.requirements.requirement import Requirement, has_cdrd_right
from bidding_svc.rounds.round import Round
from chassis.database import Session
from chassis.errors import NotFound
from events.documents import DocumentReceived, SlotOpened, SlotSettled


async def note_slot_opened(session: Session, opened: SlotOpened) -> None:
    """Note that documents-svc holds a requirement's slot open, and by which times."""
    requirement = await _by_slot(session, opened.slot_id)
    requirement.slot_opened(opened.opens_at, opened.closes_at, session.at)
    await _judge_what_it_stands_in_for(session, requirement)


async def receive_document(session: Session, received: DocumentReceived) -> None:
    """Mark the requirement received, and whether by the CDRD."""
    requirement = await _by_slot(session, received.slot_id)
    requirement.receive(received)
    await _judge_what_it_stands_in_for(session, requirement)


async def note_rejection(session: Session, slot_id: UUID, file_id: UUID) -> None:
    """A file of a requirement failed its checks."""
    requirement = await _by_slot(session, slot_id)
    requirement.file_rejected(file_id, session.at)
    await _judge_what_it_stands_in_for(session, requirement)


async def settle(session: Session, settled: SlotSettled) -> None:
    """A slot is settled: only now can its requirement be missing.

    A slot that settled by a close which an extension has moved since then is open again, or will be: nothing is missing
    yet.
    """
    requirement = await _by_slot(session, settled.slot_id)
    round_ = await session.get_one(Round, requirement.round_code)
    if settled.closes_at < round_.last_close_at:
        return
    siblings = await session.scalars(select(Requirement).where(Requirement.bidder_id == requirement.bidder_id))
    requirement.settle(cdrd_right=has_cdrd_right(list(siblings)), at=settled.settled_at)


async def waive(session: Session, requirement_id: UUID, reason: str, letter_id: UUID) -> Requirement:
    """Waive a requirement by a letter of its bidder. Raises `NotFound`, and what `Requirement.waive` raises."""
    requirement = await session.scalar(select(Requirement).where(Requirement.id == requirement_id).with_for_update())
    if requirement is None:
        raise NotFound
    letter: ReceivedFile | None = await session.scalar(
        select(ReceivedFile)
        .join(Requirement, Requirement.id == ReceivedFile.requirement_id)
        .where(ReceivedFile.file_id == letter_id, Requirement.bidder_id == requirement.bidder_id)
    )
    requirement.waive(reason, letter, by=session.actor.user_id, at=session.at)
    return requirement


async def _judge_what_it_stands_in_for(session: Session, requirement: Requirement) -> None:
    """Where a document stands in for another one, that one is met once everything that stands in has been received.

    The one stood in for is locked before its stand-ins are read, so that two arriving together see each other.
    """
    if requirement.stands_in_for is None:
        return
    await session.flush()
    of_this_bidder = select(Requirement).where(
        Requirement.bidder_id == requirement.bidder_id, Requirement.member.is_not_distinct_from(requirement.member)
    )
    asked = await session.scalar(
        of_this_bidder.where(Requirement.document == requirement.stands_in_for).with_for_update()
    )
    if asked is not None:
        stand_ins = await session.scalars(
            of_this_bidder.where(Requirement.stands_in_for == asked.document).execution_options(populate_existing=True)
        )
        asked.stand_ins_received(session.at, every_one=all(each.state is Need.RECEIVED for each in stand_ins))


async def _by_slot(session: Session, slot_id: UUID) -> Requirement:
    found = await session.scalar(select(Requirement).where(Requirement.slot_id == slot_id).with_for_update())
    if found is None:
        raise NotFound
    return found
