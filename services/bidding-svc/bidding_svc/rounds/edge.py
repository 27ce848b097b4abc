from typing import Annotated

from fastapi import Path

from bidding_svc.rounds import views
from chassis.door import PUBLIC, ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page

router = SliceRouter(prefix="/api/bidding/rounds", tags=["rounds"])


@router.get("", permission=PUBLIC)
async def list_rounds(session: ReadingSession, after: After = None, limit: Limit = 25) -> Page[views.RoundSummary]:
    """List the rounds, latest first."""
    return await views.list_rounds(session, after, limit)


@router.get("/{code}", permission=PUBLIC)
async def read_round(code: Annotated[str, Path(pattern=r"^R\d{4}[A-Z]?$")], session: ReadingSession) -> views.RoundView:
    """Read a round: its calendar, categories and rule set."""
    return await views.read_round(session, code)
