from datetime import date, datetime

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.rounds.calendar import Certainty
from bidding_svc.rounds.competition import LIFECYCLE, Competition, Contest
from bidding_svc.rounds.phase import MANAGE, WATCH, Phase
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.rule_sets import RuleSetRecord
from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page
from events.rule_set import RuleSet


class DateView(BaseModel):
    """A date of the calendar. `until` is its last instant, where somebody may act until then."""

    code: str
    on: date
    until: datetime | None
    certainty: Certainty


class DateChangeView(BaseModel):
    """A change of a date: what stood there before (nothing at first), and what stands there since.

    `changed_by` is shown to staff only.
    """

    date_code: str
    old_on: date | None
    old_certainty: Certainty | None
    on: date
    certainty: Certainty
    changed_at: datetime
    changed_by: str | None
    reason: str


class CalendarView(BaseModel):
    """A round's calendar with its history, oldest change first."""

    round_code: str
    dates: list[DateView]
    changes: list[DateChangeView]


class CategoryView(BaseModel):
    """A product category; `made_up` marks values that are no CMS facts."""

    code: str
    name: str
    lead_item: str | None
    remote_item: bool
    contract_count: int | None
    removed_on: date | None
    made_up: bool


class CompetitionView(BaseModel):
    """One category in one area, with its bid limit (cents) and demand (lead item units a calendar year).

    `removable`: CMS may still take it out of the round.
    """

    category_code: str
    category: str
    cba_code: str
    cba: str
    bid_limit_cents: int
    demand: int
    state: Contest
    removable: bool
    made_up: bool


class RuleSetView(BaseModel):
    """A rule set in one version."""

    name: str
    version: int
    rules: RuleSet


class RoundSummary(BaseModel):
    """A round in a list. `extended_to`: an extension was decided that is not in force yet."""

    code: str
    name: str
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    extended_to: datetime | None
    cdrd_at: datetime
    registration_closed: bool
    categories: int
    areas: int


class RoundView(RoundSummary):
    """A round as everybody may see it."""

    calendar: list[DateView]
    product_categories: list[CategoryView]
    rule_set: RuleSet


async def list_rounds(session: ReadSession, after: str | None, limit: int) -> Page[RoundSummary]:
    """Return the rounds that were announced, latest first."""
    announced = select(Round).where(Round.announced_at.is_not(None))
    return await fetch_page(session, announced, [(Round.code, str)], _summary, after=after, limit=limit)


async def read_round(session: ReadSession, code: str) -> RoundView:
    """Return one round. Raises `NotFound`, also for one that was not announced."""
    found = await _round(session, code, None)
    return RoundView(
        **_summary(found).model_dump(),
        calendar=calendar_of(found),
        product_categories=[CategoryView.model_validate(each, from_attributes=True) for each in found.categories],
        rule_set=found.rules,
    )


async def read_calendar(session: ReadSession, actor: Actor, code: str) -> CalendarView:
    """Return a round's calendar and every change of it. Raises `NotFound`."""
    found = await _round(session, code, actor)
    changes = await session.scalars(found.changes.select())
    views = [DateChangeView.model_validate(each, from_attributes=True) for each in changes]
    if not actor.is_staff:
        views = [view.model_copy(update={"changed_by": None}) for view in views]
    return CalendarView(round_code=code, dates=calendar_of(found), changes=views)


async def list_competitions(
    session: ReadSession,
    actor: Actor,
    code: str,
    *,
    category: str | None,
    cba: str | None,
    after: str | None,
    limit: int,
) -> Page[CompetitionView]:
    """Return the competitions of a round, by category and area. Raises `NotFound`."""
    round_ = await _round(session, code, actor)
    categories = {each.code: each.name for each in round_.categories}
    areas = {each.code: each.name for each in round_.cbas}
    statement = select(Competition).where(Competition.round_code == code)
    if category is not None:
        statement = statement.where(Competition.category_code == category)
    if cba is not None:
        statement = statement.where(Competition.cba_code == cba)
    return await fetch_page(
        session,
        statement,
        [(Competition.category_code, str), (Competition.cba_code, str)],
        lambda found: CompetitionView(
            category_code=found.category_code,
            category=categories[found.category_code],
            cba_code=found.cba_code,
            cba=areas[found.cba_code],
            bid_limit_cents=found.bid_limit_cents,
            demand=found.demand,
            state=found.state,
            removable=LIFECYCLE.can(found.state, "remove"),
            made_up=found.made_up,
        ),
        after=after,
        limit=limit,
        descending=False,
    )


async def list_rule_sets(session: ReadSession, after: str | None, limit: int) -> Page[RuleSetView]:
    """Return the rule sets in all their versions, by name, the latest version first."""
    order = [(RuleSetRecord.name, str), (RuleSetRecord.version, int)]
    return await fetch_page(session, select(RuleSetRecord), order, _rule_set, after=after, limit=limit)


def calendar_of(found: Round) -> list[DateView]:
    """Return the dates of a round in their order."""
    dates = sorted(found.dates, key=lambda each: (each.on, each.code))
    return [DateView.model_validate(each, from_attributes=True) for each in dates]


async def _round(session: ReadSession, code: str, actor: Actor | None) -> Round:
    """Return a round; a draft only to whoever sets rounds up, or watches it."""
    found = await session.get(Round, code)
    sets_up = actor is not None and (actor.may(MANAGE) or actor.may(WATCH))
    if found is None or (found.announced_at is None and not sets_up):
        raise NotFound
    return found


def _rule_set(found: RuleSetRecord) -> RuleSetView:
    return RuleSetView(name=found.name, version=found.version, rules=found.rules)


def _summary(found: Round) -> RoundSummary:
    extension = found.pending_extension
    return RoundSummary(
        code=found.code,
        name=found.name,
        phase=found.phase,
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        extended_to=extension.closes_at if extension else None,
        cdrd_at=found.cdrd_at,
        registration_closed=found.registration_closed,
        categories=len(found.categories),
        areas=len(found.cbas),
    )
