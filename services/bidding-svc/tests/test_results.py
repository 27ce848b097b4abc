"""What a bidder reads of its bids: nothing before it was told, then each result with its reasons."""

import pytest
from sqlalchemy import update

from bidding_svc.awards.results import list_results
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from chassis import program_time
from tests.bidding.awarded import an_evaluated_round
from tests.bidding.scored import ROUND

pytestmark = pytest.mark.database


async def results(house, place, limit=25, after=None):
    async with house.reading(place) as session:
        return await list_results(session, house.official(place), ROUND, after, limit)


async def disqualified(house, place, told_at):
    async with house.system() as session:
        mine = Bid.bidder_id == house.bidders[place].id
        about = {"state": BidState.DISQUALIFIED, "reasons": ["NOT_LICENSED"], "told_at": told_at}
        await session.execute(update(Bid).where(mine).values(**about))


async def test_a_result_is_told_with_the_awards_and_a_disqualification_with_its_notice(bidding):
    house = await an_evaluated_round(bidding)
    winner, left_out, out = 0, 8, 7
    for place in (winner, left_out, out):
        (told,) = (await results(house, place)).items
        assert (told.result, told.reasons, told.offer_id) == ("NOT_TOLD", [], None)
    await house.released()
    (told,) = (await results(house, winner)).items
    assert (told.result, told.line) == ("OFFERED", "OPEN")
    assert told.offer_id == (await house.offer(winner)).id
    assert (await results(house, left_out)).items[0].result == "NOT_SELECTED"
    await disqualified(house, out, None)
    assert (await results(house, out)).items[0].result == "NOT_TOLD"
    await disqualified(house, out, program_time.now())
    (told,) = (await results(house, out)).items
    assert told.result == "DISQUALIFIED"
    assert [each.label for each in told.reasons] == ["A required license was not held"]


async def test_results_come_page_by_page_and_of_nobody_else(bidding):
    house = await an_evaluated_round(bidding, areas=3)
    first = await results(house, 0, limit=2)
    second = await results(house, 0, limit=2, after=first.next)
    assert (len(first.items), len(second.items), second.next) == (2, 1, None)
    assert len({each.bid_id for each in (*first.items, *second.items)}) == 3
