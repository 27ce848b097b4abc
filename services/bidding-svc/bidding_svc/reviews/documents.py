"""The files a bidder sent that a reviewer has beside the checklist of a case."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from bidding_svc.requirements.lifecycle import Need
from bidding_svc.requirements.received_file import ReceivedFile
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.reviews.kinds import Kind
from bidding_svc.reviews.views import seen
from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.paging import Order, Page, fetch_page

ORDER: Order = [(ReceivedFile.received_at, datetime.fromisoformat), (ReceivedFile.file_id, UUID)]


class CaseFile(BaseModel):
    """A file that was received for a document of the bidder; a rejected one, or one that came late, does not count.

    `member` is the PTAN of the network member and `cba_code` the area it is for, where it is for one.
    """

    file_id: UUID
    label: str
    document: str
    member: str | None
    cba_code: str | None
    state: Need
    received_at: datetime
    counts: bool


async def list_files(
    session: ReadSession, actor: Actor, case_id: UUID, *, after: str | None, limit: int
) -> Page[CaseFile]:
    """Return the files of a case, the latest first. Raises `NotFound`, also for a kind the actor may not see.

    What came as an answer to the case's own notice is in its slot, which documents-svc lists.
    """
    case = await seen(session, actor, case_id)
    statement = (
        select(ReceivedFile)
        .join(ReceivedFile.requirement)
        .options(contains_eager(ReceivedFile.requirement))
        .where(Requirement.bidder_id == case.bidder_id, *_looked_at(case.kind))
    )
    return await fetch_page(session, statement, ORDER, _file, after=after, limit=limit)


def _looked_at(kind: Kind) -> list[ColumnElement[bool]]:
    """Which documents a kind of review is about: bonds, covered documents, otherwise all."""
    match kind:
        case Kind.BONDS:
            return [Requirement.cba_code.is_not(None)]
        case Kind.CDRD:
            return [Requirement.covered.is_(True)]
        case _:
            return []


def _file(file: ReceivedFile) -> CaseFile:
    asked = file.requirement
    return CaseFile(
        file_id=file.file_id,
        label=asked.label,
        document=asked.document,
        member=asked.member,
        cba_code=asked.cba_code,
        state=asked.state,
        received_at=file.received_at,
        counts=file.counts,
    )
