"""The documents an analyst has beside the form: what the bidder was asked for, and the files that came."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select

from bidding_svc.requirements.requirement import Requirement
from bidding_svc.rounds.round import Round
from bidding_svc.scores.score import FinancialScore
from chassis.database import ReadSession, Session


class FileBeside(BaseModel):
    """A file that was received for a document; a rejected one, or one that came late, does not count."""

    file_id: UUID
    received_at: datetime
    counts: bool


class DocumentBeside(BaseModel):
    """A financial document the round asks, with its files, latest first. `state` is None where it was never asked."""

    code: str
    label: str
    stands_in_for: str | None
    state: str | None
    files: list[FileBeside]


async def documents_beside(session: Session | ReadSession, score: FinancialScore) -> list[DocumentBeside]:
    """Return the financial documents of whom a score is about, in the order of the rule set."""
    rules = (await session.get_one(Round, score.round_code)).rules
    wanted = [document.code for document in rules.required_financial_docs]
    found = await session.scalars(
        select(Requirement).where(
            Requirement.bidder_id == score.bidder_id,
            Requirement.document.in_(wanted),
            func.coalesce(Requirement.member, "") == score.member,
        )
    )
    asked = {each.document: each for each in found}
    return [
        DocumentBeside(
            code=document.code,
            label=document.label,
            stands_in_for=document.stands_in_for,
            state=asked[document.code].state if document.code in asked else None,
            files=_files(asked.get(document.code)),
        )
        for document in rules.required_financial_docs
    ]


def _files(requirement: Requirement | None) -> list[FileBeside]:
    received = sorted(requirement.files, key=lambda each: each.received_at, reverse=True) if requirement else []
    return [FileBeside(file_id=each.file_id, received_at=each.received_at, counts=each.counts) for each in received]
