"""The round on one page: its competitions by category and by what stands in their way, and what is saved."""

from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import and_, select

from bidding_svc.evaluation.pricing import half_up
from bidding_svc.evaluation.run import EvaluatedCompetition, EvaluationRun
from bidding_svc.rounds.competition import Competition
from chassis.database import ReadSession
from chassis.errors import NotFound


class CategoryOverview(BaseModel):
    """One product category in a run. `clear`: nothing stands in the way of an award. Money is in cents a year.

    `paid` and `otherwise` sum over the competitions whose savings are known, `states` counts them as they stand now.
    """

    category_code: str
    competitions: int
    evaluated: int
    clear: int
    bids_won: int
    states: dict[str, int]
    objections: dict[str, int]
    paid: int
    otherwise: int


class Overview(BaseModel):
    """A run over all categories of a round."""

    categories: list[CategoryOverview]


async def read_overview(session: ReadSession, run_id: UUID) -> Overview:
    """Return a run by category. Raises `NotFound`."""
    if await session.get(EvaluationRun, run_id) is None:
        raise NotFound
    kept, contest = EvaluatedCompetition, Competition
    rows = await session.execute(
        select(kept.category_code, contest.state, kept.result)
        .join(EvaluationRun, EvaluationRun.id == kept.run_id)
        .join(
            contest,
            and_(
                contest.round_code == EvaluationRun.round_code,
                contest.category_code == kept.category_code,
                contest.cba_code == kept.cba_code,
            ),
        )
        .where(kept.run_id == run_id)
        .order_by(kept.category_code)
    )
    by_category: dict[str, list[tuple[str, dict[str, Any] | None]]] = defaultdict(list)
    for category, state, result in rows:
        by_category[category].append((state.value, result))
    return Overview(categories=[_category(code, found) for code, found in by_category.items()])


def _category(code: str, found: list[tuple[str, dict[str, Any] | None]]) -> CategoryOverview:
    results: list[dict[str, Any]] = [result for _, result in found if result is not None]
    known = [result["savings"] for result in results if result["savings"] and result["savings"]["saves"] is not None]
    return CategoryOverview(
        category_code=code,
        competitions=len(found),
        evaluated=len(results),
        clear=sum(not result["objections"] for result in results),
        bids_won=sum(result["winners"] + result["added"] for result in results),
        states=Counter(state for state, _ in found),
        objections=Counter(objection for result in results for objection in result["objections"]),
        paid=half_up(sum((Fraction(each["paid"]) for each in known), Fraction(0))),
        otherwise=half_up(sum((Fraction(each["otherwise"]) for each in known), Fraction(0))),
    )
