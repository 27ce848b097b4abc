"""What a round's scoring looks like as a whole: how far the sheets are, its runs, and the distribution of a run."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select, tuple_

from bidding_svc.rounds.round import Round
from bidding_svc.scores.distribution import Distribution
from bidding_svc.scores.ranking import Ladder
from bidding_svc.scores.ratios import RATIOS
from bidding_svc.scores.score import FinancialScore, ScoringRun
from bidding_svc.scores.taking_part import count_without_sheet, without_sheet
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page


class Progress(BaseModel):
    """How many sheets of a round stand where, how many scores passed, and of whom nobody has begun a sheet."""

    round_code: str
    method: str
    minimum: str | None
    assumed: list[str]
    states: dict[str, int]
    outcomes: dict[str, int]
    without_sheet: int


class WithoutSheet(BaseModel):
    """Somebody whom nobody has begun to score: a bidder, or the member of a network with this PTAN."""

    bidder_id: UUID
    bidder_number: str
    member: str


class RunView(BaseModel):
    """One scoring of a round."""

    id: UUID
    round_code: str
    subjects: int
    median_total: str | None
    digest: str
    run_at: datetime
    run_by: str
    frozen_at: datetime | None


class RatioSpread(BaseModel):
    """How one ratio is spread over the round. `values` run from the best over the deciles to the worst that count.

    `ranked` bidders have a place; who has no ordinary value (no net worth, say) stands behind them: `behind`.
    """

    key: str
    name: str
    formula: str
    better: str
    maximum: str
    ranked: int
    behind: int
    median: str | None
    median_points: str
    values: list[str]


class DistributionView(RunView):
    """The distribution a run ranked by; once frozen, later scores find their place in it."""

    ratios: list[RatioSpread]


async def read_progress(session: ReadSession, round_code: str) -> Progress:
    """Return how far the scoring of a round is. Raises `NotFound`."""
    round_ = await session.get(Round, round_code)
    if round_ is None:
        raise NotFound
    rules = round_.rules
    mine = FinancialScore.round_code == round_code
    states = await session.execute(
        select(FinancialScore.state, func.count()).where(mine).group_by(FinancialScore.state)
    )
    outcomes = await session.execute(
        select(FinancialScore.outcome, func.count())
        .where(mine, FinancialScore.outcome.is_not(None))
        .group_by(FinancialScore.outcome)
    )
    by_credit = rules.financial_method == "credit_only"
    minimum = rules.scoring.credit_minimum if by_credit else rules.financial_minimum
    return Progress(
        round_code=round_code,
        method=rules.financial_method,
        minimum=None if minimum is None else str(minimum),
        assumed=[name for name in rules.assumed if name.startswith(("scoring", "financial"))],
        states={state.value: count for state, count in states},
        outcomes={str(outcome): count for outcome, count in outcomes},
        without_sheet=await count_without_sheet(session, round_code),
    )


async def list_without_sheet(
    session: ReadSession, round_code: str, after: str | None, limit: int
) -> Page[WithoutSheet]:
    """Return whom nobody has begun to score, by bidder number and member."""
    waiting = without_sheet(round_code).subquery()
    place = (waiting.c.bidder_number, waiting.c.member)
    statement = select(waiting).order_by(*place).limit(limit + 1)
    if after is not None:
        number, _, member = after.partition("-")
        statement = statement.where(tuple_(*place) > tuple_(number, member))
    rows = (await session.execute(statement)).mappings().all()
    items = [WithoutSheet.model_validate(dict(row)) for row in rows[:limit]]
    last = items[-1] if len(rows) > limit else None
    return Page(items=items, next=f"{last.bidder_number}-{last.member}" if last else None)


async def list_runs(session: ReadSession, round_code: str, after: str | None, limit: int) -> Page[RunView]:
    """Return the scorings of a round, latest first."""
    statement = select(ScoringRun).where(ScoringRun.round_code == round_code)
    return await fetch_page(
        session,
        statement,
        [(ScoringRun.id, UUID)],
        lambda run: RunView.model_validate(run, from_attributes=True),
        after=after,
        limit=limit,
    )


async def read_run(session: ReadSession, run_id: UUID) -> DistributionView:
    """Return a scoring with its distribution. Raises `NotFound`."""
    run = await session.get(ScoringRun, run_id)
    if run is None:
        raise NotFound
    rules = (await session.get_one(Round, run.round_code)).rules
    distribution = Distribution.from_kept(run.distribution, rules.scoring)
    medians = distribution.medians
    return DistributionView(
        **RunView.model_validate(run, from_attributes=True).model_dump(),
        ratios=[_spread(key, ladder, medians[key]) for key, ladder in distribution.ladders.items() if ladder.count],
    )


def _spread(key: str, ladder: Ladder, median: Decimal | None) -> RatioSpread:
    ratio = RATIOS[key]
    ordinary = [(standing, count) for standing, count in ladder.steps if standing.tier == 0]
    values = [-standing.demerit if ratio.better == "higher" else standing.demerit for standing, _ in ordinary]
    counts = [count for _, count in ordinary]
    return RatioSpread(
        key=key,
        name=ratio.name,
        formula=ratio.formula,
        better=ratio.better,
        maximum=str(ratio.maximum),
        ranked=ladder.count,
        behind=ladder.count - sum(counts),
        median=None if median is None else str(median),
        median_points=f"{float(ladder.median_points):.2f}",
        values=[str(value) for value in _deciles(values, counts)],
    )


def _deciles(values: list[Decimal], counts: list[int]) -> list[Decimal]:
    """Return the best value, those at every tenth of the bidders, and the worst."""
    every = [value for value, count in zip(values, counts, strict=True) for _ in range(count)]
    return [every[(len(every) - 1) * tenth // 10] for tenth in range(11)] if every else []
