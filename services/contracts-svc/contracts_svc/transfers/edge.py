"""The routes of both sides of a transfer. A successor sees this transfer, and nothing else of the contract."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.signature import CurrentSigner, Typed
from chassis.versions import IfMatch, etag
from contracts_svc.transfers import requesting, views
from contracts_svc.transfers.lifecycle import SUBMIT, VIEW
from contracts_svc.transfers.terms import Terms
from contracts_svc.transfers.transfer import Transfer

router = SliceRouter(prefix="/api/contracts/transfers", tags=["transfers"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class NewTransfer(BaseModel):
    """A change of ownership. For your own contract name it; as the successor type the number that stands on it.

    `replaces` is a request that was drafted before and is dropped.
    """

    contract_id: UUID | None = None
    contract_number: Annotated[str, Field(max_length=40)] = ""
    terms: Terms
    replaces: UUID | None = None


class Submission(BaseModel):
    """What the official typed under the statement."""

    signature: Typed


class EffectiveDate(BaseModel):
    """When the change takes effect; a day that has come: when it did."""

    effective_on: date


class LinesThatGo(BaseModel):
    """The competitions of the contract that go."""

    lines: Annotated[list[UUID], Field(min_length=1, max_length=500)]


class Answer(BaseModel):
    """The answer to what was asked."""

    text: Annotated[Words, Field(min_length=1)]


@router.get("", permission=VIEW)
async def list_transfers(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.TransferSummary]:
    """List the transfers of which your organization is a side, latest first."""
    return await views.list_mine(session, actor, after, limit)


@router.post("", permission=SUBMIT, status_code=201)
async def draft_transfer(body: NewTransfer, session: WritingSession, response: Response) -> views.TransferView:
    """Draft a request; nothing is received before it is submitted."""
    drafted = await requesting.draft(
        session, body.terms, contract_id=body.contract_id, number=body.contract_number, replaces=body.replaces
    )
    return await _saved(session, drafted, response)


@router.get("/{transfer_id}", permission=VIEW)
async def read_transfer(
    transfer_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.TransferView:
    """Read a transfer with the documents of your side."""
    view = await views.read_mine(session, actor, transfer_id)
    response.headers["ETag"] = etag(view.row_version)
    return view


@router.post("/{transfer_id}/submission", permission=SUBMIT)
async def submit_transfer(
    transfer_id: UUID, body: Submission, session: WritingSession, signer: CurrentSigner, response: Response
) -> views.TransferView:
    """Submit a request under your signature."""
    return await _saved(session, await requesting.submit(session, transfer_id, signer, body.signature), response)


@router.post("/{transfer_id}/lines", permission=SUBMIT)
async def name_lines(
    transfer_id: UUID, body: LinesThatGo, base: IfMatch, session: WritingSession, response: Response
) -> views.TransferView:
    """Name the competitions that go, where the successor asked for a part of your contract."""
    return await _saved(session, await requesting.name_lines(session, transfer_id, body.lines, base), response)


@router.post("/{transfer_id}/effective-date", permission=SUBMIT)
async def tell_effective_date(
    transfer_id: UUID, body: EffectiveDate, base: IfMatch, session: WritingSession, response: Response
) -> views.TransferView:
    """Tell on which other day the change takes effect, or on which it did."""
    return await _saved(session, await requesting.re_date(session, transfer_id, body.effective_on, base), response)


@router.post("/{transfer_id}/answer", permission=SUBMIT)
async def answer_question(
    transfer_id: UUID, body: Answer, base: IfMatch, session: WritingSession, response: Response
) -> views.TransferView:
    """Answer what was asked about a transfer."""
    return await _saved(session, await requesting.answer(session, transfer_id, body.text, base), response)


@router.post("/{transfer_id}/withdrawal", permission=SUBMIT)
async def withdraw_transfer(
    transfer_id: UUID, base: IfMatch, session: WritingSession, response: Response
) -> views.TransferView:
    """Take a transfer back: the contract stays as it is."""
    return await _saved(session, await requesting.withdraw(session, transfer_id, base), response)


async def _saved(session: Session, transfer: Transfer, response: Response) -> views.TransferView:
    await session.flush()
    response.headers["ETag"] = etag(transfer.row_version)
    return await views.view_of(session, session.actor, transfer)
