"""The routes of suppliers: breach cases that authorized officials know of, and what they may send."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.signature import CurrentSigner, Signer, Typed
from chassis.versions import IfMatch, etag
from contracts_svc.breaches import answering, views
from contracts_svc.breaches.case import BreachCase
from contracts_svc.breaches.permissions import RESPOND, VIEW

router = SliceRouter(prefix="/api/contracts/breaches", tags=["breaches"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Receipts = Annotated[list[Annotated[str, Field(max_length=4000)]], Field(max_length=20)]


class Answer(BaseModel):
    """Words, and files by their receipts, under a signature."""

    text: Words
    receipts: Receipts
    signature: Typed

    def by(self, signer: Signer) -> answering.Sent:
        """Return what was sent, and who signs it."""
        return answering.Sent(self.text, self.receipts, signer, self.signature)


class Plan(Answer):
    """A corrective action plan. `finish_on`: when it will be fully carried out."""

    finish_on: date


@router.get("", permission=VIEW)
async def list_cases(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.CaseSummary]:
    """List your organization's breach cases, latest first."""
    return await views.list_mine(session, actor, after, limit)


@router.get("/{case_id}", permission=VIEW)
async def read_case(case_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response) -> views.CaseView:
    """Read a breach case."""
    view = await views.read_mine(session, actor, case_id)
    response.headers["ETag"] = etag(view.row_version)
    return view


@router.post("/{case_id}/plan", permission=RESPOND)
async def submit_plan(
    case_id: UUID, body: Plan, base: IfMatch, session: WritingSession, signer: CurrentSigner
) -> views.CaseView:
    """Send a corrective action plan, or the revised one."""
    return await _view(session, await answering.submit_plan(session, case_id, base, body.finish_on, body.by(signer)))


@router.post("/{case_id}/report", permission=RESPOND)
async def report(
    case_id: UUID, body: Answer, base: IfMatch, session: WritingSession, signer: CurrentSigner
) -> views.CaseView:
    """Report that the plan is carried out."""
    return await _view(session, await answering.report(session, case_id, base, body.by(signer)))


@router.post("/{case_id}/hearing-request", permission=RESPOND)
async def request_hearing(
    case_id: UUID, body: Answer, base: IfMatch, session: WritingSession, signer: CurrentSigner
) -> views.CaseView:
    """Request a hearing in writing, with the evidence."""
    return await _view(session, await answering.request_hearing(session, case_id, base, body.by(signer)))


@router.post("/{case_id}/evidence", permission=RESPOND)
async def add_evidence(
    case_id: UUID, body: Answer, base: IfMatch, session: WritingSession, signer: CurrentSigner
) -> views.CaseView:
    """Add evidence that the hearing officer permitted."""
    return await _view(session, await answering.add_evidence(session, case_id, base, body.by(signer)))


@router.post("/{case_id}/beneficiary-proof", permission=RESPOND)
async def prove(
    case_id: UUID, body: Answer, base: IfMatch, session: WritingSession, signer: CurrentSigner
) -> views.CaseView:
    """Prove that the beneficiaries were told to choose another contract supplier."""
    return await _view(session, await answering.prove(session, case_id, base, body.by(signer)))


async def _view(session: Session, case: BreachCase) -> views.CaseView:
    await session.flush()
    return await views.view_of(session, case, session.actor)
