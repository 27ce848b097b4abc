from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import func, select

from bidding_svc.evaluation.competing import Objection
from bidding_svc.evaluation.lifecycle import LIFECYCLE, RunState
from bidding_svc.evaluation.run import RELEASER_DID_NOT_RUN_IT, EvaluatedBid, EvaluatedCompetition, EvaluationRun
from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.ids import Entity
from chassis.paging import Page, fetch_page


class Chosen(BaseModel):
    """Which competitions are asked for: of a category, of an area, with an objection; empty: all."""

    category: Annotated[str, Field(max_length=6)] = ""
    cba: Annotated[str, Field(max_length=100)] = ""
    objection: Objection | None = None


class RunLine(BaseModel):
    """An evaluation of a round in a list."""

    id: UUID
    round_code: str
    state: RunState
    version: int
    competitions: int
    bids: int
    inputs_digest: str | None
    digest: str | None
    requested_at: datetime
    requested_by: str
    frozen_at: datetime | None
    completed_at: datetime | None
    checked_at: datetime | None
    stale_at: datetime | None
    released_at: datetime | None
    released_by: str | None


class RunView(RunLine):
    """An evaluation: how far it is, by which rules, and what may be done with it."""

    evaluated: int
    rules: dict[str, Any]
    allowed_actions: list[str]


class CompetitionLine(BaseModel):
    """A competition in a run; `result` is None until it is evaluated. Money is in cents."""

    category_code: str
    cba_code: str
    digest: str | None
    result: dict[str, Any] | None


class BidLine(BaseModel):
    """A bid in the array, by bidder number: what became of it, and why."""

    bid_id: UUID
    bidder_number: str
    rank: int | None
    amount_cents: int
    stated: int | None
    is_small: bool
    counted: Decimal | None
    cumulative: Decimal | None
    outcome: str
    why: str


class ArrayView(CompetitionLine):
    """One competition explained: what it was made of, its array from low to high, and what came out."""

    demand: int
    bid_limit_cents: int
    lead_item: str | None
    contracts: int | None
    inputs_digest: str
    bids: list[BidLine]


async def list_runs(session: ReadSession, round_code: str, after: str | None, limit: int) -> Page[RunLine]:
    """Return the evaluations of a round, latest first."""
    statement = select(EvaluationRun).where(EvaluationRun.round_code == round_code)
    return await fetch_page(session, statement, [(EvaluationRun.id, UUID)], _line, after=after, limit=limit)


async def read_run(session: ReadSession, actor: Actor, run_id: UUID) -> RunView:
    """Return an evaluation. Raises `NotFound`."""
    run = await session.scalar(select(EvaluationRun).where(EvaluationRun.id == run_id))
    if run is None:
        raise NotFound
    return await view_of(session, actor, run)


async def view_of(session: ReadSession | Session, actor: Actor, run: EvaluationRun) -> RunView:
    """Return an evaluation with what this person may do with it."""
    evaluated = await session.scalar(
        select(func.count()).where(EvaluatedCompetition.run_id == run.id, EvaluatedCompetition.digest.is_not(None))
    )
    allowed = LIFECYCLE.allowed(run.state, actor.permissions)
    if "release" in allowed and await RELEASER_DID_NOT_RUN_IT.broken_by(actor, session, Entity("evaluation", run.id)):
        allowed.remove("release")
    told = _line(run).model_dump()
    return RunView(**told, evaluated=evaluated or 0, rules=run.rules, allowed_actions=allowed)


async def list_competitions(
    session: ReadSession, run_id: UUID, chosen: Chosen, after: str | None, limit: int
) -> Page[CompetitionLine]:
    """Return the competitions of an evaluation by category and area, those that were chosen."""
    statement = select(EvaluatedCompetition).where(EvaluatedCompetition.run_id == run_id)
    if chosen.category:
        statement = statement.where(EvaluatedCompetition.category_code == chosen.category)
    if chosen.cba:
        statement = statement.where(EvaluatedCompetition.cba_code == chosen.cba)
    if chosen.objection:
        statement = statement.where(EvaluatedCompetition.result["objections"].contains([chosen.objection]))
    order = [(EvaluatedCompetition.category_code, str), (EvaluatedCompetition.cba_code, str)]
    return await fetch_page(
        session,
        statement,
        order,
        lambda each: CompetitionLine.model_validate(each, from_attributes=True),
        after=after,
        limit=limit,
        descending=False,
    )


async def read_array(session: Session, run_id: UUID, category: str, cba: str) -> ArrayView:
    """Return one competition with its array, and note who read the amounts. Raises `NotFound`."""
    found = await session.get(EvaluatedCompetition, (run_id, category, cba))
    if found is None:
        raise NotFound
    bids = await session.scalars(
        select(EvaluatedBid)
        .where(EvaluatedBid.run_id == run_id, EvaluatedBid.category_code == category, EvaluatedBid.cba_code == cba)
        .order_by(EvaluatedBid.rank.nulls_last(), EvaluatedBid.bid_id)
    )
    stated = {bid: (capacity, small) for bid, _, _, capacity, small, _ in found.inputs["bids"]}
    session.audit("evaluation.read-array", run_id, after={"category": category, "cba": cba})
    return ArrayView(
        **CompetitionLine.model_validate(found, from_attributes=True).model_dump(),
        demand=found.inputs["demand"],
        bid_limit_cents=found.inputs["bid_limit"],
        lead_item=found.inputs["lead_item"],
        contracts=found.inputs["contracts"],
        inputs_digest=found.inputs_digest,
        bids=[_bid(each, stated) for each in bids],
    )


def _bid(bid: EvaluatedBid, stated: dict[str, tuple[int, bool]]) -> BidLine:
    capacity, small = stated[str(bid.bid_id)]
    told = {name: getattr(bid, name) for name in BidLine.model_fields if name not in {"stated", "is_small"}}
    return BidLine(**told, stated=capacity, is_small=small)


def _line(run: EvaluationRun) -> RunLine:
    return RunLine.model_validate(run, from_attributes=True)
