from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.awards.award import RELEASER_DID_NOT_PREPARE, Award, AwardCompetition, AwardLine
from bidding_svc.awards.lifecycle import LIFECYCLE, AwardKind, AwardState
from bidding_svc.awards.obstacles import obstacles
from bidding_svc.awards.payment_amount import ContractSupplier, PaymentAmount
from bidding_svc.awards.planning import Plan, PlannedLine
from bidding_svc.offers.offer import Offer
from bidding_svc.offers.views import LineView, OfferSummary, line_view, summary_of
from bidding_svc.rounds.round import Round
from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.ids import Entity
from chassis.paging import Page, fetch_page


class ObstacleView(BaseModel):
    """Something that must be done before the award can be released; `count`: how many are concerned."""

    code: str
    words: str
    count: int


class AwardSummary(BaseModel):
    """An award in a list, in numbers: how many bidders get offers, on how many lines."""

    id: UUID
    round_code: str
    kind: AwardKind
    state: AwardState
    version: int
    digest: str
    bidders: int
    lines: int
    unchecked: int
    prepared_at: datetime
    prepared_by: str
    released_at: datetime | None
    released_by: str | None
    finished_at: datetime | None


class AwardView(AwardSummary):
    """An award: what stands against its release, and what may be done with it."""

    obstacles: list[ObstacleView]
    allowed_actions: list[str]


class PriceView(BaseModel):
    """A single payment amount, in cents."""

    hcpcs: str
    amount: int


class CompetitionView(BaseModel):
    """What becomes of a competition: the savings test, the payment amounts, how many offers. Sums are exact cents."""

    category_code: str
    cba_code: str
    label: str
    awarded: bool
    because: list[str]
    paid: str | None
    otherwise: str | None
    offers: int
    prices: list[PriceView]


class AwardLineView(BaseModel):
    """Who is offered what, by bidder number; with `reasons` the bid is held back and disqualified instead."""

    bid_id: UUID
    bidder_number: str
    category_code: str
    cba_code: str
    label: str
    why: str
    at_or_below_median: bool
    locations: list[str]
    reasons: list[str]
    unchecked: bool
    done_at: datetime | None


class StaffOfferView(OfferSummary):
    """An offer of an award with its lines, as staff follow it."""

    offered: list[LineView]


class AmountView(BaseModel):
    """A single payment amount as it was published, in cents."""

    category_code: str
    cba_code: str
    item: str
    amount_cents: int
    published_at: datetime


class SupplierView(BaseModel):
    """A contract supplier as it was announced."""

    category_code: str
    cba_code: str
    bidder_number: str
    legal_business_name: str
    announced_at: datetime


async def list_awards(session: ReadSession, round_code: str, after: str | None, limit: int) -> Page[AwardSummary]:
    """Return the awards of a round, the newest first."""
    statement = select(Award).where(Award.round_code == round_code)
    return await fetch_page(session, statement, [(Award.id, UUID)], _summary, after=after, limit=limit)


async def read_award(session: ReadSession, actor: Actor, award_id: UUID) -> AwardView:
    """Return an award. Raises `NotFound`."""
    award = await session.scalar(select(Award).where(Award.id == award_id))
    if award is None:
        raise NotFound
    return await view_of(session, actor, award)


async def view_of(session: ReadSession | Session, actor: Actor, award: Award) -> AwardView:
    """Return an award with what stands against its release by now."""
    allowed, found = LIFECYCLE.allowed(award.state, actor.permissions), []
    if award.state is AwardState.PREPARED:
        round_ = await session.get_one(Round, award.round_code)
        found = await obstacles(session, round_, award.kind, await _plan_as_prepared(session, award))
        hindered = found or await RELEASER_DID_NOT_PREPARE.broken_by(actor, session, Entity("award", award.id))
        allowed = [verb for verb in allowed if verb != "release" or not hindered]
    return AwardView(
        **_summary(award).model_dump(),
        obstacles=[ObstacleView.model_validate(each, from_attributes=True) for each in found],
        allowed_actions=allowed,
    )


async def list_competitions(
    session: ReadSession, award_id: UUID, after: str | None, limit: int
) -> Page[CompetitionView]:
    """Return what becomes of each competition, by category and area."""
    statement = select(AwardCompetition).where(AwardCompetition.award_id == award_id)
    order = [(AwardCompetition.category_code, str), (AwardCompetition.cba_code, str)]
    return await fetch_page(
        session,
        statement,
        order,
        lambda each: CompetitionView.model_validate(each, from_attributes=True),
        after=after,
        limit=limit,
        descending=False,
    )


async def list_lines(session: ReadSession, award_id: UUID, after: str | None, limit: int) -> Page[AwardLineView]:
    """Return who is offered what, by bidder number."""
    statement = select(AwardLine).where(AwardLine.award_id == award_id)
    order = [(AwardLine.bidder_number, str), (AwardLine.bid_id, UUID)]
    return await fetch_page(
        session,
        statement,
        order,
        lambda each: AwardLineView.model_validate(each, from_attributes=True),
        after=after,
        limit=limit,
        descending=False,
    )


async def list_offers(session: ReadSession, award_id: UUID, after: str | None, limit: int) -> Page[StaffOfferView]:
    """Return the offers of an award with what became of their lines, the newest first."""
    statement = select(Offer).where(Offer.award_id == award_id)
    return await fetch_page(session, statement, [(Offer.id, UUID)], _followed, after=after, limit=limit)


async def list_amounts(
    session: ReadSession, round_code: str, *, category: str | None, cba: str | None, after: str | None, limit: int
) -> Page[AmountView]:
    """Return the published payment amounts of a round, of one category or area where named."""
    statement = select(PaymentAmount).where(PaymentAmount.round_code == round_code)
    if category is not None:
        statement = statement.where(PaymentAmount.category_code == category)
    if cba is not None:
        statement = statement.where(PaymentAmount.cba_code == cba)
    order = [(PaymentAmount.category_code, str), (PaymentAmount.cba_code, str), (PaymentAmount.item, str)]
    return await fetch_page(
        session,
        statement,
        order,
        lambda each: AmountView.model_validate(each, from_attributes=True),
        after=after,
        limit=limit,
        descending=False,
    )


async def list_suppliers(
    session: ReadSession, round_code: str, *, category: str | None, cba: str | None, after: str | None, limit: int
) -> Page[SupplierView]:
    """Return the announced contract suppliers of a round, of one category or area where named."""
    statement = select(ContractSupplier).where(ContractSupplier.round_code == round_code)
    if category is not None:
        statement = statement.where(ContractSupplier.category_code == category)
    if cba is not None:
        statement = statement.where(ContractSupplier.cba_code == cba)
    order = [
        (ContractSupplier.category_code, str),
        (ContractSupplier.cba_code, str),
        (ContractSupplier.bidder_number, str),
    ]
    return await fetch_page(
        session,
        statement,
        order,
        lambda each: SupplierView.model_validate(each, from_attributes=True),
        after=after,
        limit=limit,
        descending=False,
    )


async def _plan_as_prepared(session: ReadSession | Session, award: Award) -> Plan:
    """Return as much of the plan as the obstacles look at, from what was written down."""
    rows = await session.scalars(select(AwardLine).where(AwardLine.award_id == award.id))
    return Plan(
        (),
        tuple(
            PlannedLine(
                bid_id=row.bid_id,
                bidder_id=row.bidder_id,
                bidder_number=row.bidder_number,
                place=(row.category_code, row.cba_code),
                label=row.label,
                why=row.why,
                at_or_below_median=row.at_or_below_median,
                locations=tuple(row.locations),
                reasons=tuple(row.reasons),
                unchecked=row.unchecked,
            )
            for row in rows
        ),
    )


def _summary(award: Award) -> AwardSummary:
    return AwardSummary.model_validate(award, from_attributes=True)


def _followed(offer: Offer) -> StaffOfferView:
    return StaffOfferView(**summary_of(offer).model_dump(), offered=[line_view(line) for line in offer.lines])
