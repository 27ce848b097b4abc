"""Ratios: the worked example of domain/financial-scoring.md 2, the edge cases of 3, and the documents behind each."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from bidding_svc.scores.distribution import Distribution
from bidding_svc.scores.exact import rounded
from bidding_svc.scores.methods import Outcome, method_of
from bidding_svc.scores.ratios import RATIOS, Standing, Status
from bidding_svc.scores.subject import Judged, Subject, Verdict
from events.scoring_rules import TEN_RATIOS, Scoring
from tests.bidding.figures import PAYDEX, RULES, WORKED, better_by, measured


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
    others = [Subject(str(at), figures=replace(WORKED, **better_by(at))) for at in range(11)]
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
