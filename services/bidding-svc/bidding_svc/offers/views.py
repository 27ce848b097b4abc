from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.offers.lifecycle import LineState
from bidding_svc.offers.line import OfferLine
from bidding_svc.offers.offer import Offer
from bidding_svc.offers.statement import OFFER_DECISION
from chassis import program_time
from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from chassis.signature import StatementView


class PriceView(BaseModel):
    """What Medicare allows for an item: its single payment amount, in cents."""

    hcpcs: str
    amount: int


class LineView(BaseModel):
    """What is offered for one competition, and what was decided. `final`: nothing changes it any more but CMS."""

    id: UUID
    category_code: str
    cba_code: str
    label: str
    state: LineState
    at_or_below_median: bool
    bond_at_risk: bool
    prices: list[PriceView]
    locations: list[str]
    decided_at: datetime | None
    decided_by: str | None
    risk_acknowledged: bool
    final: bool
    rescinded_because: str | None


class OfferSummary(BaseModel):
    """Offers to a bidder in a list, counted by how their lines stand."""

    id: UUID
    round_code: str
    bidder_number: str
    issued_at: datetime
    due_at: datetime
    submitted_at: datetime | None
    settled_at: datetime | None
    version: int
    lines: int
    open: int
    accepted: int
    declined: int


class OfferView(OfferSummary):
    """Offers with their lines, the statement that is certified with a decision, and what may be done now."""

    period_starts_on: date
    period_ends_on: date
    submitted_by: str | None
    statement: StatementView
    offered: list[LineView]
    allowed_actions: list[str]


async def list_offers(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[OfferSummary]:
    """Return the offers to the actor's organization, the newest first."""
    statement = select(Offer).where(Offer.organization_id == actor.organization_id)
    return await fetch_page(session, statement, [(Offer.id, UUID)], summary_of, after=after, limit=limit)


async def read_offer(session: ReadSession, actor: Actor, offer_id: UUID) -> OfferView:
    """Return offers to the actor's organization. Raises `NotFound`."""
    mine = (Offer.id == offer_id, Offer.organization_id == actor.organization_id)
    offer = await session.scalar(select(Offer).where(*mine))
    if offer is None:
        raise NotFound
    return view_of(offer, actor)


def view_of(offer: Offer, actor: Actor) -> OfferView:
    """Return offers as their bidder's officials see them."""
    return OfferView(
        **summary_of(offer).model_dump(),
        period_starts_on=offer.period_starts_on,
        period_ends_on=offer.period_ends_on,
        submitted_by=offer.submitted_by,
        statement=OFFER_DECISION.view,
        offered=[line_view(line) for line in offer.lines],
        allowed_actions=offer.allowed_actions(actor.permissions, program_time.now()),
    )


def line_view(line: OfferLine) -> LineView:
    """Return one line."""
    told = {name: getattr(line, name) for name in LineView.model_fields if name != "final"}
    return LineView.model_validate(told | {"final": line.is_final})


def summary_of(offer: Offer) -> OfferSummary:
    """Return offers counted by how their lines stand."""
    states = [line.state for line in offer.lines]
    accepted = states.count(LineState.ACCEPTED) + states.count(LineState.CONTRACTED)
    told = {
        name: getattr(offer, name)
        for name in (
            "id", "round_code", "bidder_number", "issued_at", "due_at", "submitted_at", "settled_at", "version",
        )
    }  # fmt: skip
    return OfferSummary(
        **told,
        lines=len(states),
        open=states.count(LineState.OPEN),
        accepted=accepted,
        declined=states.count(LineState.DECLINED) + states.count(LineState.LAPSED),
    )
