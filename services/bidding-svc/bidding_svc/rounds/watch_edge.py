"""Watching a round: who registered, and how far the bid window is. Never a price, nor anything a bid says."""

from typing import Annotated

from fastapi import Query

from bidding_svc.rounds import watch_views as views
from bidding_svc.rounds.edge import RoundCode
from bidding_svc.rounds.phase import WATCH
from chassis.door import ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page

router = SliceRouter(prefix="/api/bidding/round-set-ups", tags=["round set-up"])
Search = Annotated[
    str | None, Query(max_length=100, description="The beginning of a bidder number, a PTAN or a legal business name")
]


@router.get("/{code}/registrations", permission=WATCH)
async def list_registrations(
    code: RoundCode, session: ReadingSession, search: Search = None, after: After = None, limit: Limit = 25
) -> Page[views.Registration]:
    """List the bidders of a round by bidder number, with what stands; forms and bids only after the close."""
    return await views.list_registrations(session, code, search, after, limit)


@router.get("/{code}/window", permission=WATCH)
async def read_window(code: RoundCode, session: ReadingSession) -> views.WindowView:
    """Tell how far the bidders of a round are, in numbers counted moments ago."""
    return await views.read_window(session, code)
