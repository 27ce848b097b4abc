"""Reference data from CSV files, on the database: what is taken, what is told, and what stays."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
from sqlalchemy import select, text

from bidding_svc.bonds.surety import Surety
from bidding_svc.deadlines.closing import closings
from bidding_svc.deadlines.due import due
from bidding_svc.imports import use_cases, views
from bidding_svc.imports.tables import Kind
from bidding_svc.rounds.competition import Competition
from bidding_svc.rounds.round import BiddingHasBegun, Round
from bidding_svc.rounds.use_cases import deciding, moving, setting_up
from chassis.actor import Actor
from chassis.calendar import midnight
from chassis.csv_import import Outcome
from chassis.database import Database, Fence
from chassis.errors import NotFound
from events.rounds import RoundState
from tests.rounds.at_hand import (
    ADMINISTRATOR,
    CODE,
    OPENS,
    RULES,
    a_draft,
    an_announced_round,
    as_staff,
    moved_on,
    said,
    version_of,
    with_dates,
)

pytestmark = pytest.mark.database

CBAS = 'code,name,state\nakron-oh,"Akron, OH",OH\nnationwide,Nationwide,\n'
CATEGORIES = (
    "code,name,lead_item,remote_item,contract_count\n"
    "OTSB,Off-the-shelf back braces,L0650,no,\nCGMP,Glucose monitors,,yes,10\n"
)
LEAD_ITEMS = "category,lead_item\nCGMP,E2102\n"
COMPETITIONS = (
    "category,cba,bid_limit,demand\n"
    "OTSB,akron-oh,348.00,1200\nOTSB,nationwide,$1,1\n"
    'CGMP,akron-oh,"1,234.50",900\nCGMP,nationwide,250,50000\n'
)


async def chunks(content: str) -> AsyncIterator[bytes]:
    yield content.encode()


async def taken(bidding: Database, kind: Kind, content: str, code: str = CODE) -> Outcome:
    return await use_cases.take_file_of_round(bidding, ADMINISTRATOR, code, kind, chunks(content))


async def everything(bidding: Database) -> list[Outcome]:
    files = {
        Kind.CBAS: CBAS,
        Kind.CATEGORIES: CATEGORIES,
        Kind.LEAD_ITEMS: LEAD_ITEMS,
        Kind.COMPETITIONS: COMPETITIONS,
    }
    return [await taken(bidding, kind, content) for kind, content in files.items()]


async def competitions(bidding: Database) -> dict[tuple[str, str], tuple[int, int]]:
    async with bidding.reading(Fence.staff()) as session:
        found = await session.scalars(select(Competition).where(Competition.round_code == CODE))
        return {(each.category_code, each.cba_code): (each.bid_limit_cents, each.demand) for each in found}


async def test_four_files_complete_a_draft_so_that_it_can_be_announced(bidding):
    await a_draft(bidding)
    await with_dates(bidding)
    outcomes = await everything(bidding)
    assert [(each.added, each.changed, each.refused) for each in outcomes] == [
        (2, 0, 0),
        (2, 0, 0),
        (0, 1, 0),
        (4, 0, 0),
    ]
    assert await competitions(bidding) == {
        ("OTSB", "akron-oh"): (34_800, 1_200),
        ("OTSB", "nationwide"): (100, 1),
        ("CGMP", "akron-oh"): (123_450, 900),
        ("CGMP", "nationwide"): (25_000, 50_000),
    }
    which = await version_of(bidding)
    async with as_staff(bidding) as session:
        await setting_up.publish(session, which)
    (snapshot,) = await said(bidding, RoundState)
    assert {each.code: (each.lead_item, each.remote_item, each.made_up) for each in snapshot.categories} == {
        "OTSB": ("L0650", False, False),
        "CGMP": ("E2102", True, False),
    }
    assert {each.code: each.state for each in snapshot.cbas} == {"akron-oh": "OH", "nationwide": None}


async def test_the_same_files_again_change_nothing_and_say_nothing(bidding):
    await a_draft(bidding)
    await everything(bidding)
    before = await version_of(bidding)
    again = await everything(bidding)
    assert [(each.added, each.changed, each.unchanged) for each in again] == [
        (0, 0, 2),
        (0, 0, 2),
        (0, 0, 1),
        (0, 0, 4),
    ]
    assert await version_of(bidding) == before


async def test_a_bad_row_in_the_middle_stops_no_good_one_and_is_told_where_it_stands(bidding):
    await a_draft(bidding)
    await everything(bidding)
    outcome = await taken(
        bidding,
        Kind.COMPETITIONS,
        "category,cba,bid_limit,demand\n"
        "OTSB,akron-oh,350.00,1200\n"
        "OTSB,nationwide,12.345,1\n"
        "CGMP,nowhere,10.00,1\n"
        "XXXX,akron-oh,10.00,1\n"
        "CGMP,akron-oh,0,900.5\n"
        "CGMP,nationwide,251,50000\n",
    )
    assert (outcome.changed, outcome.refused) == (2, 4)
    assert {(error.line, error.column) for error in outcome.errors} == {
        (3, "bid_limit"),
        (4, "cba"),
        (5, "category"),
        (6, "bid_limit"),
        (6, "demand"),
    }
    limits = await competitions(bidding)
    assert (limits["OTSB", "akron-oh"], limits["CGMP", "nationwide"]) == ((35_000, 1_200), (25_100, 50_000))
    assert limits["OTSB", "nationwide"] == (100, 1)


async def test_a_file_of_many_batches_is_taken_whole_and_every_change_is_in_the_audit_trail(bidding):
    await a_draft(bidding)
    areas = [f"area-{number:03}" for number in range(300)]
    await taken(bidding, Kind.CBAS, "code,name,state\n" + "".join(f"{code},{code},MD\n" for code in areas))
    await taken(bidding, Kind.CATEGORIES, CATEGORIES)
    rows = "".join(f"OTSB,{code},{number + 1}.50,{number}\n" for number, code in enumerate(areas))
    outcome = await taken(bidding, Kind.COMPETITIONS, "category,cba,bid_limit,demand\n" + rows)
    assert (outcome.rows, outcome.added) == (300, 300)
    assert (await competitions(bidding))["OTSB", "area-299"] == (30_050, 299)
    async with bidding.reading(Fence.system()) as session:
        opened = await session.scalar(text("select count(*) from audit where action = 'competition.open'"))
        files = await session.execute(text("select after from audit where action = 'round.import'"))
    assert opened == 300
    assert sum(len(row.after["changed"]) for row in files) == 300 + 2 + 300


async def test_a_changed_bid_limit_keeps_the_old_one_in_the_audit_trail(bidding):
    await a_draft(bidding)
    await everything(bidding)
    await taken(bidding, Kind.COMPETITIONS, "category,cba,bid_limit,demand\nOTSB,akron-oh,350.00,1200\n")
    async with bidding.reading(Fence.system()) as session:
        row = (await session.execute(text("select * from audit where action = 'competition.price'"))).one()
    assert (row.actor_id, row.before["bid_limit_cents"], row.after["bid_limit_cents"]) == ("RHOLLIS02", 34_800, 35_000)


async def test_once_the_window_is_open_what_is_bid_on_stays(bidding):
    await an_announced_round(bidding)
    await moved_on(bidding, midnight(OPENS))
    for kind, content in ((Kind.CBAS, CBAS), (Kind.COMPETITIONS, COMPETITIONS)):
        with pytest.raises(BiddingHasBegun):
            await taken(bidding, kind, content)


async def test_an_announced_round_tells_the_services_of_a_new_lead_item(bidding):
    await an_announced_round(bidding)
    await taken(bidding, Kind.LEAD_ITEMS, "category,lead_item\nOTSB,L0651\n")
    assert {each.code: each.lead_item for each in (await said(bidding, RoundState))[-1].categories}["OTSB"] == "L0651"


async def test_what_was_removed_stays_out_and_an_unknown_category_gets_no_lead_item(bidding):
    await an_announced_round(bidding)
    which = await version_of(bidding)
    async with as_staff(bidding) as session:
        await deciding.remove_category(session, which, "OTSK", "Too few suppliers.")
    which = await version_of(bidding)
    async with as_staff(bidding) as session:
        await deciding.remove_competition(session, which, "OTSB", "akron-oh", "A hurricane.")
    for kind, content in (
        (Kind.CATEGORIES, "code,name,lead_item,remote_item,contract_count\nOTSK,Knee braces,L1833,no,\n"),
        (Kind.LEAD_ITEMS, "category,lead_item\nXXXX,L1833\n"),
        (Kind.COMPETITIONS, "category,cba,bid_limit,demand\nOTSB,akron-oh,350.00,1200\n"),
    ):
        outcome = await taken(bidding, kind, content)
        assert (outcome.refused, outcome.added, outcome.changed) == (1, 0, 0), kind


async def test_a_category_without_a_lead_item_keeps_the_one_another_file_brought(bidding):
    await a_draft(bidding)
    await everything(bidding)
    outcome = await taken(bidding, Kind.CATEGORIES, CATEGORIES.replace("Glucose monitors", "Monitors and pumps"))
    assert (outcome.changed, outcome.unchanged) == (1, 1)
    async with bidding.reading(Fence.staff()) as session:
        found = {each.code: each for each in (await session.get_one(Round, CODE)).categories}
    assert (found["CGMP"].name, found["CGMP"].lead_item) == ("Monitors and pumps", "E2102")


async def test_a_round_that_is_not_there_takes_no_file(bidding):
    with pytest.raises(NotFound):
        await taken(bidding, Kind.CBAS, CBAS, "R2031")


async def test_fees_are_kept_by_year_item_and_state(bidding):
    fees = 'year,item,state,amount\n2015,L0650,MD,"1,100.00"\n2015,L0650,VA,1080.25\n2015,L0650,maryland,1\n'
    first = await use_cases.take_fees(bidding, ADMINISTRATOR, chunks(fees))
    again = await use_cases.take_fees(bidding, ADMINISTRATOR, chunks(fees.replace("1080.25", "1081.00")))
    assert (first.added, first.refused, first.errors[0].column) == (2, 1, "state")
    assert (again.added, again.changed, again.unchanged) == (0, 1, 1)
    async with bidding.reading(Fence.public()) as session:
        page = await views.list_fees(session, "L0650", None, 1)
        rest = await views.list_fees(session, "L0650", page.next, 25)
        other = await views.list_fees(session, "L1833", None, 25)
    assert [(each.state, each.amount_cents) for each in page.items + rest.items] == [("MD", 110_000), ("VA", 108_100)]
    assert other.items == []


async def test_the_list_of_certified_sureties_is_kept_by_number_and_name_and_who_left_it_is_marked(bidding):
    file = 'naic,name,certified\n12345,"Sample Surety, Inc.",yes\n1234,Short,yes\n54321,Another,no\n'
    first = await use_cases.take_sureties(bidding, ADMINISTRATOR, chunks(file))
    again = await use_cases.take_sureties(bidding, ADMINISTRATOR, chunks(file.replace(",yes", ",no")))
    assert (first.added, first.refused, first.errors[0].column) == (2, 1, "naic")
    assert (again.added, again.changed, again.unchanged) == (0, 1, 1)
    async with as_staff(bidding) as session:
        listed = {each.naic: each.certified for each in await session.scalars(select(Surety))}
    assert listed == {"12345": False, "54321": False}


async def test_a_closing_moves_the_deadlines_that_are_computed_from_then_on(bidding):
    file = "day,reason\n2029-12-17,Executive order\n17.12.2029,Executive order\n"
    outcome = await use_cases.take_closings(bidding, ADMINISTRATOR, chunks(file))
    assert (outcome.added, outcome.refused) == (1, 1)
    async with bidding.reading(Fence.public()) as session:
        closed = await closings(session)
        listed = await views.list_closings(session, None, 25)
    assert [(each.day, each.reason) for each in listed.items] == [(date(2029, 12, 17), "Executive order")]
    assert due("PBE_RESPONSE", date(2029, 12, 3), RULES) == date(2029, 12, 17)
    assert due("PBE_RESPONSE", date(2029, 12, 3), RULES, closed) == date(2029, 12, 18)


async def test_a_round_tells_the_closings_once_and_a_draft_tells_nobody(bidding):
    await an_announced_round(bidding)
    async with as_staff(bidding) as session:
        await setting_up.draft_round(session, "R2032", "Round 2032", ("Round 2030", 1))

    async def sweep():
        async with bidding.writing(Fence.system(), Actor.system("test")) as session:
            return await moving.tell_closings(session, session.at, 100)

    before = len(await said(bidding, RoundState))
    await use_cases.take_closings(bidding, ADMINISTRATOR, chunks("day,reason\n2029-12-17,Executive order\n"))
    assert [await sweep(), await sweep()] == [2, 0]
    told = await said(bidding, RoundState)
    assert len(told) == before + 1
    assert told[-1].closings == (date(2029, 12, 17),)
