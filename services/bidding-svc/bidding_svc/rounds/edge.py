from datetime import timedelta
from typing import Annotated

from fastapi import Path, Query

from bidding_svc.rounds import views
from chassis.door import PUBLIC, CurrentActor, ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page

VIEW = "round.view"
FRESH = timedelta(seconds=15)
"""How long anybody may keep what is told of rounds: an extension shows within it."""
RoundCode = Annotated[str, Path(pattern=r"^R\d{4}[A-Z]?$")]

router = SliceRouter(prefix="/api/bidding/rounds", tags=["rounds"])
rule_sets = SliceRouter(prefix="/api/bidding/rule-sets", tags=["rule sets"])


@router.get("", permission=PUBLIC, cached_for=FRESH)
async def list_rounds(session: ReadingSession, after: After = None, limit: Limit = 25) -> Page[views.RoundSummary]:
    """List the rounds, latest first."""
    return await views.list_rounds(session, after, limit)


@router.get("/{code}", permission=PUBLIC, cached_for=FRESH)
async def read_round(code: RoundCode, session: ReadingSession) -> views.RoundView:
    """Read a round: its calendar, categories and rule set."""
    return await views.read_round(session, code)


@router.get("/{code}/calendar", permission=VIEW)
async def read_calendar(code: RoundCode, actor: CurrentActor, session: ReadingSession) -> views.CalendarView:
    """Read a round's calendar: target and actual dates, and every change with its reason."""
    return await views.read_calendar(session, actor, code)


@router.get("/{code}/competitions", permission=VIEW)
async def list_competitions(
    code: RoundCode,
    actor: CurrentActor,
    session: ReadingSession,
    *,
    category: Annotated[str | None, Query(max_length=6)] = None,
    cba: Annotated[str | None, Query(max_length=100)] = None,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.CompetitionView]:
    """List the competitions of a round, of one category or one area where named."""
    return await views.list_competitions(session, actor, code, category=category, cba=cba, after=after, limit=limit)


@rule_sets.get("", permission=VIEW)
async def list_rule_sets(session: ReadingSession, after: After = None, limit: Limit = 25) -> Page[views.RuleSetView]:
    """List the rule sets in all their versions."""
    return await views.list_rule_sets(session, after, limit)
