"""A CSV file in place of the feed of DBidS: each row does what its report would do, and a bad one stops no good one."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bidding_svc.dbids.importing import NO_COMPETITION, take_file
from bidding_svc.dbids.table import Forms, table_of
from bidding_svc.dbids.taking import NotEnteredInDbids
from bidding_svc.form_a.form_a import FormA
from bidding_svc.form_a.views import read_my_form
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.actor import Actor
from chassis.csv_import import Outcome, RowError
from chassis.database import Fence
from chassis.errors import NotFound
from chassis.tables import audit
from tests.bidding.house import BUSINESS_ANSWERS, DISCLOSURE_ANSWERS, PTAN, ROUND, in_dbids
from tests.bidding.house import open_house as open_house_here

pytestmark = pytest.mark.database
OFFICER = Actor("staff", "mei.tanaka", permissions=frozenset({"staff.dbids.import"}))
BID = {"amount": "20.00", "new_item_on_basis": "yes", "capacity": "100", "covers_all_items": "yes"}


@pytest.fixture
async def house(bidding):
    house = await open_house_here(bidding)
    await in_dbids(house)
    return house


def now() -> str:
    return program_time.now().isoformat()


def form_a(house, **cells: str) -> dict[str, str]:
    about = {"bidder_number": house.number, "version": "1", "entered_at": now()}
    signed = {"approved_by": "DWHITLOCK01", "approved_at": now()}
    return about | signed | BUSINESS_ANSWERS | DISCLOSURE_ANSWERS | {"locations": f"{PTAN}|OTSB OTSK|MD VA|"} | cells


def bid(house, **cells: str) -> dict[str, str]:
    about = {"bidder_number": house.number, "version": "1", "entered_at": now(), "category": "OTSK"}
    return about | {"cba": "nationwide", "certified_by": "DWHITLOCK01", "certified_at": now()} | BID | cells


async def take(house, forms: Forms, *rows: dict[str, str], code: str = ROUND) -> Outcome:
    async with house.database.reading(Fence.system()) as session:
        columns = list(table_of(forms, await session.get_one(Round, ROUND)).columns)
    written = io.StringIO()
    lines = csv.DictWriter(written, columns, restval="")
    lines.writeheader()
    lines.writerows(rows)

    async def chunks() -> AsyncIterator[bytes]:
        yield written.getvalue().encode()

    return await take_file(house.database, OFFICER, code, forms, chunks())


async def bids(house) -> list[tuple[str, BidState, int | None]]:
    async with house.database.reading(Fence.system()) as session:
        found = await session.scalars(select(Bid).order_by(Bid.id))
        return [(each.category_code, each.state, each.amount_cents) for each in found]


async def audited(house, action: str) -> list[tuple[str, dict]]:
    async with house.database.reading(Fence.system()) as session:
        rows = await session.execute(select(audit.c.actor_id, audit.c.after).where(audit.c.action == action))
        return [tuple(row) for row in rows]


async def test_two_files_fill_approve_and_certify_as_the_feed_would(house):
    for forms, row in ((Forms.FORM_A, form_a(house)), (Forms.BIDS, bid(house))):
        outcome = await take(house, forms, row)
        assert (outcome.rows, outcome.changed, outcome.errors) == (1, 1, [])
    assert await bids(house) == [("OTSK", BidState.SUBMITTED, 20_00)]
    async with house.database.reading(Fence.system()) as session:
        assert (await session.scalars(select(FormA))).one().approved_by == "DWHITLOCK01"


async def test_a_cell_holds_every_location_link_and_member_of_a_form(house):
    links = "sister|Larkspur Sister|9000000300|common-owner|12.5|; parent|Larkspur Parent||owned-by|51|"
    await take(house, Forms.FORM_A, form_a(house, links=links, approved_by="", approved_at=""))
    actor = Actor("person", "D", organization_id=house.organization_id)
    async with house.reading() as session:
        form = await read_my_form(session, actor, ROUND)
    assert [(entry.key, entry.answers["products"], entry.answers["states"]) for entry in form.locations] == [
        (PTAN, ["OTSB", "OTSK"], ["MD", "VA"])
    ]
    assert {entry.key: entry.answers["share"] for entry in form.links} == {"sister": "12.5", "parent": "51"}


async def test_a_bad_row_in_the_middle_stops_no_good_one_and_is_named_by_line_and_column(house):
    await take(house, Forms.FORM_A, form_a(house))
    outcome = await take(
        house,
        Forms.BIDS,
        bid(house, category="OTSB"),
        bid(house, bidder_number="0"),
        bid(house, cba="atlantis"),
        bid(house, version="one"),
        bid(house, entered_at="2026-01-31T20:59:00"),
        bid(house, certified_by=""),
        bid(house, category="OTSU", rental_months="13"),
        bid(house, category="otsk"),
        bid(house, withdrawn="maybe"),
        bid(house),
        bid(house),
    )
    assert [(error.line, error.column) for error in outcome.errors] == [
        (3, "bidder_number"), (4, "category"), (5, "version"), (6, "entered_at"), (7, "certified_by"),
        (8, "rental_months"), (9, "category"), (10, "withdrawn"), (12, None),
    ]  # fmt: skip
    assert outcome.errors[1] == RowError(4, "category", NO_COMPETITION)
    assert (outcome.rows, outcome.changed, outcome.refused) == (11, 2, 9)
    assert await bids(house) == [("OTSB", BidState.SUBMITTED, 20_00), ("OTSK", BidState.SUBMITTED, 20_00)]


async def test_a_form_a_that_names_no_ptan_or_breaks_off_in_a_cell_is_not_half_taken(house):
    for locations in ("12|OTSB|MD|", f"{PTAN}|OTSB", f"{PTAN}|OTSB|MD|; {PTAN}|OTSK|MD|"):
        outcome = await take(house, Forms.FORM_A, form_a(house, locations=locations))
        assert [(error.line, error.column) for error in outcome.errors] == [(2, "locations")]
    async with house.database.reading(Fence.system()) as session:
        assert (await session.scalars(select(FormA))).one().version == 0


async def test_the_same_file_again_changes_nothing_and_a_later_version_does(house):
    await take(house, Forms.FORM_A, form_a(house))
    again = [await take(house, Forms.BIDS, bid(house, version=version)) for version in ("7", "7", "6", "8")]
    assert [(outcome.changed, outcome.unchanged) for outcome in again] == [(1, 0), (0, 1), (0, 1), (1, 0)]
    assert await bids(house) == [("OTSK", BidState.SUBMITTED, 20_00)]


async def test_what_the_rules_refuse_stays_a_draft_whoever_certified_it_there(house):
    await take(house, Forms.FORM_A, form_a(house))
    await take(house, Forms.BIDS, bid(house, amount="a lot"))
    assert await bids(house) == [("OTSK", BidState.DRAFT, None)]


async def test_a_row_that_comes_too_late_is_told_and_leaves_its_evidence(house, monkeypatch):
    late = (house.closes_at + timedelta(seconds=1)).isoformat()
    monkeypatch.setattr(program_time, "now", lambda: house.closes_at + timedelta(minutes=1))
    outcome = await take(house, Forms.BIDS, bid(house, entered_at=late, certified_by="", certified_at=""))
    assert [(error.line, error.column) for error in outcome.errors] == [(2, "entered_at")]
    assert ([who for who, _ in await audited(house, "dbids.refuse")], await bids(house)) == ([OFFICER.user_id], [])


async def test_who_brought_a_file_is_noted_with_its_digest_and_never_with_an_amount(house):
    await take(house, Forms.BIDS, bid(house))
    ((who, noted),) = await audited(house, "dbids-import.take")
    assert (who, noted["round"], noted["forms"], noted["changed"], len(noted["sha256"])) == (
        OFFICER.user_id, ROUND, "bids", 1, 64,
    )  # fmt: skip
    assert "20.00" not in str(noted)


async def test_a_round_that_is_entered_here_takes_no_file(bidding):
    house = await open_house_here(bidding)
    house.number = "1"
    with pytest.raises(NotEnteredInDbids):
        await take(house, Forms.BIDS, bid(house))
    with pytest.raises(NotFound):
        await take(house, Forms.BIDS, bid(house), code="R1999")
