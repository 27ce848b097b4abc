"""A score as it is stored and shown: every figure, formula, band and point in plain JSON (financial-scoring.md 6)."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bidding_svc.scores.exact import rounded
from bidding_svc.scores.methods import FinancialResult
from bidding_svc.scores.subject import Judged


def explain(result: FinancialResult, documents: Mapping[str, Judged]) -> dict[str, Any]:
    """Write a result down. Points are told to four decimals; the total was made of the exact ones."""
    credit = result.credit
    return {
        "method": result.method,
        "total": str(result.total),
        "minimum": _told(result.minimum),
        "outcome": result.outcome.value,
        "missing": list(result.missing),
        "ratio_points": str(rounded(sum((line.points for line in result.ratios), Fraction(0)), 4)),
        "ratios": [
            {
                "key": line.key,
                "name": line.name,
                "formula": line.formula,
                "better": line.better,
                "figures": {name: str(value) for name, value in line.figures.items()},
                "value": _told(line.value),
                "status": line.status.value,
                "band": line.band.value if line.band else None,
                "points": str(rounded(line.points, 4)),
                "maximum": str(line.maximum),
                "unacceptable": list(line.unacceptable),
            }
            for line in result.ratios
        ],
        "credit": {
            "agency": credit.agency,
            "score_type": credit.score_type,
            "score": credit.score,
            "normalised": str(rounded(credit.normalised, 4)),
            "points": str(rounded(credit.points, 2)),
            "maximum": str(credit.maximum),
            "minimum": _told(credit.minimum),
            "personal": credit.personal,
            "unacceptable": list(credit.unacceptable),
            "low": _told(credit.low),
            "high": _told(credit.high),
            "better": credit.better,
        },
        "documents": {
            code: {"verdict": each.verdict.value, "reasons": list(each.reasons)} for code, each in documents.items()
        },
    }


def _told(number: Decimal | None) -> str | None:
    return None if number is None else str(number)
