"""The files of a bidder that stand beside the checklist of a review case."""

import pytest

from bidding_svc.reviews import documents
from bidding_svc.reviews.case import ReviewCase
from bidding_svc.reviews.completeness.opening import open_completeness
from bidding_svc.reviews.kinds import Kind
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotFound
from tests.bidding.evaluation import ANALYST, acting, close_the_window, requirement_of, run, send, settle, the_case
from tests.bidding.house import House, open_house

pytestmark = pytest.mark.database
REPORT, STAND_IN = "business-credit-report", "insufficient-data-report"


@pytest.fixture
async def house(bidding, monkeypatch) -> House:
    """A bidder that sent two documents, with its completeness case open."""
    house = await open_house(bidding)
    house.bid_id = await house.submitted_bid()
    for document in (REPORT, STAND_IN):
        await send(house, document)
    await close_the_window(bidding, lambda moment: monkeypatch.setattr(program_time, "now", lambda: moment))
    await settle(house)
    await run(bidding, open_completeness)
    return house


async def files_of(house: House, case: ReviewCase, actor: Actor = ANALYST, **page):
    async with house.database.reading(Fence.staff()) as session:
        return await documents.list_files(session, actor, case.id, **{"after": None, "limit": 25} | page)


async def test_every_file_the_bidder_sent_is_listed_the_latest_first_page_by_page(house):
    case = await the_case(house.database, Kind.COMPLETENESS, house)
    first = await files_of(house, case, limit=1)
    rest = await files_of(house, case, limit=1, after=first.next)
    listed = first.items + rest.items
    assert {each.document for each in listed} == {REPORT, STAND_IN}
    assert all(each.counts for each in listed)
    assert listed[0].received_at >= listed[1].received_at
    assert rest.next is None


async def test_a_case_about_bonds_lists_bonds_alone(house):
    case = await the_case(house.database, Kind.COMPLETENESS, house)
    async with acting(house.database, ANALYST) as session:
        (await session.get_one(ReviewCase, case.id)).kind = Kind.BONDS
    assert (await files_of(house, case)).items == []


async def test_a_file_that_was_rejected_is_listed_and_does_not_count(house):
    case, requirement = await the_case(house.database, Kind.COMPLETENESS, house), await requirement_of(house, REPORT)
    async with house.database.writing(Fence.organization(house.organization_id), ANALYST) as session:
        (await session.merge(requirement.files[0])).rejected = True
    told = {each.document: each.counts for each in (await files_of(house, case)).items}
    assert told == {REPORT: False, STAND_IN: True}


async def test_who_may_not_see_a_kind_of_case_finds_no_file_of_it(house):
    case = await the_case(house.database, Kind.COMPLETENESS, house)
    with pytest.raises(NotFound):
        await files_of(house, case, actor=Actor.system("nobody"))
