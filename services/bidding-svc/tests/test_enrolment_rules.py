"""BID-06 and BID-07 by the enrolment record: told as warnings, and never yes where nobody could check."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest

from bidding_svc.enrolment.location import EnrolledLocation
from bidding_svc.enrolment.standing import Record
from bidding_svc.enrolment.worker import on_enrolment_state
from bidding_svc.form_a.content import Content
from bidding_svc.form_a.views import list_known_locations, read_my_form
from bidding_svc.form_b.comparing import compare_bids
from bidding_svc.form_b.content import BidContent
from bidding_svc.form_b.rules import problems_of
from bidding_svc.form_b.views import read_bid
from bidding_svc.forms.problem import Weight
from bidding_svc.rounds import reference
from bidding_svc.rounds.category import RoundCategory, RoundCba
from bidding_svc.rounds.competition import Competition
from bidding_svc.status.views import list_competitions
from chassis import program_time
from chassis.actor import Actor
from chassis.database import Fence
from events.enrolment import Accreditation, EnrolmentState, Licence, Location, StatusPeriod
from tests.bidding.house import PTAN, ROUND, open_house

OLD, NEW = reference.load("round-2021").rule_set, reference.load("round-2028").rule_set
DAY = date(2026, 12, 19)
LONG_AGO = date(2020, 1, 1)
VERSIONS = count(1)


def told(ptan=PTAN, state="MD", *, licences=("MD",), categories=("OTSK",), valid_to=None, **more) -> EnrolmentState:
    """The record of a location, active since long ago."""
    return EnrolmentState(
        ptan=ptan,
        version=next(VERSIONS),
        npi="1234567893",
        legal_business_name="Larkspur Sample Medical, LLC",
        location=Location(street="1 Sample Street", city="Annapolis", state=state, zip_code="21401"),
        status_periods=(StatusPeriod(status="active", valid_from=LONG_AGO),),
        licences=tuple(Licence(state=each, kind="Any", valid_from=LONG_AGO, valid_to=valid_to) for each in licences),
        accreditations=(Accreditation(accreditor="Sample", categories=categories, valid_from=LONG_AGO),),
        reported_at=program_time.now(),
        **more,
    )


def known(*states: EnrolmentState, own=(PTAN,)) -> Record:
    locations = {each.ptan: EnrolledLocation(**each.model_dump(mode="json")) for each in states}
    return Record(DAY, locations, frozenset(own) & locations.keys())


def judged(record, rules=NEW, locations=None, state="MD") -> list[tuple[str, Weight]]:
    form_a = Content({}, {}, locations or {PTAN: {"products": ("OTSK",), "states": ("MD", "VA")}}, {}, {}, ())
    content = BidContent(
        values={"amount": 20_00, "new_item_on_basis": True, "capacity": 100, "covers_all_items": True},
        unread=(),
        competition=Competition(bid_limit_cents=34_800, demand=1_000),
        category=RoundCategory(code="OTSK", name="Knee braces", remote_item=False),
        cba=RoundCba(code="md", name="Maryland", state=state),
        rules=rules,
        form_a=form_a,
        record=record,
    )
    return [(each.code, each.weight) for each in problems_of(content)]


def test_a_location_that_is_licensed_and_accredited_has_no_problem():
    assert judged(known(told())) == []


def test_what_the_record_does_not_show_is_a_warning_and_keeps_nobody_from_certifying():
    assert judged(known(told(licences=()))) == [("BID-07", Weight.WARNING)]
    assert judged(known(told(categories=("CPAP",)))) == [("BID-07", Weight.WARNING)]


def test_a_licence_that_ends_before_the_close_is_none():
    assert judged(known(told(valid_to=DAY))) == []
    assert judged(known(told(valid_to=DAY - timedelta(days=1)))) == [("BID-07", Weight.WARNING)]


def test_what_could_not_be_checked_is_said_so_and_never_reads_as_met():
    assert judged(known()) == [("BID-06", Weight.COULD_NOT_CHECK)] + [("BID-07", Weight.COULD_NOT_CHECK)] * 2


def test_each_location_is_licensed_in_round_2021_and_all_together_in_round_2028():
    serves = {"products": ("OTSK",), "states": ("MD",)}
    both = {PTAN: serves, "9000000002": serves}
    record = known(told(), told("9000000002", licences=()), own=both)
    assert judged(record, NEW, both) == []
    assert judged(record, OLD, both) == [("BID-07", Weight.WARNING)]


def test_a_nationwide_area_asks_for_a_licence_of_every_state_that_is_served():
    assert judged(known(told()), state=None) == [("BID-07", Weight.WARNING)]
    assert judged(known(told(licences=("MD", "VA"))), state=None) == []


def test_an_active_location_of_the_bidder_in_the_area_that_is_not_listed_is_told():
    record = known(told(), told("9000000003"), told("9000000004", "TX"), own=(PTAN, "9000000003", "9000000004"))
    assert judged(record) == [("BID-06", Weight.WARNING)]
    assert judged(replace(record, own=frozenset({PTAN, "9000000004"}))) == []


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


async def hear(house, *states: EnrolmentState) -> None:
    for each in states:
        async with house.database.writing(Fence.system(), Actor.system("test")) as session:
            await on_enrolment_state(each, session)


async def compare(house) -> int:
    async with house.database.writing(Fence.system(), Actor.system("test")) as session:
        return await compare_bids(session, session.at, 100)


def actor_of(house) -> Actor:
    return Actor("person", "DWHITLOCK01", organization_id=house.organization_id)


async def problems(house, bid_id) -> list[tuple[str, str]]:
    async with house.reading() as session:
        bid = await read_bid(session, actor_of(house), bid_id)
        page = await list_competitions(session, actor_of(house), ROUND, None, 5)
        assert page.items[0].problems == bid.problems
        return [(each.code, each.weight.value) for each in bid.problems]


@pytest.mark.database
async def test_a_bid_tells_what_the_record_says_on_its_page_and_in_the_status(house):
    bid_id = await house.submitted_bid()
    assert await problems(house, bid_id) == [("BID-06", "could-not-check"), *[("BID-07", "could-not-check")] * 2]
    await hear(house, told(organization_id=house.organization_id, licences=("MD", "VA")))
    assert await problems(house, bid_id) == []
    await hear(house, told("9000000009", "TX", organization_id=house.organization_id))
    assert await problems(house, bid_id) == [("BID-06", "warning")]


@pytest.mark.database
async def test_a_recorded_group_is_compared_when_the_record_says_so_and_when_it_ceases(bidding, house):
    other = await open_house(bidding, "9000000002", "Other Sample, LLC")
    bids = {each: await each.submitted_bid() for each in (house, other)}
    await compare(house)
    owned = {house.ptan: house.organization_id, other.ptan: other.organization_id}
    licensed = {"licences": ("MD", "VA")}
    for ptan, owner in owned.items():
        await hear(house, told(ptan, organization_id=owner, ownership_group="Larkspur", **licensed))
    assert await compare(house) == 1
    expected = [("BID-05", "error"), ("BID-06", "warning")]
    assert [await problems(each, bid_id) for each, bid_id in bids.items()] == [expected, expected]
    await hear(house, told(other.ptan, organization_id=other.organization_id, **licensed))
    assert await compare(house) == 1
    assert [await problems(each, bid_id) for each, bid_id in bids.items()] == [[], []]


@pytest.mark.database
async def test_form_a_shows_name_and_address_of_a_ptan_and_lists_those_to_choose_from(house):
    await hear(
        house,
        told(organization_id=house.organization_id),
        told("9000000009", "TX", organization_id=house.organization_id),
        told("9000000010"),
    )
    await house.fill_form_a()
    await house.edit_entry("locations", "9000000010", {"products": ["OTSK"]})
    async with house.reading() as session:
        form = await read_my_form(session, actor_of(house), ROUND)
        page = await list_known_locations(session, actor_of(house), None, 1)
        rest = await list_known_locations(session, actor_of(house), page.next, 5)
    shown = {entry.key: entry.known and (entry.known.legal_business_name, entry.known.city) for entry in form.locations}
    assert shown == {PTAN: ("Larkspur Sample Medical, LLC", "Annapolis"), "9000000010": None}
    assert [each.ptan for each in (*page.items, *rest.items)] == [PTAN, "9000000009"]
