"""Credit points: a score on its agency's scale (domain/financial-scoring.md 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from chassis.errors import Invalid
from events.scoring_rules import CreditScale

MOST_CREDIT = 20


class UnknownScoreType(Invalid):
    """The round has no scale for this type of score. Choose one of its types."""


class NotOnTheScale(Invalid):
    """This is no score of the chosen type. Write it as the report shows it."""


@dataclass(frozen=True)
class CreditReport:
    """What a credit report says: the type of its score, and the score as it is written there."""

    score_type: str
    score: str


def scale_for(report: CreditReport, scales: Sequence[CreditScale]) -> CreditScale:
    """Find the scale of a report's score. Raises `UnknownScoreType`."""
    found = next((scale for scale in scales if scale.score_type == report.score_type), None)
    if found is None:
        raise UnknownScoreType(field="score_type")
    return found


def normalised(report: CreditReport, scale: CreditScale) -> Fraction:
    """Turn a score into a number from 0 (worst) to 1 (best). Raises `NotOnTheScale`."""
    if scale.letters:
        letters = report.score.strip().upper().rstrip("+-")
        if letters not in scale.letters:
            raise NotOnTheScale(field="score")
        return 1 - Fraction(scale.letters.index(letters), len(scale.letters) - 1)
    try:
        number = Decimal(report.score.strip())
    except InvalidOperation:
        raise NotOnTheScale(field="score") from None
    if not number.is_finite():
        raise NotOnTheScale(field="score")
    low, high = Fraction(scale.low), Fraction(scale.high)
    share = min(max((Fraction(number) - low) / (high - low), Fraction(0)), Fraction(1))
    return share if scale.better == "higher" else 1 - share


def credit_points(report: CreditReport, scale: CreditScale) -> Fraction:
    """Return the points, 0 to 20, not rounded yet."""
    return MOST_CREDIT * normalised(report, scale)
