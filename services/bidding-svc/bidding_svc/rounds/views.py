from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from events.rule_set import RuleSet


class DateView(BaseModel):
    """A date of the calendar. `until` is its last instant, where somebody may act until then."""

    code: str
    on: date
    until: datetime | None
    certainty: str


class CategoryView(BaseModel):
    """A product category; `made_up` marks values that are no CMS facts."""

    code: str
    name: str
    lead_item: str | None
    remote_item: bool
    contract_count: int | None
    removed_on: date | None
    made_up: bool


class RoundSummary(BaseModel):
    """A round in a list."""

    code: str
    name: str
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    cdrd_at: datetime
    categories: int
    areas: int


class RoundView(RoundSummary):
    """A round as everybody may see it."""

    calendar: list[DateView]
    product_categories: list[CategoryView]
    rule_set: RuleSet


async def list_rounds(session: ReadSession, after: str | None, limit: int) -> Page[RoundSummary]:
    """Return the rounds, latest first."""
    return await fetch_page(session, select(Round), [(Round.code, str)], _summary, after=after, limit=limit)


async def read_round(session: ReadSession, code: str) -> RoundView:
    """Return one round. Raises `NotFound`."""
    found = await session.get(Round, code)
    if found is None:
        raise NotFound
    return RoundView(
        **_summary(found).model_dump(),
        calendar=[DateView.model_validate(each, from_attributes=True) for each in found.dates],
        product_categories=[CategoryView.model_validate(each, from_attributes=True) for each in found.categories],
        rule_set=found.rules,
    )


def _summary(found: Round) -> RoundSummary:
    return RoundSummary(
        code=found.code,
        name=found.name,
        phase=found.phase,
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        cdrd_at=found.cdrd_at,
        categories=len(found.categories),
        areas=len(found.cbas),
    )
