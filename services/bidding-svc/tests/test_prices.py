"""Amounts of bids as those inside read them: not before the evaluation, each read noted, an analyst's by case."""

import pytest
from sqlalchemy import select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.prices.reading import NotInEvaluationYet, Purpose, read_prices
from bidding_svc.reviews.case import Proposal, ReviewCase
from bidding_svc.reviews.kinds import Kind
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotFound
from chassis.tables import audit
from tests.bidding.evaluation import as_system, close_the_window
from tests.bidding.house import ROUND, open_house

pytestmark = pytest.mark.database
PRICING = Actor("staff", "noor.haddad", permissions=frozenset({"staff.bid_price.view"}))
ANALYST = Actor("staff", "sam.ortiz", permissions=frozenset({"staff.bid_price.view", "staff.bid_price.edit"}))


@pytest.fixture
def clock(monkeypatch):
    return lambda moment: monkeypatch.setattr(program_time, "now", lambda: moment)


@pytest.fixture
async def house(bidding):
    house = await open_house(bidding)
    async with bidding.reading(Fence.system()) as session:
        house.number = await session.scalar(select(Bidder.number))
    return house


async def read(house, actor=PRICING, *, number=None, after=None, limit=25):
    async with house.database.writing(Fence.of(actor), actor) as session:
        return await read_prices(session, ROUND, number or house.number, Purpose.PRICING, after=after, limit=limit)


async def reads(house) -> list[tuple[str, str, str, str]]:
    async with house.database.reading(Fence.system()) as session:
        columns = (audit.c.actor_id, audit.c.entity_id, audit.c.reason, audit.c.after)
        rows = await session.execute(select(*columns).where(audit.c.action == "bid.read-price").order_by(audit.c.at))
        return [tuple(row) for row in rows]


async def test_every_read_notes_who_read_which_bid_and_what_for_and_never_the_amount(house, clock):
    submitted = await house.submitted_bid()
    await house.begin_bid("OTSB")  # a draft, left incomplete at the close: nobody's to read
    await close_the_window(house.database, clock)
    (price,) = (await read(house)).items
    assert (price.bid_id, price.amount_cents, price.capacity) == (submitted, 20_00, 100)
    assert await reads(house) == [(PRICING.user_id, str(submitted), "pricing", None)]
    assert set(price.model_dump()) == {"bid_id", "label", "category_code", "cba_code", "amount_cents", "capacity"}


async def test_before_the_window_has_closed_nobody_inside_reads_an_amount(house):
    await house.submitted_bid()
    with pytest.raises(NotInEvaluationYet):
        await read(house)
    assert await reads(house) == []


async def test_an_analyst_reads_the_amounts_of_a_bona_fide_case_and_no_others(house, clock):
    bid_id = await house.submitted_bid()
    await close_the_window(house.database, clock)
    assert (await read(house, ANALYST)).items == []
    async with as_system(house.database) as session:
        bidder = (await session.scalars(select(Bidder))).one()
        proposal = Proposal("OTS knee braces", None, bid_id=bid_id)
        session.add(ReviewCase(Kind.BONA_FIDE, bidder, [proposal], due_at=session.at, at=session.at))
    assert [price.bid_id for price in (await read(house, ANALYST)).items] == [bid_id]


async def test_a_page_notes_what_it_shows_and_the_next_one_its_own(house, clock):
    first = await house.submitted_bid()
    second = await house.begin_bid("OTSB")
    await house.edit_bid(
        second, {"amount": "30.00", "capacity": "5", "new_item_on_basis": "yes", "covers_all_items": "yes"}
    )
    await house.certify(second)
    await close_the_window(house.database, clock)
    page = await read(house, limit=1)
    assert [entity for _, entity, _, _ in await reads(house)] == [str(first)]
    assert [price.amount_cents for price in (await read(house, after=page.next, limit=1)).items] == [30_00]
    assert len(await reads(house)) == 2


async def test_an_unknown_bidder_number_is_nowhere(house):
    with pytest.raises(NotFound):
        await read(house, number="0")
