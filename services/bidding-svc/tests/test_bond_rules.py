"""When a bond is forfeited, when it is due to be returned, and what its paper must say: pure rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding_svc.bonds.checklist import Element, Expected, check, folded
from bidding_svc.bonds.forfeiture import FinalLine, at_or_below_median, forfeiting, puts_bond_at_risk
from bidding_svc.bonds.lifecycle import LIFECYCLE, BondState
from bidding_svc.bonds.paper import Paper
from bidding_svc.evaluation.pricing import median_bid
from chassis.answers import Answer
from chassis.calendar import EASTERN, LAST_SECOND, due_at

UNTIL = due_at(date(2021, 2, 18))
"""The contract suppliers of Round 2021 were announced on 2020-11-20 (domain/lifecycle.md 1 and 2.2)."""
INSTANTS = st.integers(0, 2 * 366 * 24 * 3600).map(
    lambda seconds: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def a_line(**facts) -> FinalLine:
    told = {
        "line_id": uuid4(),
        "category_code": "OTSK",
        "cba_code": "baltimore-columbia-towson-md",
        "label": "OTS knee braces, Baltimore-Columbia-Towson, MD",
        "offered_at": datetime(2020, 10, 27, 16, tzinfo=UTC),
        "at_or_below_median": True,
        "given_up": True,
    }
    return FinalLine(**told | facts)


LINES = st.builds(a_line, offered_at=INSTANTS, at_or_below_median=st.booleans(), given_up=st.booleans())
UNTILS = st.none() | INSTANTS


def test_the_winners_of_the_worked_example_up_to_the_median_risk_their_bond():
    """domain/bidding.md 4.1: median composite bid rate 325.00; B1 to B4 risk their bond, B5 to B7 do not."""
    winners = [31_000, 31_850, 32_500, 32_500, 33_225, 34_000, 34_800]
    median = median_bid(winners)
    assert median == 32_500
    assert [at_or_below_median(bid, median) for bid in winners] == [True] * 4 + [False] * 3


def test_without_a_median_nobody_is_at_or_below_it():
    assert not at_or_below_median(1, None)


@pytest.mark.parametrize(
    ("offered_at", "until", "at_risk"),
    [
        (datetime(2020, 10, 27, tzinfo=UTC), None, True),  # before the announcement
        (datetime(2020, 10, 27, tzinfo=UTC), UNTIL, True),
        (datetime(2021, 2, 18, 20, 59, 59, 500_000, tzinfo=EASTERN), UNTIL, True),  # the last second, to its end
        (datetime(2021, 2, 18, 21, 0, tzinfo=EASTERN), UNTIL, False),
        (datetime(2021, 2, 19, 1, 59, 59, tzinfo=UTC), UNTIL, True),  # the same second, in UTC
    ],
)
def test_an_offer_puts_the_bond_at_risk_up_to_the_last_second_of_the_90th_day(offered_at, until, at_risk):
    assert puts_bond_at_risk(offered_at, at_or_below_median=True, late_offers_until=until) is at_risk


def test_one_declined_line_at_or_below_the_median_forfeits_though_others_were_accepted():
    declined, accepted = a_line(), a_line(given_up=False)
    assert forfeiting([accepted, declined], UNTIL) == [declined]


@pytest.mark.parametrize(
    "facts", [{"given_up": False}, {"at_or_below_median": False}, {"offered_at": UNTIL + LAST_SECOND}]
)
def test_a_line_that_lacks_one_of_the_three_conditions_forfeits_nothing(facts):
    assert forfeiting([a_line(**facts)], UNTIL) == []


@given(lines=st.lists(LINES, max_size=6), until=UNTILS)
def test_what_forfeits_are_the_lines_given_up_that_a_bidder_was_warned_of(lines, until):
    warned = [
        line
        for line in lines
        if puts_bond_at_risk(line.offered_at, at_or_below_median=line.at_or_below_median, late_offers_until=until)
    ]
    assert forfeiting(lines, until) == [line for line in warned if line.given_up]


@given(lines=st.lists(LINES, max_size=6), until=UNTILS)
def test_accepting_every_line_never_forfeits(lines, until):
    assert forfeiting([replace(line, given_up=False) for line in lines], until) == []


@given(line=LINES, earlier=INSTANTS, later=INSTANTS)
def test_a_later_announcement_puts_no_fewer_bonds_at_risk(line, earlier, later):
    first, last = sorted((earlier, later))
    if forfeiting([line], first):
        assert forfeiting([line], last)
    if forfeiting([line], last):
        assert forfeiting([line], None)


@given(bid=st.integers(1, 10**9), median=st.integers(1, 10**9), less=st.integers(0, 10**6))
def test_a_lower_bid_is_at_or_below_the_median_wherever_a_higher_one_is(bid, median, less):
    assert at_or_below_median(max(bid - less, 0), median) or not at_or_below_median(bid, median)


EXPECTED = Expected(
    principal="Chesapeake Home Medical, LLC",
    area_name="Baltimore-Columbia-Towson, MD",
    area_code="baltimore-columbia-towson-md",
    uploaded_on=date(2019, 8, 14),
    amount_cents=5_000_000,
    certified=("Larkspur Sample Surety Company",),
)
RIGHT = Paper(
    principal="CHESAPEAKE HOME MEDICAL LLC",
    surety="Larkspur Sample Surety Company",
    naic="12345",
    obligee="Centers for Medicare and Medicaid Services",
    conditions_stated=True,
    area="Baltimore Columbia Towson MD",
    bond_number="S-100 / 7",
    issued_on=date(2019, 8, 14),
    amount_cents=5_000_000,
    all_pages=True,
)


def answers(paper: Paper, expected: Expected = EXPECTED) -> dict[Element, Answer]:
    return {checked.element: checked.answer for checked in check(paper, expected)}


def test_a_bond_as_the_regulation_wants_it_passes_all_nine_elements_in_their_order():
    assert answers(RIGHT) == dict.fromkeys(Element, Answer.YES)
    assert [element.value for element in answers(RIGHT)] == [f"BND-{number}" for number in range(1, 10)]


@pytest.mark.parametrize(
    ("element", "facts", "answer"),
    [
        ("BND-1", {"principal": "Chesapeake Home Medical of Maryland, LLC"}, Answer.COULD_NOT_CHECK),
        ("BND-1", {"principal": " "}, Answer.NO),
        ("BND-2", {"naic": "1234"}, Answer.NO),
        ("BND-2", {"naic": "1234567"}, Answer.NO),
        ("BND-2", {"surety": ""}, Answer.NO),
        ("BND-2", {"surety": "Another Sample Surety"}, Answer.COULD_NOT_CHECK),
        ("BND-3", {"obligee": "State of Maryland"}, Answer.NO),
        ("BND-3", {"obligee": ""}, Answer.NO),
        ("BND-4", {"conditions_stated": False}, Answer.NO),
        ("BND-4", {"conditions_stated": None}, Answer.COULD_NOT_CHECK),
        ("BND-5", {"area": "Washington-Arlington-Alexandria, DC"}, Answer.NO),
        ("BND-6", {"bond_number": "--"}, Answer.NO),
        ("BND-7", {"issued_on": date(2019, 8, 15)}, Answer.NO),
        ("BND-7", {"issued_on": None}, Answer.NO),
        ("BND-8", {"amount_cents": 4_999_999}, Answer.NO),
        ("BND-8", {"amount_cents": 5_000_001}, Answer.NO),
        ("BND-8", {"amount_cents": None}, Answer.NO),
        ("BND-9", {"all_pages": False}, Answer.NO),
        ("BND-9", {"all_pages": None}, Answer.COULD_NOT_CHECK),
    ],
)
def test_one_element_that_is_not_right_is_told_and_no_other(element, facts, answer):
    found = answers(replace(RIGHT, **facts))
    assert {each.value: said for each, said in found.items() if said is not Answer.YES} == {element: answer}


@pytest.mark.parametrize(
    ("certified", "answer"),
    [(None, Answer.COULD_NOT_CHECK), ((), Answer.NO), (("Another", "Larkspur sample surety COMPANY"), Answer.YES)],
)
def test_a_surety_is_looked_up_on_the_list_and_without_a_list_nobody_can_tell(certified, answer):
    assert answers(RIGHT, replace(EXPECTED, certified=certified))[Element.SURETY] is answer


def test_a_bond_number_that_another_bond_of_the_surety_has_is_not_unique():
    taken = replace(EXPECTED, number_also_on=("2840002, Baltimore-Columbia-Towson, MD",))
    assert answers(RIGHT, taken)[Element.NUMBER] is Answer.NO


def test_a_bond_that_covers_remote_item_delivery_has_its_own_amount():
    assert answers(RIGHT, replace(EXPECTED, amount_cents=10_000_000))[Element.VALUE] is Answer.NO


@given(name=st.text(max_size=40))
def test_case_spaces_and_punctuation_do_not_make_a_name_another_one(name):
    assert folded(f"  {name.upper()} ,.") == folded(name.upper())
    assert folded(folded(name)) == folded(name)


def test_a_paper_is_kept_and_read_again_as_it_was():
    assert Paper.read(RIGHT.kept()) == RIGHT
    assert Paper.read(Paper().kept()) == Paper()


def test_every_state_but_a_falsified_one_may_turn_out_to_be_falsified():
    assert {state for state in BondState if LIFECYCLE.can(state, "declare falsified")} == set(BondState) - {
        BondState.FALSIFIED
    }


@pytest.mark.parametrize(
    ("verb", "states"),
    [
        ("verify", {"UPLOADED"}),
        ("reject", {"UPLOADED"}),
        ("open forfeiture", {"VERIFIED"}),
        ("forfeit", {"FORFEITURE_PENDING"}),
        ("return", {"UPLOADED", "VERIFIED"}),
    ],
)
def test_each_act_is_possible_from_these_states_alone(verb, states):
    assert {state.value for state in BondState if LIFECYCLE.can(state, verb)} == states
