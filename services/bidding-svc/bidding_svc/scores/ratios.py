"""The ratios: formula, direction, maximum, documents behind each, and edge cases (financial-scoring.md 2, 3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from bidding_svc.scores.exact import quotient, rounded
from bidding_svc.scores.figures import BALANCE_SHEET, CASH_FLOWS, INCOME_STATEMENT, TAX_RETURN, Figures

DAYS_OF_A_YEAR = 360
"""The program counts 360 days, not 365."""
MOST = Decimal("7.6")
MOST_OF_CASH_FLOW = Decimal("9.6")


class Status(StrEnum):
    """How a ratio came to its points."""

    COMPUTED = "COMPUTED"
    RANKED_LAST = "RANKED_LAST"
    NOT_COMPUTABLE = "NOT_COMPUTABLE"
    NOT_COMPUTABLE_FAVOURABLE = "NOT_COMPUTABLE_FAVOURABLE"
    ZERO_DOCUMENT = "ZERO_DOCUMENT"


@dataclass(frozen=True, order=True)
class Standing:
    """Where a value stands among others: a better tier comes first, within one the greater merit does."""

    tier: int
    demerit: Decimal

    @classmethod
    def of(cls, tier: int, merit: Decimal) -> "Standing":
        """A standing whose merit is the better the higher it is."""
        return cls(tier, -merit if merit else Decimal(0))


@dataclass(frozen=True)
class Measured:
    """What a ratio is for one bidder. Without a standing it is not ranked."""

    status: Status
    value: Decimal | None = None
    standing: Standing | None = None
    favour: Literal["no_inventory", "no_current_liabilities"] | None = None


@dataclass(frozen=True)
class Ratio:
    """One ratio of the set. `inputs` are the figures (of `Figures`) it is made of."""

    key: str
    name: str
    formula: str
    better: Literal["higher", "lower"]
    maximum: Decimal
    documents: frozenset[str]
    inputs: tuple[str, ...]
    measure: Callable[[Figures], Measured]


NOT_COMPUTABLE = Measured(Status.NOT_COMPUTABLE)


def _computed(value: Decimal, better: str, tier: int = 0) -> Measured:
    return Measured(Status.COMPUTED, value, Standing.of(tier, value if better == "higher" else -value))


def _of_sales(figures: Figures, above: Decimal, better: str) -> Measured:
    """Something for each dollar of net sales; without net sales there is nothing to compute."""
    if figures.net_sales <= 0:
        return NOT_COMPUTABLE
    return _computed(quotient(above, figures.net_sales), better)


def _of_current_liabilities(figures: Figures, above: Decimal) -> Measured:
    if figures.current_liabilities <= 0:
        return Measured(Status.NOT_COMPUTABLE_FAVOURABLE, favour="no_current_liabilities")
    return _computed(quotient(above, figures.current_liabilities), "higher")


def _of_net_worth(figures: Figures, above: Decimal) -> Measured:
    """Debt for each dollar of net worth; without net worth behind all others, the greatest loss of worth last."""
    if figures.net_worth > 0:
        return _computed(quotient(above, figures.net_worth), "lower")
    value = quotient(above, figures.net_worth) if figures.net_worth else None
    return Measured(Status.RANKED_LAST, value, Standing.of(1, figures.net_worth))


def _sales_to_inventory(figures: Figures) -> Measured:
    if figures.net_sales <= 0:
        return NOT_COMPUTABLE
    if figures.inventory <= 0:
        return Measured(Status.NOT_COMPUTABLE_FAVOURABLE, favour="no_inventory")
    return _computed(quotient(figures.net_sales, figures.inventory), "higher")


def _working_capital(figures: Figures) -> Measured:
    return _computed(rounded(figures.current_assets - figures.current_liabilities, 4), "higher")


def _quality_of_earnings(figures: Figures) -> Measured:
    """Cash for each dollar earned; where nothing was earned but cash came in, behind all positive values, by cash."""
    earned = figures.net_income + figures.depreciation + figures.amortisation
    cash = figures.cash_from_operations
    if earned > 0:
        value = quotient(cash, earned)
        return _computed(value, "higher", tier=0 if value > 0 else 2)
    value_of_a_loss = quotient(cash, earned) if earned else None
    return Measured(Status.RANKED_LAST, value_of_a_loss, Standing.of(1 if cash > 0 else 3, cash))


_INCOME = frozenset({INCOME_STATEMENT, TAX_RETURN})
_BALANCE = frozenset({BALANCE_SHEET, TAX_RETURN})
_BOTH = _INCOME | _BALANCE
_CASH = frozenset({INCOME_STATEMENT, CASH_FLOWS, TAX_RETURN})

_ALL = (
    Ratio(
        "return_on_sales",
        "Return on sales",
        "net income / annual net sales",
        "higher",
        MOST,
        _INCOME,
        ("net_income", "net_sales"),
        lambda figures: _of_sales(figures, figures.net_income, "higher"),
    ),
    Ratio(
        "current_ratio",
        "Current ratio",
        "current assets / current liabilities",
        "higher",
        MOST,
        _BALANCE,
        ("current_assets", "current_liabilities"),
        lambda figures: _of_current_liabilities(figures, figures.current_assets),
    ),
    Ratio(
        "sales_to_inventory",
        "Sales to inventory",
        "annual net sales / inventory",
        "higher",
        MOST,
        _BOTH,
        ("net_sales", "inventory"),
        _sales_to_inventory,
    ),
    Ratio(
        "collection_period",
        "Collection period",
        "accounts receivable / annual net sales x 360 (days)",
        "lower",
        MOST,
        _BOTH,
        ("accounts_receivable", "net_sales"),
        lambda figures: _of_sales(figures, figures.accounts_receivable * DAYS_OF_A_YEAR, "lower"),
    ),
    Ratio(
        "working_capital",
        "Working capital",
        "current assets - current liabilities (dollars)",
        "higher",
        MOST,
        _BALANCE,
        ("current_assets", "current_liabilities"),
        _working_capital,
    ),
    Ratio(
        "ap_to_sales",
        "Accounts payable to sales",
        "accounts payable / annual net sales",
        "lower",
        MOST,
        _BOTH,
        ("accounts_payable", "net_sales"),
        lambda figures: _of_sales(figures, figures.accounts_payable, "lower"),
    ),
    Ratio(
        "debt_to_equity",
        "Debt to equity",
        "total liabilities / net worth",
        "lower",
        MOST,
        _BALANCE,
        ("total_liabilities", "net_worth"),
        lambda figures: _of_net_worth(figures, figures.total_liabilities),
    ),
    Ratio(
        "quick_ratio",
        "Quick ratio",
        "(cash + accounts receivable) / current liabilities",
        "higher",
        MOST,
        _BALANCE,
        ("cash", "accounts_receivable", "current_liabilities"),
        lambda figures: _of_current_liabilities(figures, figures.cash + figures.accounts_receivable),
    ),
    Ratio(
        "cl_to_net_worth",
        "Current liabilities to net worth",
        "current liabilities / net worth",
        "lower",
        MOST,
        _BALANCE,
        ("current_liabilities", "net_worth"),
        lambda figures: _of_net_worth(figures, figures.current_liabilities),
    ),
    Ratio(
        "quality_of_earnings",
        "Quality of earnings",
        "cash flow from operations / (net income + depreciation + amortization)",
        "higher",
        MOST_OF_CASH_FLOW,
        _CASH,
        ("cash_from_operations", "net_income", "depreciation", "amortisation"),
        _quality_of_earnings,
    ),
    Ratio(
        "ocf_to_sales",
        "Operating cash flow to sales",
        "cash flow from operations / (revenue - adjustments to revenue)",
        "higher",
        MOST_OF_CASH_FLOW,
        _CASH,
        ("cash_from_operations", "revenue", "revenue_adjustments"),
        lambda figures: _of_sales(figures, figures.cash_from_operations, "higher"),
    ),
)

RATIOS: Mapping[str, Ratio] = {ratio.key: ratio for ratio in _ALL}
"""Every ratio a round may ask, by its key."""
