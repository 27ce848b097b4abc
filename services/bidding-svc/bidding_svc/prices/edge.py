from typing import Annotated

from fastapi import Path, Query

from bidding_svc.prices.reading import VIEW, PriceView, Purpose, read_prices
from bidding_svc.rounds.edge import RoundCode
from chassis.door import SliceRouter, WritingSession
from chassis.paging import After, Limit, Page

router = SliceRouter(prefix="/api/bidding/rounds", tags=["prices"])

BidderNumber = Annotated[str, Path(max_length=20)]


@router.get("/{code}/bidders/{bidder_number}/prices", permission=VIEW)
async def list_prices(
    code: RoundCode,
    bidder_number: BidderNumber,
    *,
    session: WritingSession,
    purpose: Annotated[Purpose, Query(description="What they are read for; it is noted")],
    after: After = None,
    limit: Limit = 25,
) -> Page[PriceView]:
    """Read amounts and capacities of a bidder's bids, once the round is in evaluation; every read is noted."""
    return await read_prices(session, code, bidder_number, purpose, after=after, limit=limit)
