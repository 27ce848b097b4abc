"""The vectors of domain/bidding.md 4, and what must hold for any bids."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bidding_svc.evaluation.competing import Inputs, Objection, evaluate
from bidding_svc.evaluation.pricing import Fee, Item, item_spa, lead_spa, median_bid, price_items, savings_of
from bidding_svc.evaluation.selecting import Contender, Outcome, Selection, Why, select
from bidding_svc.evaluation.terms import Terms, contract_count
from bidding_svc.rounds.reference import load
from events.rule_set import ContractCount

RULES, RULES_2028 = load("round-2021").rule_set, load("round-2028").rule_set
TERMS = Terms.of(RULES, remote_item=False)
REMOTE = Terms.of(RULES_2028, remote_item=True)
WORKED = (
    Contender("B1", 31000, 12),
    Contender("B2", 31850, 20, small=True),
    Contender("B3", 32500, 18),
    Contender("B4", 32500, 10, small=True),
    Contender("B5", 33225, 15),
    Contender("B6", 34000, 45),
    Contender("B7", 34800, 16, small=True),
    Contender("B8", 35500, 20, small=True),
    Contender("B9", 37100, 25),
)
SEVEN = [bid.amount for bid in WORKED[:7]]


def names(selection: Selection, *outcomes: Outcome) -> set[str]:
    return {place.bid for place in selection.places if place.outcome in (outcomes or {Outcome.WINNING, Outcome.ADDED})}


def test_the_worked_example_selects_up_to_the_pivotal_bid() -> None:
    selection = select(WORKED, demand=100, contracts=None, terms=TERMS)

    assert selection.pivotal == 34800
    assert names(selection) == {"B1", "B2", "B3", "B4", "B5", "B6", "B7"}
    assert [place.counted for place in selection.places] == [12, 20, 18, 10, 15, 20, 16, 20, 20]
    assert [place.cumulative for place in selection.places[:7]] == [12, 32, 50, 60, 75, 95, 111]
    assert (selection.small_target, selection.small_present) == (3, 3)
    assert selection.filled
    assert selection.enough
    assert selection.places[7].why is Why.ABOVE_THE_PIVOTAL_BID


def test_bids_up_to_the_median_of_the_winners_risk_their_bond() -> None:
    assert median_bid(SEVEN) == 32500
    assert {bid.bid for bid in WORKED if bid.amount <= 32500} == {"B1", "B2", "B3", "B4"}


def test_all_bids_equal_to_the_pivotal_bid_are_in_the_winning_range() -> None:
    tied = (*WORKED, Contender("B10", 34800, 1))
    assert "B10" in names(select(tied, demand=100, contracts=None, terms=TERMS), Outcome.WINNING)


def test_the_small_supplier_target_adds_the_nearest_above_the_pivotal_bid_without_changing_the_spa() -> None:
    winners = [Contender(f"W{at}", 10000 + at, 10, small=at == 0) for at in range(10)]
    above = [
        Contender("nearest", 10100, 10, small=True),
        Contender("large", 10050, 10),
        Contender("second", 10200, 10, small=True),
        Contender("third", 10300, 10, small=True),
    ]
    selection = select([*winners, *above], demand=100, contracts=None, terms=TERMS)

    assert selection.small_target == 3
    assert names(selection, Outcome.ADDED) == {"nearest", "second"}
    assert {place.why for place in selection.places if place.outcome is Outcome.ADDED} == {Why.SMALL_SUPPLIER_TARGET}
    assert lead_spa("max_winning", [place.amount for place in selection.winners]) == 10009


def test_where_too_few_small_suppliers_bid_all_of_them_are_added() -> None:
    bids = [*(Contender(f"W{at}", 100 + at, 20) for at in range(5)), Contender("small", 200, 20, small=True)]
    selection = select(bids, demand=100, contracts=None, terms=TERMS)
    assert (selection.small_target, selection.small_present) == (2, 1)
    assert names(selection, Outcome.ADDED) == {"small"}


def test_at_least_five_are_selected_if_five_qualify() -> None:
    generous = replace(TERMS, max_share=Decimal(1), small_supplier_target=Decimal(0))
    bids = [Contender(f"B{at}", 100 + at, 100) for at in range(7)]
    selection = select(bids, demand=100, contracts=None, terms=generous)

    assert selection.pivotal == 100
    assert names(selection, Outcome.WINNING) == {"B0"}
    assert names(selection, Outcome.ADDED) == {"B1", "B2", "B3", "B4"}
    assert selection.places[1].why is Why.MINIMUM_NUMBER
    assert selection.enough


@pytest.mark.parametrize(
    ("capacities", "enough"), [((60, 40), True), ((60, 39), False), ((500,), False), ((30, 30, 20, 20), True)]
)
def test_with_fewer_than_five_two_are_enough_if_together_they_can_meet_the_demand(capacities, enough) -> None:
    bids = [Contender(f"B{at}", 100 + at, capacity) for at, capacity in enumerate(capacities)]
    assert select(bids, demand=100, contracts=None, terms=TERMS).enough is enough


def test_a_demand_that_is_never_met_selects_every_eligible_bid_and_says_so() -> None:
    selection = select(WORKED, demand=10_000, contracts=None, terms=TERMS)
    assert names(selection, Outcome.WINNING) == {bid.bid for bid in WORKED}
    assert not selection.filled


def test_a_weak_bidder_counts_only_for_what_it_furnished_before() -> None:
    weak = replace(WORKED[1], weak=True, historic=3)
    unknown = replace(WORKED[3], weak=True)
    places = {
        place.bid: place.counted
        for place in select([weak, unknown, WORKED[0]], demand=100, contracts=None, terms=TERMS).places
    }
    assert places == {"B1": 12, "B2": 3, "B4": 0}
    as_stated = replace(TERMS, capacity_policy="as_stated")
    assert select([weak], demand=100, contracts=None, terms=as_stated).places[0].counted == 20


def test_a_fixed_number_of_contracts_takes_the_lowest_bids_and_ties_exceed_it() -> None:
    selection = select(WORKED, demand=0, contracts=3, terms=REMOTE)
    assert selection.pivotal == 32500
    assert names(selection, Outcome.WINNING) == {"B1", "B2", "B3", "B4"}
    assert not select(WORKED, demand=0, contracts=10, terms=REMOTE).filled


@pytest.mark.parametrize(("suppliers", "contracts"), [(3, 4), (5, 6), (6, 8), (8, 10)])
def test_the_number_of_contracts_is_125_percent_of_the_suppliers_rounded_half_up(suppliers, contracts) -> None:
    rule = RULES_2028.remote_item and RULES_2028.remote_item.contract_count
    assert contract_count(rule or ContractCount(multiplier="1.25", share="0.03"), suppliers) == contracts


@pytest.mark.parametrize(
    ("dollars", "literal", "inclusive", "exclusive"),
    [
        ("310 318.50 325 325 332.25 340 348", "340.00", "336.13", "340.00"),
        ("100 110 120 130", "127.50", "122.50", "127.50"),
        ("100 110 120 130 140 150", "140.00", "137.50", "142.50"),
        ("101.10 104.00 108.25 110.00 112.40 115.00 119.99 121.00", "118.74", "116.25", "118.74"),
        ("100 110 120 130 140 150 160 170 180 190", "170.00", "167.50", "172.50"),
        ("100", "100.00", "100.00", "100.00"),
    ],
)
def test_the_75th_percentile_by_each_reading(dollars, literal, inclusive, exclusive) -> None:
    bids = [int(Decimal(each) * 100) for each in dollars.split()]
    for reading, expected in (("literal", literal), ("inclusive", inclusive), ("exclusive", exclusive)):
        assert lead_spa(f"percentile_75_{reading}", bids[::-1]) == int(Decimal(expected) * 100)


def test_the_payment_amount_of_round_2021_is_the_highest_winning_bid_and_before_it_the_median() -> None:
    assert lead_spa(TERMS.spa_method, SEVEN) == 34800
    assert lead_spa("median_winning", SEVEN) == 32500
    assert lead_spa("median_winning", [100, 101]) == 101


@pytest.mark.parametrize(
    ("lead", "fee", "spa"),
    [
        (34800, 82500, 26100),
        (34800, 137500, 43500),
        (34800, 6137, 1942),
        (34000, 82500, 25500),
        (34000, 137500, 42500),
        (34000, 6137, 1897),
    ],
)
def test_other_items_are_priced_by_their_ratio_which_is_not_rounded(lead, fee, spa) -> None:
    assert item_spa(lead, Fee(fee, 1), Fee(110_000 * 3, 3))[0] == spa


def test_without_a_fee_nobody_can_say_whether_there_are_savings() -> None:
    items = (Item("L0650", 10, Fee(100, 1), Fee(100, 1)), Item("A4271", 10, None, Fee(100, 1)))
    savings = savings_of(price_items(90, "L0650", items))
    assert savings.saves is None
    assert savings.unknown == ("A4271",)


@pytest.mark.parametrize(("spa", "saves"), [(99, True), (100, False), (101, False)])
def test_payments_must_be_below_what_would_otherwise_be_paid(spa, saves) -> None:
    items = (Item("L0650", 3, Fee(200, 1), Fee(200, 2)), Item("L0651", 2, Fee(400, 2), Fee(100, 1)))
    assert savings_of(price_items(spa, "L0650", items)).saves is saves


def inputs(**given) -> Inputs:
    items = (Item("L0650", 100, Fee(60000, 1), Fee(40000, 1)),)
    stands = {"demand": 100, "bid_limit": 40000, "lead_item": "L0650", "contracts": None, "items": items}
    return Inputs(**{**stands, "bids": WORKED, "excluded": {}, **given})


def test_a_competition_is_explained_from_its_inputs() -> None:
    result = evaluate(inputs(), TERMS)
    assert (result.spa, result.median, result.objections) == (34800, 32500, ())
    assert result.savings is not None
    assert (result.savings.paid, result.savings.otherwise) == (3_480_000, 4_000_000)


@pytest.mark.parametrize(
    ("given", "terms", "objections"),
    [
        ({"bids": ()}, TERMS, (Objection.NO_ELIGIBLE_BID,)),
        ({"demand": 0}, TERMS, (Objection.NO_DEMAND,)),
        ({}, REMOTE, (Objection.NO_CONTRACT_COUNT,)),
        ({"bids": WORKED[:1]}, TERMS, (Objection.TOO_FEW_SUPPLIERS,)),
        ({"bid_limit": 34799}, TERMS, (Objection.ABOVE_THE_FEE_SCHEDULE,)),
        ({"items": (Item("L0650", 1, None, None),)}, TERMS, (Objection.SAVINGS_UNKNOWN,)),
        ({"items": (Item("L0650", 1, None, Fee(34800, 1)),)}, TERMS, (Objection.NO_SAVINGS,)),
        ({"excluded": {"B0": Why.NOT_SCORED}}, TERMS, (Objection.BIDS_NOT_SCORED,)),
        ({"excluded": {"B0": Why.FINANCIAL_BELOW_MINIMUM}}, TERMS, ()),
    ],
)
def test_what_keeps_a_competition_from_being_awarded_is_named(given, terms, objections) -> None:
    assert evaluate(inputs(**given), terms).objections == objections


contenders = st.lists(
    st.builds(
        lambda amount, capacity, small, weak, historic: (amount, capacity, small, weak, historic),
        st.integers(100, 112),
        st.integers(1, 60),
        st.booleans(),
        st.booleans(),
        st.none() | st.integers(0, 60),
    ),
    max_size=14,
).map(lambda rows: [Contender(f"B{at:02}", *row) for at, row in enumerate(rows)])
competitions = st.tuples(
    contenders,
    st.integers(0, 200),
    st.none() | st.integers(1, 8),
    st.sampled_from([TERMS, REMOTE, replace(TERMS, max_share=Decimal(1))]),
)


def run(bids, competition) -> Selection:
    _, demand, contracts, terms = competition
    return select(bids, demand=demand, contracts=contracts, terms=terms)


@given(competitions, st.randoms())
def test_the_order_of_bids_changes_nothing(competition, chance) -> None:
    bids = competition[0]
    assert run(bids, competition) == run(chance.sample(bids, len(bids)), competition)


@given(competitions, st.data())
def test_a_lower_bid_never_turns_a_winner_into_a_loser(competition, data) -> None:
    bids = competition[0]
    winners = sorted(names(run(bids, competition)))
    assume(winners)
    name = data.draw(st.sampled_from(winners))
    less = data.draw(st.integers(1, 15))
    lowered = [replace(bid, amount=bid.amount - less) if bid.bid == name else bid for bid in bids]
    assert name in names(run(lowered, competition))


@given(competitions)
def test_bids_of_one_amount_and_kind_are_all_in_or_all_out(competition) -> None:
    places = {place.bid: place for place in run(competition[0], competition).places}
    selected = {Outcome.WINNING, Outcome.ADDED}
    fates = Counter((bid.amount, bid.small, places[bid.bid].outcome in selected) for bid in competition[0])
    assert not any((amount, small, not is_in) in fates for amount, small, is_in in fates)


@given(competitions, st.integers(1, 40), st.integers(1, 60), st.booleans())
def test_a_bidder_above_the_pivotal_bid_changes_no_payment_amount(competition, more, capacity, small) -> None:
    before = run(competition[0], competition)
    assume(before.filled and before.pivotal is not None)
    newcomer = Contender("ZZ", before.pivotal + more, capacity, small=small)
    after = run([*competition[0], newcomer], competition)
    assert [place.amount for place in after.winners] == [place.amount for place in before.winners]
    assert after.pivotal == before.pivotal


@given(competitions)
def test_one_bidder_alone_wins_where_anything_is_asked_and_is_never_enough_where_a_minimum_applies(competition) -> None:
    bids, demand, contracts, terms = competition
    assume(bids)
    selection = run(bids[:1], competition)
    asks = bool(contracts) if terms.selection == "fixed_contract_count" else demand > 0
    assert [place.outcome for place in selection.places] == [Outcome.WINNING if asks else Outcome.NOT_SELECTED]
    assert selection.pivotal == (bids[0].amount if asks else None)
    assert selection.enough == (asks and terms.minimum is None)


@given(competitions)
def test_where_nobody_bids_nobody_wins_and_there_is_no_pivotal_bid(competition) -> None:
    selection = run([], competition)
    assert (selection.places, selection.pivotal, selection.filled, selection.enough) == ((), None, False, False)


@given(competitions)
def test_where_the_demand_is_never_met_every_bid_is_in_the_winning_range(competition) -> None:
    bids, _, _, terms = competition
    never = sum(bid.capacity for bid in bids) + 1
    selection = select(bids, demand=never, contracts=None, terms=replace(terms, selection="capacity_vs_demand"))
    assert {place.outcome for place in selection.places} <= {Outcome.WINNING}
    assert not selection.filled


@given(competitions)
def test_every_bid_has_its_place_and_its_reason(competition) -> None:
    selection = run(competition[0], competition)
    assert {place.bid for place in selection.places} == {bid.bid for bid in competition[0]}
    for place in selection.places:
        assert (place.outcome is Outcome.WINNING) == (place.why is Why.UP_TO_THE_PIVOTAL_BID)
    if selection.pivotal is not None:
        assert all(
            (place.amount <= selection.pivotal) == (place.outcome is Outcome.WINNING) for place in selection.places
        )


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=30), st.integers(0, 10**5))
def test_a_payment_amount_lies_among_the_winners_bids_and_moves_with_them(amounts, more) -> None:
    for method in ("max_winning", "median_winning", *(f"percentile_75_{how}" for how in ("literal", "inclusive"))):
        spa = lead_spa(method, amounts)
        assert min(amounts) <= spa <= max(amounts)
        assert lead_spa(method, [each + more for each in amounts]) == spa + more
    assert Fraction(median_bid(amounts)) <= lead_spa("max_winning", amounts)
