"""The worked figures of domain/financial-scoring.md 2, and what the tests of scores do with them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from bidding_svc.rounds.reference import load
from bidding_svc.scores.credit import (
    CreditReport,
)
from bidding_svc.scores.exact import rounded
from bidding_svc.scores.figures import Figures
from bidding_svc.scores.ranking import Ladder
from bidding_svc.scores.ratios import RATIOS, Standing, Status

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
    """Round to so many decimals, as text."""
    return [str(rounded(number, places)) for number in numbers]


def ladder_of(n: int, maximum: str) -> Ladder:
    """A ladder of so many bidders, each better than the next."""
    return Ladder([(Standing.of(0, Decimal(n - at)), 1) for at in range(n)], maximum=Decimal(maximum))


def all_points(ladder: Ladder) -> list[Fraction]:
    """The points of everybody, best first."""
    return [ladder.place(standing).points for standing, _ in ladder.steps]


def better_by(step: int) -> dict[str, Decimal]:
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


def measured(key: str, **figures: int) -> tuple[Status, Standing | None]:
    """How a ratio of the worked figures comes out with some of them changed."""
    found = RATIOS[key].measure(replace(WORKED, **{name: Decimal(value) for name, value in figures.items()}))
    return found.status, found.standing
