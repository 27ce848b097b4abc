"""How a round scores finances, each method behind one interface: `score(subject, rules)` (financial-scoring.md 5 to 7).

    result = method_of(rules, distribution).score(subject, rules)

The result explains itself: every figure, the formula, the rank band, the points and why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal, Protocol

from bidding_svc.scores.credit import MOST_CREDIT, credit_points, normalised, scale_for
from bidding_svc.scores.distribution import Distribution
from bidding_svc.scores.exact import rounded
from bidding_svc.scores.ranking import Band
from bidding_svc.scores.ratios import RATIOS, Measured, Ratio, Status
from bidding_svc.scores.subject import Subject
from events.rule_set import FinancialMethod, RuleSet
from events.scoring_rules import CreditScale

CREDIT_REPORTS = frozenset({"credit-report", "business-credit-report", "personal-credit-report"})
PERSONAL = "personal"


class Outcome(StrEnum):
    """What a score means for the bids. Without a published minimum it is undecided: that never reads as passed."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    INCOMPLETE = "INCOMPLETE"
    UNDECIDED = "UNDECIDED"


@dataclass(frozen=True)
class RatioLine:
    """One ratio, explained. `points` are exact; without a value `value` is None."""

    key: str
    name: str
    formula: str
    better: Literal["higher", "lower"]
    figures: Mapping[str, Decimal]
    value: Decimal | None
    status: Status
    band: Band | None
    points: Fraction
    maximum: Decimal
    unacceptable: tuple[str, ...]


@dataclass(frozen=True)
class CreditLine:
    """The credit report, explained. `normalised` runs from 0 to 1, `points` from 0 to `maximum`.

    `low`, `high` and `better` are those of the scale; a rating in letters has no numbers.
    """

    agency: str | None
    score_type: str | None
    score: str | None
    normalised: Fraction
    points: Fraction
    maximum: Decimal
    minimum: Decimal | None
    personal: bool
    unacceptable: tuple[str, ...]
    low: Decimal | None = None
    high: Decimal | None = None
    better: Literal["higher", "lower"] | None = None


@dataclass(frozen=True)
class FinancialResult:
    """The score of one subject. `total` and `minimum` are points of 100; by credit alone, a share from 0 to 1."""

    method: FinancialMethod
    ratios: tuple[RatioLine, ...]
    credit: CreditLine
    total: Decimal
    minimum: Decimal | None
    outcome: Outcome
    missing: tuple[str, ...]


class Method(Protocol):
    """A way to score."""

    def score(self, subject: Subject, rules: RuleSet) -> FinancialResult:
        """Score one subject. Raises what its credit report raises (`UnknownScoreType`, `NotOnTheScale`)."""
        ...


@dataclass(frozen=True)
class RatiosAndCredit:
    """80 points from ten ratios ranked over the round, 20 from the credit score; the total is rounded once."""

    distribution: Distribution

    def score(self, subject: Subject, rules: RuleSet) -> FinancialResult:
        """Score by the frozen distribution of the round, in which the subject itself need not be (a successor)."""
        lines = tuple(self._line(subject, RATIOS[key], rules) for key in rules.scoring.ratios)
        credit = _credit(subject, rules)
        total = rounded(sum((line.points for line in lines), credit.points), 1)
        return FinancialResult(
            "ratios_80_credit_20",
            lines,
            credit,
            total,
            rules.financial_minimum,
            _outcome(subject, total, rules.financial_minimum),
            subject.missing,
        )

    def _line(self, subject: Subject, ratio: Ratio, rules: RuleSet) -> RatioLine:
        measured = subject.measure(ratio)
        points, band = self._points(measured, ratio, rules)
        figures = subject.figures
        return RatioLine(
            key=ratio.key,
            name=ratio.name,
            formula=ratio.formula,
            better=ratio.better,
            figures={name: getattr(figures, name) for name in ratio.inputs} if figures else {},
            value=measured.value,
            status=measured.status,
            band=band,
            points=points,
            maximum=ratio.maximum,
            unacceptable=subject.unacceptable(ratio.documents),
        )

    def _points(self, measured: Measured, ratio: Ratio, rules: RuleSet) -> tuple[Fraction, Band | None]:
        ladder = self.distribution.ladders[ratio.key]
        if measured.standing is not None:
            placed = ladder.place(measured.standing)
            return placed.points, placed.band
        if measured.favour is None:
            return Fraction(0), None
        worth = getattr(rules.scoring, measured.favour)
        return {"maximum": Fraction(ratio.maximum), "median": ladder.median_points, "zero": Fraction(0)}[worth], None


@dataclass(frozen=True)
class CreditOnly:
    """The credit report alone: its normalised score against the minimum of its type (financial-scoring.md 7)."""

    def score(self, subject: Subject, rules: RuleSet) -> FinancialResult:
        """Score by the credit report; nobody else's is looked at."""
        credit = _credit(subject, rules)
        total = rounded(credit.normalised, 4)
        outcome = _outcome(subject, total, credit.minimum)
        if credit.unacceptable and outcome is Outcome.UNDECIDED:
            outcome = Outcome.FAILED  # without an acceptable report no minimum could be met
        return FinancialResult("credit_only", (), credit, total, credit.minimum, outcome, subject.missing)


def method_of(rules: RuleSet, distribution: Distribution) -> Method:
    """Return the method of a round."""
    return CreditOnly() if rules.financial_method == "credit_only" else RatiosAndCredit(distribution)


def of_network(outcomes: Sequence[Outcome]) -> Outcome:
    """A network passes only if every member does (42 CFR 414.418; financial-scoring.md 6)."""
    worst_first = (Outcome.INCOMPLETE, Outcome.FAILED, Outcome.UNDECIDED)
    return next((each for each in worst_first if each in outcomes), Outcome.PASSED)


def _outcome(subject: Subject, total: Decimal, minimum: Decimal | None) -> Outcome:
    if subject.missing:
        return Outcome.INCOMPLETE
    if minimum is None:
        return Outcome.UNDECIDED
    return Outcome.PASSED if total >= minimum else Outcome.FAILED


def _minimum(scale: CreditScale, rules: RuleSet) -> Decimal | None:
    return rules.scoring.credit_minimum if scale.minimum is None else scale.minimum


def _credit(subject: Subject, rules: RuleSet) -> CreditLine:
    maximum = Decimal(MOST_CREDIT if rules.financial_method == "ratios_80_credit_20" else 1)
    unacceptable = subject.unacceptable(CREDIT_REPORTS)
    report = subject.credit
    scale = scale_for(report, rules.scoring.credit_scales) if report else None
    counts = report is not None and scale is not None and not unacceptable and not subject.missing
    share = normalised(report, scale) if report and scale and counts else Fraction(0)
    points = credit_points(report, scale) if report and scale and counts else Fraction(0)
    return CreditLine(
        agency=scale.agency if scale else None,
        score_type=report.score_type if report else None,
        score=report.score if report else None,
        normalised=share,
        points=points if rules.financial_method == "ratios_80_credit_20" else share,
        maximum=maximum,
        minimum=_minimum(scale, rules) if scale else None,
        personal=scale is not None and scale.score_type == PERSONAL,
        unacceptable=unacceptable,
        low=scale.low if scale and not scale.letters else None,
        high=scale.high if scale and not scale.letters else None,
        better=scale.better if scale else None,
    )
