from typing import Annotated

from fastapi import Query

from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.forms.permissions import VIEW
from bidding_svc.status import views
from chassis.door import CurrentActor, ReadingSession, SliceRouter
from chassis.paging import After, Limit, Page

router = SliceRouter(prefix="/api/bidding/bids/status", tags=["bids"])

InRound = Annotated[str, Query(alias="round", pattern=r"^R\d{4}[A-Z]?$", description="Such as R2028")]


@router.get("", permission=VIEW)
async def read_status(actor: CurrentActor, session: ReadingSession, round_code: InRound) -> views.BidderStatus:
    """Read how far your organization is in a round, and what is still missing."""
    return await views.read_status(session, actor, round_code)


@router.get("/competitions", permission=VIEW)
async def list_competitions(
    *,
    actor: CurrentActor,
    session: ReadingSession,
    round_code: InRound,
    state: BidState | None = None,
    category: Annotated[str | None, Query(max_length=6)] = None,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.BidStatus]:
    """List how far each of your bids is, of one state or category where named; withdrawn ones only by their state."""
    return await views.list_competitions(session, actor, round_code, after, limit, state=state, category=category)
