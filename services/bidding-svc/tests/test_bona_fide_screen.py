"""Which lead item amounts stand out (domain/bidding.md 4, step 4)."""

import statistics
from decimal import Decimal
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding_svc.reviews.bona_fide.screen import Flag, quantile, statistics_of
from events.rule_set import AcquisitionCost, BonaFideScreen

RULES = BonaFideScreen()
AMOUNTS = st.lists(st.integers(1, 10**9), min_size=1, max_size=60)
CLOSE_TOGETHER = [100_00, 102_00, 104_00, 105_00, 106_00, 108_00, 110_00]


def test_an_amount_among_its_like_does_not_stand_out():
    compared = statistics_of(CLOSE_TOGETHER, RULES, "L0650")
    assert all(compared.flags(amount) == [] for amount in CLOSE_TOGETHER)


def test_an_amount_below_the_lower_fence_stands_out_though_it_is_above_the_share_of_the_median():
    compared = statistics_of([*CLOSE_TOGETHER, 80_00], RULES, "L0650")
    assert compared.flags(80_00) == [Flag.BELOW_FENCE]


def test_the_share_of_the_median_is_met_to_the_cent():
    compared = statistics_of([100_00, 100_00, 40_00, 200_00, 300_00], RULES, "L0650")
    assert (compared.median, compared.floor) == (10000, 6000)
    assert Flag.BELOW_MEDIAN_SHARE not in compared.flags(60_00)
    assert Flag.BELOW_MEDIAN_SHARE in compared.flags(59_99)


def test_an_amount_below_the_known_cost_of_its_own_item_stands_out():
    rules = BonaFideScreen(acquisition_costs=(AcquisitionCost(item="L0650", amount=101_00),))
    assert statistics_of(CLOSE_TOGETHER, rules, "L0650").flags(100_99) == [Flag.BELOW_COST]
    assert statistics_of(CLOSE_TOGETHER, rules, "L0650").flags(101_00) == []
    assert statistics_of(CLOSE_TOGETHER, rules, "L1833").flags(100_99) == []


def test_too_few_amounts_have_no_quartiles():
    few = statistics_of([100_00, 100_00, 50_00], RULES, "L0650")
    assert (few.log_fence, few.flags(50_00)) == (None, [Flag.BELOW_MEDIAN_SHARE])


def test_nothing_is_compared_without_amounts():
    with pytest.raises(ValueError, match="nothing to compare"):
        statistics_of([], RULES, "L0650")


@given(AMOUNTS)
def test_median_and_quartiles_are_those_of_the_textbook(amounts):
    compared = statistics_of(amounts, RULES, "L0650")
    assert compared.median == Decimal(str(statistics.median(amounts)))
    if len(amounts) >= RULES.least_amounts:
        q1, _, q3 = statistics.quantiles([log(amount) for amount in amounts], n=4, method="inclusive")
        assert (compared.log_q1, compared.log_q3) == (pytest.approx(q1), pytest.approx(q3))


@given(AMOUNTS, st.integers(1, 10**9), st.integers(0, 10**9))
def test_who_bids_more_never_stands_out_more(amounts, amount, more):
    compared = statistics_of(amounts, RULES, "L0650")
    assert set(compared.flags(amount + more)) <= set(compared.flags(amount))


@given(AMOUNTS)
def test_the_highest_amount_and_the_median_never_stand_out_among_their_like(amounts):
    compared = statistics_of(amounts, RULES, "L0650")
    assert compared.flags(max(amounts)) == []
    assert Flag.BELOW_MEDIAN_SHARE not in compared.flags(max(1, int(compared.median)))


@given(AMOUNTS, st.integers(2, 50))
def test_the_screen_does_not_depend_on_the_unit_of_money(amounts, factor):
    one, other = statistics_of(amounts, RULES, "X"), statistics_of([factor * each for each in amounts], RULES, "X")
    for amount in set(amounts):
        shares = Flag.BELOW_MEDIAN_SHARE
        assert (shares in one.flags(amount)) == (shares in other.flags(factor * amount))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_a_quantile_lies_between_the_ends(values):
    ordered = sorted(values)
    assert ordered[0] <= quantile(ordered, 0.25) <= quantile(ordered, 0.75) <= ordered[-1]
