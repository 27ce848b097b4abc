"""Ranking and prorating (domain/financial-scoring.md 4): groups, ties, both readings, the frozen distribution."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding_svc.scores.distribution import Distribution
from bidding_svc.scores.exact import rounded
from bidding_svc.scores.figures import Figures
from bidding_svc.scores.methods import method_of
from bidding_svc.scores.ranking import Band, Ladder
from bidding_svc.scores.ratios import Standing
from bidding_svc.scores.subject import Subject
from events.scoring_rules import Scoring
from tests.bidding.figures import PAYDEX, RULES, WORKED, all_points, better_by, ladder_of, written


@pytest.mark.parametrize(
    ("maximum", "n", "points"),
    [
        ("7.6", 10, "7.6 6.8667 6.1333 5.4 4.6667 3.9333 3.2 2.4667 1.7333 1"),
        ("9.6", 10, "9.6 8.6444 7.6889 6.7333 5.7778 4.8222 3.8667 2.9111 1.9556 1"),
        (
            "7.6",
            20,
            (
                "7.6 7.6 7.2118 6.8235 6.4353 6.0471 5.6588 5.2706 4.8824 4.4941 "
                "4.1059 3.7176 3.3294 2.9412 2.5529 2.1647 1.7765 1.3882 1 1"
            ),
        ),
        ("7.6", 1, "7.6"),
        ("7.6", 2, "7.6 1"),
        ("7.6", 3, "7.6 4.3 1"),
    ],
)
def test_points_are_prorated_by_rank_between_the_best_and_the_worst_group(maximum: str, n: int, points: str) -> None:
    expected = [str(rounded(Decimal(each), 4)) for each in points.split()]
    assert written(all_points(ladder_of(n, maximum))) == expected


def test_the_fourth_of_ten_in_every_ratio_gets_56_7_of_80() -> None:
    bidders = [
        Subject(str(at), figures=replace(WORKED, **better_by(at)), documents={}, credit=None) for at in range(10)
    ]
    distribution = Distribution.over(bidders, RULES.scoring)
    result = method_of(RULES, distribution).score(bidders[6], RULES)

    assert [line.points for line in result.ratios] == 8 * [Fraction(54, 10)] + 2 * [Fraction(606, 90)]
    assert result.total == Decimal("56.7")


def test_tied_bidders_get_the_average_of_the_points_of_their_ranks() -> None:
    ladder = Ladder(
        [(Standing.of(0, Decimal(merit)), count) for merit, count in ((9, 1), (8, 2), (7, 7))], maximum=Decimal("7.6")
    )
    assert (
        ladder.place(Standing.of(0, Decimal(8))).points
        == (Fraction("6.8667") + Fraction("6.1333")).limit_denominator(15) / 2
    )
    assert ladder.place(Standing.of(0, Decimal(8))).rank == Fraction(5, 2)


def test_prorating_by_value_is_linear_between_the_values_at_the_cut_offs() -> None:
    merits = [100, 90, 60, 20, 10]
    ladder = Ladder(
        [(Standing.of(0, Decimal(merit)), 1) for merit in merits], maximum=Decimal("7.6"), prorate_by="value"
    )
    assert written(all_points(ladder), 2) == ["7.60", "6.87", "4.67", "1.73", "1.00"]


def test_by_value_too_those_ranked_last_are_behind_every_value() -> None:
    values = [(Standing.of(0, Decimal(merit)), 1) for merit in (5, 4, 3)]
    losses = [(Standing.of(1, Decimal(-at)), 1) for at in range(7)]
    points = all_points(Ladder(values + losses, maximum=Decimal("7.6"), prorate_by="value"))
    assert written(points, 1) == ["7.6", "4.3", *8 * ["1.0"]]


def test_a_successor_is_scored_against_the_frozen_round_and_finds_its_place_between() -> None:
    bidders = [Subject(str(at), figures=replace(WORKED, **better_by(at))) for at in range(10)]
    frozen = Distribution.from_kept(
        json.loads(json.dumps(Distribution.over(bidders, RULES.scoring).kept())), RULES.scoring
    )
    method = method_of(RULES, frozen)

    same = method.score(bidders[6], RULES)
    assert {line.points for line in same.ratios} == {Fraction(54, 10), Fraction(606, 90)}
    between = Subject(
        "successor",
        figures=replace(WORKED, **{name: (better_by(6)[name] + better_by(7)[name]) / 2 for name in better_by(6)}),
    )
    points = {line.key: line.points for line in method.score(between, RULES).ratios}
    assert str(rounded(points["working_capital"], 4)) == "5.7667"


def test_a_median_is_told_only_from_ten_bidders_on() -> None:
    nine = [Subject(str(at), figures=replace(WORKED, **better_by(at))) for at in range(9)]
    assert set(Distribution.over(nine, RULES.scoring).medians.values()) == {None}
    ten = [*nine, Subject("9", figures=replace(WORKED, **better_by(9)))]
    medians = Distribution.over(ten, RULES.scoring).medians
    assert None not in medians.values()
    assert medians["working_capital"] == Decimal("407500.0000")


amounts = st.integers(-5, 5).map(lambda number: Decimal(number * 100_000))


positive = st.integers(0, 9).map(lambda number: Decimal(number * 100_000))


any_figures = st.builds(
    Figures,
    cash=positive,
    accounts_receivable=positive,
    inventory=positive,
    current_assets=positive,
    accounts_payable=positive,
    current_liabilities=positive,
    total_liabilities=positive,
    net_worth=amounts,
    revenue=positive,
    revenue_adjustments=positive,
    net_income=amounts,
    depreciation=positive,
    amortisation=positive,
    cash_from_operations=amounts,
)


@settings(max_examples=60)
@given(st.lists(any_figures, min_size=1, max_size=14), st.randoms(), st.sampled_from(["rank", "value"]))
def test_the_order_of_bidders_changes_nothing_and_points_stay_in_their_bounds(everybody, chance, prorate_by) -> None:
    scoring = Scoring(prorate_by=prorate_by)
    rules = RULES.model_copy(update={"scoring": scoring})
    subjects = [Subject(str(at), figures=figures, credit=PAYDEX) for at, figures in enumerate(everybody)]
    shuffled = chance.sample(subjects, len(subjects))
    one, other = Distribution.over(subjects, scoring), Distribution.over(shuffled, scoring)

    assert one.kept() == other.kept()
    for subject in subjects:
        result = method_of(rules, one).score(subject, rules)
        assert result == method_of(rules, Distribution.from_kept(one.kept(), scoring)).score(subject, rules)
        assert all(0 <= line.points <= line.maximum for line in result.ratios)
        assert 0 <= result.total <= 100


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=25), st.sampled_from(["rank", "value"]))
def test_a_better_value_never_has_fewer_points(merits, prorate_by) -> None:
    ladder = Ladder(
        [(Standing.of(0, Decimal(merit)), 1) for merit in merits], maximum=Decimal("7.6"), prorate_by=prorate_by
    )
    points = all_points(ladder)
    assert points == sorted(points, reverse=True)
    if prorate_by == "rank":  # ties share what their ranks would have got: the sum does not change
        shared = sum((ladder.place(standing).points * count for standing, count in ladder.steps), Fraction(0))
        assert shared == sum(all_points(ladder_of(len(merits), "7.6")), Fraction(0))
    assert ladder.place(ladder.steps[0][0]).band in {Band.TOP, Band.MIDDLE}
