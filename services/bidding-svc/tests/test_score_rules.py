"""The vectors of domain/financial-scoring.md, and what must hold for any figures."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding_svc.rounds.reference import load
from bidding_svc.scores.credit import (
    CreditReport,
    NotOnTheScale,
    UnknownScoreType,
    credit_points,
    normalised,
    scale_for,
)
from bidding_svc.scores.distribution import Distribution
from bidding_svc.scores.exact import rounded
from bidding_svc.scores.figures import Figures
from bidding_svc.scores.methods import Outcome, method_of, of_network
from bidding_svc.scores.ranking import Band, Ladder
from bidding_svc.scores.ratios import RATIOS, Standing, Status
from bidding_svc.scores.subject import Judged, Subject, Verdict
from events.scoring_rules import CREDIT_SCALES, TEN_RATIOS, Scoring

RULES = load("round-2021").rule_set
RULES_2028 = load("round-2028").rule_set
WORKED = Figures(
    cash=Decimal(120_000),
    accounts_receivable=Decimal(310_000),
    inventory=Decimal(150_000),
    current_assets=Decimal(620_000),
    accounts_payable=Decimal(140_000),
    current_liabilities=Decimal(280_000),
    total_liabilities=Decimal(430_000),
    net_worth=Decimal(470_000),
    revenue=Decimal(2_520_000),
    revenue_adjustments=Decimal(120_000),
    net_income=Decimal(168_000),
    depreciation=Decimal(54_000),
    amortisation=Decimal(6_000),
    cash_from_operations=Decimal(210_000),
)
PAYDEX = CreditReport("paydex", "76")


def written(numbers: list[Fraction], places: int = 4) -> list[str]:
    return [str(rounded(number, places)) for number in numbers]


def ladder_of(n: int, maximum: str) -> Ladder:
    return Ladder([(Standing.of(0, Decimal(n - at)), 1) for at in range(n)], maximum=Decimal(maximum))


def all_points(ladder: Ladder) -> list[Fraction]:
    return [ladder.place(standing).points for standing, _ in ladder.steps]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("return_on_sales", "0.0700"),
        ("current_ratio", "2.2143"),
        ("sales_to_inventory", "16.0000"),
        ("collection_period", "46.5000"),
        ("working_capital", "340000.0000"),
        ("ap_to_sales", "0.0583"),
        ("debt_to_equity", "0.9149"),
        ("cl_to_net_worth", "0.5957"),
        ("quality_of_earnings", "0.9211"),
        ("ocf_to_sales", "0.0875"),
        ("quick_ratio", "1.5357"),
    ],
)
def test_a_ratio_is_computed_to_four_decimals(key: str, value: str) -> None:
    assert str(RATIOS[key].measure(WORKED).value) == value


def test_the_ten_ratios_are_worth_eighty_points() -> None:
    assert sum(RATIOS[key].maximum for key in TEN_RATIOS) == 80


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
        Subject(str(at), figures=replace(WORKED, **_better_by(at)), documents={}, credit=None) for at in range(10)
    ]
    distribution = Distribution.over(bidders, RULES.scoring)
    result = method_of(RULES, distribution).score(bidders[6], RULES)

    assert [line.points for line in result.ratios] == 8 * [Fraction(54, 10)] + 2 * [Fraction(606, 90)]
    assert result.total == Decimal("56.7")


def _better_by(step: int) -> dict[str, Decimal]:
    """Figures that are better in every one of the ten ratios the greater the step."""
    return {
        "net_income": WORKED.net_income + step * 10_000,
        "current_assets": WORKED.current_assets + step * 10_000,
        "inventory": WORKED.inventory - step * 1_000,
        "accounts_receivable": WORKED.accounts_receivable - step * 10_000,
        "accounts_payable": WORKED.accounts_payable - step * 5_000,
        "total_liabilities": WORKED.total_liabilities - step * 10_000,
        "current_liabilities": WORKED.current_liabilities - step * 5_000,
        "cash_from_operations": WORKED.cash_from_operations + step * 90_000,
    }


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


def measured(key: str, **figures: int) -> tuple[Status, Standing | None]:
    found = RATIOS[key].measure(replace(WORKED, **{name: Decimal(value) for name, value in figures.items()}))
    return found.status, found.standing


def test_without_net_sales_what_is_divided_by_them_cannot_be_computed() -> None:
    for key in ("return_on_sales", "sales_to_inventory", "collection_period", "ap_to_sales", "ocf_to_sales"):
        assert measured(key, revenue=120_000) == (Status.NOT_COMPUTABLE, None)


def test_without_net_worth_a_bidder_is_ranked_behind_all_others_the_greatest_loss_last() -> None:
    for key in ("debt_to_equity", "cl_to_net_worth"):
        poor, none, small, great = (
            measured(key, net_worth=worth, total_liabilities=9_000_000, current_liabilities=9_000_000)[1]
            for worth in (1, 0, -1, -900_000)
        )
        assert poor < none < small < great
        assert measured(key, net_worth=-1)[0] is Status.RANKED_LAST


def test_who_earned_nothing_is_ranked_by_cash_behind_every_positive_quality_of_earnings() -> None:
    def quality(earned: int, cash: int) -> Standing | None:
        return measured(
            "quality_of_earnings", net_income=earned, depreciation=0, amortisation=0, cash_from_operations=cash
        )[1]

    in_order = [
        quality(100, 200),
        quality(1_000_000, 1_000),
        quality(-100, 900),
        quality(0, 800),
        quality(100, -50),
        quality(-100, -10),
        quality(-1, -20),
    ]
    assert in_order == sorted(in_order)
    assert len(set(in_order)) == len(in_order)


@pytest.mark.parametrize(("policy", "points"), [("maximum", "7.6000"), ("median", "4.3000"), ("zero", "0.0000")])
def test_the_rule_set_says_what_no_inventory_and_no_current_liabilities_are_worth(policy: str, points: str) -> None:
    scoring = Scoring(no_inventory=policy, no_current_liabilities=policy)
    rules = RULES.model_copy(update={"scoring": scoring})
    others = [Subject(str(at), figures=replace(WORKED, **_better_by(at))) for at in range(11)]
    lucky = Subject("x", figures=replace(WORKED, inventory=Decimal(0), current_liabilities=Decimal(0)))
    lines = {
        line.key: line
        for line in method_of(rules, Distribution.over([*others, lucky], scoring)).score(lucky, rules).ratios
    }
    for key in ("current_ratio", "sales_to_inventory"):
        assert lines[key].status is Status.NOT_COMPUTABLE_FAVOURABLE
        assert str(rounded(lines[key].points, 4)) == points


def test_an_unacceptable_document_gives_0_for_every_ratio_that_needs_it_and_the_bidder_stays() -> None:
    unacceptable = {"statement-of-cash-flows": Judged(Verdict.UNACCEPTABLE, ("FIN-32",))}
    subject = Subject("x", documents=unacceptable, figures=WORKED, credit=PAYDEX)
    result = method_of(RULES, Distribution.over([subject], RULES.scoring)).score(subject, RULES)

    zero = {line.key for line in result.ratios if line.status is Status.ZERO_DOCUMENT}
    assert zero == {"quality_of_earnings", "ocf_to_sales"}
    assert result.total == rounded(8 * Fraction(76, 10) + Fraction(1500, 99), 1)
    assert result.outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("document", "zeroed"),
    [
        ("income-statement", 6),
        ("balance-sheet", 7),
        ("statement-of-cash-flows", 2),
        ("tax-return-extract", 10),
        ("credit-report", 0),
    ],
)
def test_each_document_stands_behind_its_ratios(document: str, zeroed: int) -> None:
    assert sum(document in RATIOS[key].documents for key in TEN_RATIOS) == zeroed


@pytest.mark.parametrize(
    ("score_type", "score", "points"),
    [
        ("paydex", "76", "15.15"),
        ("personal", "720", "15.27"),
        ("business-credit-risk", "560", "10.30"),
        ("sp-rating", "AAA", "20.00"),
        ("sp-rating", "bbb+", "13.33"),
        ("sp-rating", "D", "0.00"),
        ("paydex", "0", "0.00"),
        ("paydex", "180", "20.00"),
    ],
)
def test_credit_points_lie_on_the_scale_of_the_score_type(score_type: str, score: str, points: str) -> None:
    report = CreditReport(score_type, score)
    assert str(rounded(credit_points(report, scale_for(report, CREDIT_SCALES)), 2)) == points


def test_where_a_low_number_is_good_the_scale_is_reversed() -> None:
    scale = scale_for(PAYDEX, CREDIT_SCALES).model_copy(update={"better": "lower"})
    assert normalised(PAYDEX, scale) == 1 - Fraction(75, 99)


def test_a_score_that_is_on_no_scale_is_refused() -> None:
    with pytest.raises(UnknownScoreType):
        scale_for(CreditReport("days-beyond-terms", "3"), CREDIT_SCALES)
    for score in ("", "NaN", "arrow up"):
        with pytest.raises(NotOnTheScale):
            normalised(CreditReport("paydex", score), CREDIT_SCALES[0])


def test_an_unacceptable_credit_report_gives_no_points_and_a_missing_one_leaves_the_bid_incomplete() -> None:
    for verdict, outcome in ((Verdict.UNACCEPTABLE, Outcome.PASSED), (Verdict.MISSING, Outcome.INCOMPLETE)):
        subject = Subject("x", documents={"credit-report": Judged(verdict)}, figures=WORKED, credit=PAYDEX)
        result = method_of(RULES, Distribution.over([subject], RULES.scoring)).score(subject, RULES)
        assert result.credit.points == 0
        assert result.outcome is outcome


@pytest.mark.parametrize(("minimum", "outcome"), [("80.0", Outcome.PASSED), ("80.1", Outcome.FAILED)])
def test_the_total_is_rounded_before_it_is_compared(minimum: str, outcome: Outcome) -> None:
    # 80 points from ratios, none from credit: 80.0 passes a minimum of 80.0
    rules = RULES.model_copy(update={"financial_minimum": Decimal(minimum)})
    subject = Subject("x", figures=WORKED, credit=CreditReport("paydex", "1.2"))
    result = method_of(rules, Distribution.over([subject], rules.scoring)).score(subject, rules)
    assert result.total == Decimal("80.0")
    assert result.outcome is outcome


def test_the_published_minimum_is_39_5_and_39_5_passes() -> None:
    assert RULES.financial_minimum == Decimal("39.5")
    for score, outcome in (("40.09", Outcome.PASSED), ("39.5", Outcome.FAILED)):
        unacceptable = {"income-statement": Judged(Verdict.UNACCEPTABLE)}
        subject = Subject("x", documents=unacceptable, figures=WORKED, credit=CreditReport("paydex", score))
        # current ratio, working capital, debt to equity, liabilities to net worth: 30.4; 9.1 more are needed
        base = method_of(RULES, Distribution.over([subject], RULES.scoring)).score(subject, RULES)
        points = rounded(sum((line.points for line in base.ratios), Fraction(0)), 1)
        assert points == Decimal("30.4")
        credit = CreditReport("paydex", str(1 + (Decimal("9.1") if outcome is Outcome.PASSED else 9) / 20 * 99))
        result = method_of(RULES, Distribution.over([subject], RULES.scoring)).score(
            replace(subject, credit=credit), RULES
        )
        assert (result.total, result.outcome) == (Decimal("39.5" if outcome is Outcome.PASSED else "39.4"), outcome)


def test_a_network_passes_only_if_every_member_does() -> None:
    assert of_network([Outcome.PASSED, Outcome.PASSED]) is Outcome.PASSED
    assert of_network([Outcome.PASSED, Outcome.FAILED]) is Outcome.FAILED
    assert of_network([Outcome.UNDECIDED, Outcome.PASSED]) is Outcome.UNDECIDED
    assert of_network([Outcome.FAILED, Outcome.INCOMPLETE]) is Outcome.INCOMPLETE


def test_by_credit_alone_a_bidder_passes_from_the_minimum_of_its_score_type_on() -> None:
    scales = tuple(scale.model_copy(update={"minimum": Decimal("0.5")}) for scale in CREDIT_SCALES)
    rules = RULES_2028.model_copy(update={"scoring": Scoring(credit_scales=scales, credit_minimum=Decimal("0.9"))})
    nobody = Distribution.over([], rules.scoring)
    for score, outcome in (("50.5", Outcome.PASSED), ("50.4", Outcome.FAILED)):
        result = method_of(rules, nobody).score(Subject("x", credit=CreditReport("paydex", score)), rules)
        assert (result.outcome, result.ratios) == (outcome, ())
    unacceptable = Subject("x", documents={"business-credit-report": Judged(Verdict.UNACCEPTABLE, ("CR-02",))})
    assert method_of(rules, nobody).score(unacceptable, rules).outcome is Outcome.FAILED


def test_without_a_published_minimum_nobody_passes_by_default() -> None:
    rules = RULES_2028.model_copy(update={"scoring": Scoring()})
    result = method_of(rules, Distribution.over([], rules.scoring)).score(Subject("x", credit=PAYDEX), rules)
    assert result.outcome is Outcome.UNDECIDED


def test_a_successor_is_scored_against_the_frozen_round_and_finds_its_place_between() -> None:
    bidders = [Subject(str(at), figures=replace(WORKED, **_better_by(at))) for at in range(10)]
    frozen = Distribution.from_kept(
        json.loads(json.dumps(Distribution.over(bidders, RULES.scoring).kept())), RULES.scoring
    )
    method = method_of(RULES, frozen)

    same = method.score(bidders[6], RULES)
    assert {line.points for line in same.ratios} == {Fraction(54, 10), Fraction(606, 90)}
    between = Subject(
        "successor",
        figures=replace(WORKED, **{name: (_better_by(6)[name] + _better_by(7)[name]) / 2 for name in _better_by(6)}),
    )
    points = {line.key: line.points for line in method.score(between, RULES).ratios}
    assert str(rounded(points["working_capital"], 4)) == "5.7667"


def test_a_median_is_told_only_from_ten_bidders_on() -> None:
    nine = [Subject(str(at), figures=replace(WORKED, **_better_by(at))) for at in range(9)]
    assert set(Distribution.over(nine, RULES.scoring).medians.values()) == {None}
    ten = [*nine, Subject("9", figures=replace(WORKED, **_better_by(9)))]
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
