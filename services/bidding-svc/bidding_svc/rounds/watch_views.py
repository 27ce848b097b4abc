from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, or_, select

from bidding_svc.bidders.bidder import Bidder, Organization
from bidding_svc.form_a.form_a import FormA
from bidding_svc.form_a.lifecycle import FormAState
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.requirements.lifecycle import NEED_NOT_BE_MET, Need
from bidding_svc.requirements.requirement import Requirement
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.progress import RoundProgress
from bidding_svc.rounds.round import Round
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page

NOT_RECEIVED = (BidState.DRAFT, BidState.SUBMITTED, BidState.WITHDRAWN, BidState.INCOMPLETE, BidState.REMOVED)


class Registration(BaseModel):
    """A bidder of a round. Form A and bids are None until the round is in evaluation: nobody inside knows of them."""

    bidder_number: str
    legal_business_name: str
    ptan: str
    numbered_at: datetime
    documents_needed: int
    documents_received: int
    form_a_approved: bool | None
    bids_received: int | None


class Numbers(BaseModel):
    """How far the bidders of a round are, as counted at `counted_at`."""

    counted_at: datetime
    bidders: int
    forms_a: dict[FormAState, int]
    bids: dict[BidState, int]
    documents_needed: int
    documents_received: int


class WindowView(BaseModel):
    """The bid window of a round. `numbers` is None until they were counted for the first time."""

    code: str
    name: str
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    extended_to: datetime | None
    numbers: Numbers | None


async def list_registrations(
    session: ReadSession, code: str, search: str | None, after: str | None, limit: int
) -> Page[Registration]:
    """Return the bidders of a round by number; those that begin as `search` does, where it is given.

    Raises `NotFound`.
    """
    await _round(session, code)
    statement = select(Bidder).where(Bidder.round_code == code)
    if search is not None and (typed := search.strip().lower()):
        organizations = select(Organization.organization_id).where(
            or_(
                func.lower(Organization.legal_business_name).startswith(typed, autoescape=True),
                Organization.ptan == typed,
            )
        )
        statement = statement.where(
            or_(Bidder.number.startswith(typed, autoescape=True), Bidder.organization_id.in_(organizations))
        )
    page = await fetch_page(
        session, statement, [(Bidder.number, str)], lambda bidder: bidder, after=after, limit=limit, descending=False
    )
    return Page(items=await _registrations(session, page.items), next=page.next)


async def read_window(session: ReadSession, code: str) -> WindowView:
    """Return how far a round's bid window is. Raises `NotFound`, also for a round that was not announced."""
    found = await _round(session, code)
    counted = await session.get(RoundProgress, code)
    extension = found.pending_extension
    return WindowView(
        code=found.code,
        name=found.name,
        phase=found.phase,
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        extended_to=extension.closes_at if extension else None,
        numbers=_numbers(counted) if counted else None,
    )


async def _registrations(session: ReadSession, bidders: Sequence[Bidder]) -> list[Registration]:
    """Say of each bidder what stands: one query for the names, one for documents, forms and bids each."""
    ids = [bidder.id for bidder in bidders]
    names = await _organizations(session, [bidder.organization_id for bidder in bidders])
    documents, forms, bids = await _documents(session, ids), await _forms(session, ids), await _bids(session, ids)
    return [
        Registration(
            bidder_number=bidder.number,
            legal_business_name=names[bidder.organization_id].legal_business_name,
            ptan=names[bidder.organization_id].ptan,
            numbered_at=bidder.numbered_at,
            documents_needed=documents.get(bidder.id, (0, 0))[0],
            documents_received=documents.get(bidder.id, (0, 0))[1],
            form_a_approved=forms.get(bidder.id),
            bids_received=bids.get(bidder.id, 0) if bidder.id in forms else None,
        )
        for bidder in bidders
    ]


async def _organizations(session: ReadSession, ids: list[UUID]) -> dict[UUID, Organization]:
    found = await session.scalars(select(Organization).where(Organization.organization_id.in_(ids)))
    return {each.organization_id: each for each in found}


async def _documents(session: ReadSession, bidders: list[UUID]) -> dict[UUID, tuple[int, int]]:
    received = func.count().filter(Requirement.state == Need.RECEIVED)
    rows = await session.execute(
        select(Requirement.bidder_id, func.count(), received)
        .where(
            Requirement.bidder_id.in_(bidders),
            Requirement.stands_in_for.is_(None),
            Requirement.state.not_in(NEED_NOT_BE_MET),
        )
        .group_by(Requirement.bidder_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


async def _forms(session: ReadSession, bidders: list[UUID]) -> dict[UUID, bool]:
    """Whether each Form A stood approved; none before the evaluation, when row-level security shows no form."""
    return {form.id: form.is_approved for form in await session.scalars(select(FormA).where(FormA.id.in_(bidders)))}


async def _bids(session: ReadSession, bidders: list[UUID]) -> dict[UUID, int]:
    rows = await session.execute(
        select(Bid.bidder_id, func.count())
        .where(Bid.bidder_id.in_(bidders), Bid.state.not_in(NOT_RECEIVED))
        .group_by(Bid.bidder_id)
    )
    return {row[0]: row[1] for row in rows}


def _numbers(counted: RoundProgress) -> Numbers:
    return Numbers(
        counted_at=counted.counted_at,
        bidders=counted.bidders,
        forms_a={FormAState(state): many for state, many in counted.forms.items()},
        bids={BidState(state): many for state, many in counted.bids.items()},
        documents_needed=counted.documents["needed"],
        documents_received=counted.documents["received"],
    )


async def _round(session: ReadSession, code: str) -> Round:
    found = await session.get(Round, code)
    if found is None or found.announced_at is None:
        raise NotFound
    return found
