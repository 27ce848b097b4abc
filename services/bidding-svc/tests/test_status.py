import pytest
from sqlalchemy import select, update

from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.requirements.requirement import Need, Requirement
from bidding_svc.status.views import list_competitions, read_status
from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotFound
from tests.bidding.house import BID_ANSWERS, ROUND, codes, known, open_house

pytestmark = pytest.mark.database


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


def actor_of(house):
    return Actor("person", "DWHITLOCK01", organization_id=house.organization_id)


async def status(house):
    async with house.reading() as session:
        return await read_status(session, actor_of(house), ROUND)


async def lines(house, after=None, limit=25, **which):
    async with house.reading() as session:
        return await list_competitions(session, actor_of(house), ROUND, after, limit, **which)


async def everything_received(house):
    async with house.database.writing(Fence.system(), Actor.system("test")) as session:
        await session.execute(update(Requirement).values(state=Need.RECEIVED))


async def test_a_new_bidder_is_told_everything_there_is_to_do(house):
    found = await status(house)
    assert (found.window_open, found.complete, found.bids) == (True, False, {})
    assert found.still_missing == [
        "Complete and approve Form A.",
        "Upload: Business credit report.",
        "Begin a bid in at least one competition.",
    ]
    assert [each.needed for each in found.documents] == [True, False, False]


async def test_nothing_is_missing_once_form_a_is_approved_papers_received_and_bids_certified(house):
    await house.submitted_bid()
    await everything_received(house)
    found = await status(house)
    assert (found.still_missing, found.complete, found.bids) == ([], True, {BidState.SUBMITTED: 1})
    assert [line.still_missing for line in (await lines(house)).items] == [None]


async def test_an_edit_that_voids_is_told_where_it_stands(house):
    bid_id = await house.submitted_bid()
    await everything_received(house)
    await house.edit("business", {"specialty_supplier": "yes"})
    await house.edit_bid(bid_id, {"amount": "22.00"})
    assert (await status(house)).still_missing == [
        "Complete and approve Form A.",
        "Certify 1 bid, or withdraw what you do not mean to submit.",
    ]
    assert [line.still_missing for line in (await lines(house)).items] == ["Approve Form A, then certify this bid."]


async def test_each_competition_tells_its_own_problems_page_by_page(house):
    await house.fill_form_a()
    await house.approve()
    begun = [await house.begin_bid(category) for category in ("OTSK", "OTSB", "UROL")]
    for bid_id in begun[:2]:
        await house.edit_bid(bid_id, BID_ANSWERS)
    await house.edit_bid(begun[1], {"amount": "0.00"})
    first = await lines(house, limit=2)
    rest = await lines(house, first.next, limit=2)
    told = {line.bid_id: (line.still_missing, set(codes(known(line.problems)))) for line in first.items + rest.items}
    assert told == {
        begun[0]: ("Certify this bid.", set()),
        begun[1]: ("Complete this bid, then certify it.", {"BID-01"}),
        begun[2]: ("Complete this bid, then certify it.", {"REQUIRED", "BID-06"}),
    }
    assert (len(first.items), rest.next) == (2, None)


async def test_a_withdrawn_bid_is_not_missing_anything(house):
    await house.withdraw(await house.begin_bid())
    found = await status(house)
    assert found.still_missing[-1] == "Begin a bid in at least one competition."
    assert (await lines(house)).items == []


async def test_bids_are_told_by_state_and_category_with_their_numbers(house):
    await house.withdraw(await house.begin_bid("OTSB"))
    submitted, draft = await house.submitted_bid(), await house.begin_bid("OTSB")

    async def told(**which):
        return [(each.bid_id, each.amount_cents, each.capacity) for each in (await lines(house, **which)).items]

    assert await told(state=BidState.SUBMITTED) == [(submitted, 2_000, 100)]
    assert await told(category="OTSB") == [(draft, None, None)]
    assert [each[1:] for each in await told(state=BidState.WITHDRAWN)] == [(None, None)]
    assert all(each.bid_limit_cents and each.demand for each in (await lines(house)).items)


async def test_no_filter_tells_what_the_evaluation_found(house):
    bid_id = await house.submitted_bid()
    async with house.database.writing(Fence.system(), Actor.system("test")) as session:
        await session.execute(update(Bid).values(state=BidState.DISQUALIFIED))
    for state in (BidState.RECEIVED, BidState.ELIGIBLE, BidState.DISQUALIFIED):
        assert [(each.bid_id, each.state) for each in (await lines(house, state=state)).items] == [
            (bid_id, BidState.RECEIVED)
        ]


async def test_who_does_not_bid_in_the_round_has_no_status(house):
    async with house.reading() as session:
        with pytest.raises(NotFound):
            await read_status(session, actor_of(house), "R2021")
        assert (await list_competitions(session, actor_of(house), "R2021", None, 5)).items == []
        assert (await session.scalars(select(Requirement.round_code).distinct())).all() == [ROUND]
