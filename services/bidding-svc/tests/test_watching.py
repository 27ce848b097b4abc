"""What staff see of a running window: numbers and registrations, never a form, a bid or a price."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bidding_svc.form_a.lifecycle import FormAState
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.form_b.use_cases import close_bids
from bidding_svc.rounds import watch_views as views
from bidding_svc.rounds.progress import EVERY, count_progress
from bidding_svc.rounds.round import Round
from bidding_svc.rounds.use_cases.moving import move_due_rounds
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotFound
from tests.bidding.house import BID_ANSWERS, PTAN, ROUND, open_house

pytestmark = pytest.mark.database
SYSTEM = Actor.system("test")
STAFF = Actor("staff", "MOKAFOR04", person_id=uuid4(), permissions=frozenset({"staff.round.watch"}))


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


async def swept(database, sweep, at=None):
    async with database.writing(Fence.system(), SYSTEM) as session:
        return await sweep(session, at or program_time.now(), 100)


async def window(database):
    async with database.reading(Fence.of(STAFF)) as session:
        return await views.read_window(session, ROUND)


async def listed(database, search=None, after=None, limit=25):
    async with database.reading(Fence.of(STAFF)) as session:
        return await views.list_registrations(session, ROUND, search, after, limit)


async def test_the_numbers_of_a_window_are_counted_by_a_sweep_every_ten_seconds(house):
    assert (await window(house.database)).numbers is None
    await house.submitted_bid()
    await house.edit_bid(await house.begin_bid("OTSB"), BID_ANSWERS)
    now = program_time.now()
    assert await swept(house.database, count_progress, now) == 1
    numbers = (await window(house.database)).numbers
    assert (numbers.bidders, numbers.forms_a) == (1, {FormAState.APPROVED: 1})
    assert numbers.bids == {BidState.SUBMITTED: 1, BidState.DRAFT: 1}
    assert (numbers.documents_received, numbers.counted_at) == (0, now)
    assert numbers.documents_needed > 0
    assert await swept(house.database, count_progress, now + EVERY / 2) == 0
    assert await swept(house.database, count_progress, now + EVERY) == 1


async def test_nothing_that_is_told_names_a_competition_or_an_amount(house):
    await house.submitted_bid()
    await swept(house.database, count_progress)
    told = (await window(house.database)).model_dump_json() + (await listed(house.database)).model_dump_json()
    assert "OTSK" not in told
    assert "2000" not in told.replace(PTAN, "").replace("2028", "")
    assert '"form_a_approved":null,"bids_received":null' in told


async def test_forms_and_bids_of_a_bidder_show_once_the_round_is_in_evaluation(house):
    await house.submitted_bid()
    async with house.reading() as session:
        closes_at = (await session.get_one(Round, ROUND)).closes_at
    for _ in range(3):  # registration of the bidding system ends, then the window
        await swept(house.database, move_due_rounds, closes_at + timedelta(seconds=1))
    await swept(house.database, close_bids, closes_at + timedelta(days=1))
    [line] = (await listed(house.database)).items
    assert (line.form_a_approved, line.bids_received) == (True, 1)


async def test_registrations_are_listed_by_number_page_by_page_and_found_by_number_name_or_ptan(house):
    others = [("9000000002", "Hollow Oak Sample Supply, Inc."), ("9000000003", "Hollow_Oak Test Supply, LLC")]
    for ptan, name in others:
        await open_house(house.database, ptan, name)
    first = await listed(house.database, limit=2)
    rest = await listed(house.database, after=first.next, limit=2)
    found = first.items + rest.items
    assert [each.ptan for each in found] == [PTAN, "9000000002", "9000000003"]
    assert [each.bidder_number for each in found] == sorted(each.bidder_number for each in found)
    assert rest.next is None
    for search, ptans in [
        ("hollow", ["9000000002", "9000000003"]),
        ("HOLLOW_", ["9000000003"]),
        (found[1].bidder_number, ["9000000002"]),
        ("9000000001", [PTAN]),
        ("oak", []),
        ("  ", [each.ptan for each in found]),
    ]:
        assert [each.ptan for each in (await listed(house.database, search)).items] == ptans
    assert all(each.documents_needed > 0 for each in found)


async def test_a_round_that_was_not_announced_has_no_window_to_watch(bidding):
    with pytest.raises(NotFound):
        await window(bidding)
