"""The routes of contract administrators, financial analysts and contracting officers: the work list of transfers."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.signature import CurrentSigner, Typed
from chassis.versions import IfMatch, etag
from contracts_svc.transfers import reviewing, staff_views
from contracts_svc.transfers.completing import complete
from contracts_svc.transfers.lifecycle import DECIDE, FINANCE, REVIEW, STAFF_VIEW, TransferState
from contracts_svc.transfers.transfer import Transfer

router = SliceRouter(prefix="/api/contracts/transfer-work", tags=["transfers, inside"])

InState = Annotated[TransferState | None, Query(description="Only transfers in this state")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
View = staff_views.StaffTransferView


class Question(BaseModel):
    """What both sides are asked."""

    text: Annotated[Words, Field(min_length=1)]


class Waiver(BaseModel):
    """Why a document is not needed: CMS holds sufficient ones."""

    because: Words


class Finances(BaseModel):
    """Whether the finances of the successor are acceptable, and why."""

    finding: Literal["acceptable", "unacceptable"]
    note: Words = ""


class Recommendation(BaseModel):
    """What to decide. `confirmed`: for conditions that could not be checked here, how somebody checked them."""

    what: Literal["approve", "deny", "not-required"]
    explanation: Words = ""
    confirmed: Annotated[dict[str, Words], Field(max_length=10)] = {}


class Explained(BaseModel):
    """Why a decision is made, in words for both sides."""

    explanation: Words


class Signature(BaseModel):
    """What the contracting officer typed under the statement."""

    signature: Typed


@router.get("", permission=STAFF_VIEW)
async def list_work(
    actor: CurrentActor, session: ReadingSession, state: InState = None, after: After = None, limit: Limit = 25
) -> Page[staff_views.StaffTransferSummary]:
    """List the transfers that were filed, in the order they came."""
    return await staff_views.list_work(session, actor, state, after, limit)


@router.get("/{transfer_id}", permission=STAFF_VIEW)
async def read_work(transfer_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response) -> View:
    """Read a transfer with the documents of both sides and the results of its checks."""
    view = await staff_views.read_for_staff(session, actor, transfer_id)
    response.headers["ETag"] = etag(view.row_version)
    return view


@router.post("/{transfer_id}/taking", permission=REVIEW)
async def take(transfer_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> View:
    """Take a complete package in review: what can be checked is checked."""
    return await _saved(session, await reviewing.take(session, transfer_id, base), response)


@router.post("/{transfer_id}/question", permission=REVIEW)
async def ask(transfer_id: UUID, body: Question, base: IfMatch, session: WritingSession, response: Response) -> View:
    """Ask both sides for more."""
    return await _saved(session, await reviewing.ask(session, transfer_id, base, body.text), response)


@router.post("/{transfer_id}/documents/{document_id}/waiver", permission=REVIEW)
async def waive(transfer_id: UUID, document_id: UUID, body: Waiver, base: IfMatch, session: WritingSession) -> View:
    """Do without a document of a package, because CMS holds sufficient ones."""
    waived = await reviewing.waive(session, transfer_id, base, document_id, body.because)
    return await _saved(session, waived)


@router.post("/{transfer_id}/finances", permission=FINANCE)
async def review_finances(
    transfer_id: UUID, body: Finances, base: IfMatch, session: WritingSession, response: Response
) -> View:
    """Say whether the finances of the successor are acceptable."""
    reviewed = await reviewing.review_finances(session, transfer_id, base, body.finding, body.note)
    return await _saved(session, reviewed, response)


@router.post("/{transfer_id}/recommendation", permission=REVIEW)
async def recommend(
    transfer_id: UUID, body: Recommendation, base: IfMatch, session: WritingSession, response: Response
) -> View:
    """Recommend what to decide."""
    recommended = await reviewing.recommend(
        session, transfer_id, base, what=body.what, explanation=body.explanation, confirmed=body.confirmed
    )
    return await _saved(session, recommended, response)


@router.post("/{transfer_id}/approval", permission=DECIDE)
async def approve(transfer_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> View:
    """Approve a transfer, that somebody else recommended, on the condition of a novation."""
    return await _saved(session, await reviewing.approve(session, transfer_id, base), response)


@router.post("/{transfer_id}/denial", permission=DECIDE)
async def deny(transfer_id: UUID, body: Explained, base: IfMatch, session: WritingSession, response: Response) -> View:
    """Deny a transfer: the contract stays as it is."""
    denied = await reviewing.decide_against(session, transfer_id, base, "deny", body.explanation)
    return await _saved(session, denied, response)


@router.post("/{transfer_id}/no-transfer-needed", permission=DECIDE)
async def find_not_required(
    transfer_id: UUID, body: Explained, base: IfMatch, session: WritingSession, response: Response
) -> View:
    """Find that this is no change of ownership: a location update is enough."""
    found = await reviewing.decide_against(session, transfer_id, base, "not required", body.explanation)
    return await _saved(session, found, response)


@router.post("/{transfer_id}/novation", permission=DECIDE)
async def sign_novation(
    transfer_id: UUID,
    body: Signature,
    base: IfMatch,
    session: WritingSession,
    signer: CurrentSigner,
) -> View:
    """Sign the novation for CMS: what goes is the successor's from today on."""
    return await _saved(session, await complete(session, transfer_id, base, signer, body.signature))


async def _saved(session: Session, transfer: Transfer, response: Response | None = None) -> View:
    await session.flush()
    if response is not None:
        response.headers["ETag"] = etag(transfer.row_version)
    return await staff_views.staff_view_of(session, session.actor, transfer)
