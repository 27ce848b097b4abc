"""The credit score, the total, the minimum and networks (domain/financial-scoring.md 5 to 7)."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

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
from bidding_svc.scores.methods import Outcome, method_of, of_network
from bidding_svc.scores.subject import Judged, Subject, Verdict
from events.scoring_rules import CREDIT_SCALES, Scoring
from tests.bidding.figures import PAYDEX, RULES, RULES_2028, WORKED


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
