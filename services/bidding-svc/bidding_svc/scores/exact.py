"""Exact numbers: fractions while reckoning, one rounding at the end, half up."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

Exact = Decimal | Fraction | int


def rounded(number: Exact, places: int) -> Decimal:
    """Round half up (away from zero) to so many decimals; the same on every machine, whatever its decimal context."""
    exact, unit = Fraction(number), 10**places
    units = int(abs(exact) * unit + Fraction(1, 2))
    written = f"{units // unit}.{units % unit:0{places}d}" if places else str(units)
    return Decimal(f"-{written}" if exact < 0 and units else written)


def quotient(above: Decimal, below: Decimal) -> Decimal:
    """Divide, to four decimals, as ratios are kept (domain/financial-scoring.md 2). `below` is not zero."""
    return rounded(Fraction(above) / Fraction(below), 4)


def median(numbers: Sequence[Exact]) -> Fraction:
    """The middle one of at least one number, or the mean of the two in the middle."""
    ordered = sorted(Fraction(each) for each in numbers)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
