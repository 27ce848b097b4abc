"""The routes of suppliers: the subcontracting arrangements they disclose."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit
from chassis.signature import CurrentSigner, Typed
from chassis.versions import IfMatch, etag
from contracts_svc.subcontracting import disclosing, views
from contracts_svc.subcontracting.disclosure import Disclosure
from contracts_svc.subcontracting.lifecycle import SUBMIT
from contracts_svc.subcontracting.terms import Terms

router = SliceRouter(prefix="/api/contracts/subcontracts", tags=["subcontracting"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class NewDisclosure(BaseModel):
    """An arrangement under a contract; without `terms`, that there are no subcontractors."""

    contract_id: UUID
    terms: Annotated[Terms | None, Field(description="null: there are no subcontractors")]
    signature: Typed


class Change(BaseModel):
    """An arrangement as it will be."""

    terms: Terms
    signature: Typed


class Ending(BaseModel):
    """The last day of an arrangement."""

    on: date


class Answer(BaseModel):
    """The answer to what was asked."""

    text: Words


@router.get("", permission=SUBMIT)
async def list_disclosures(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> views.Disclosures:
    """List your organization's disclosures, latest first."""
    return await views.list_mine(session, actor, after, limit)


@router.post("", permission=SUBMIT, status_code=201)
async def disclose(body: NewDisclosure, session: WritingSession, signer: CurrentSigner) -> views.DisclosureView:
    """Disclose an arrangement under your signature; after its date it is late, and taken all the same."""
    return await _view(
        session, await disclosing.disclose(session, body.contract_id, body.terms, signer, body.signature)
    )


@router.get("/{disclosure_id}", permission=SUBMIT)
async def read_disclosure(
    disclosure_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.DisclosureView:
    """Read a disclosure."""
    view = await views.read_mine(session, actor, disclosure_id)
    response.headers["ETag"] = etag(view.row_version)
    return view


@router.post("/{disclosure_id}/change", permission=SUBMIT)
async def change(
    disclosure_id: UUID, body: Change, base: IfMatch, session: WritingSession, signer: CurrentSigner
) -> views.DisclosureView:
    """Disclose a change of an acknowledged arrangement under your signature."""
    changed = await disclosing.change(session, disclosure_id, base, body.terms, signer=signer, typed=body.signature)
    return await _view(session, changed)


@router.post("/{disclosure_id}/ending", permission=SUBMIT)
async def end(disclosure_id: UUID, body: Ending, base: IfMatch, session: WritingSession) -> views.DisclosureView:
    """End an arrangement."""
    return await _view(session, await disclosing.end(session, disclosure_id, base, body.on))


@router.post("/{disclosure_id}/answer", permission=SUBMIT)
async def answer(disclosure_id: UUID, body: Answer, base: IfMatch, session: WritingSession) -> views.DisclosureView:
    """Answer what was asked about a disclosure."""
    return await _view(session, await disclosing.answer(session, disclosure_id, base, body.text))


async def _view(session: Session, disclosure: Disclosure) -> views.DisclosureView:
    await session.flush()
    return views.view_of(disclosure, session.actor)
