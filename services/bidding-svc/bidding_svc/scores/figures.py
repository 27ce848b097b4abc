"""What is keyed from a bidder's statements: one figure a field, in dollars (domain/financial-scoring.md 2)."""

from dataclasses import dataclass, fields
from decimal import Decimal

TAX_RETURN = "tax-return-extract"
INCOME_STATEMENT = "income-statement"
BALANCE_SHEET = "balance-sheet"
CASH_FLOWS = "statement-of-cash-flows"
STATEMENTS = (TAX_RETURN, INCOME_STATEMENT, BALANCE_SHEET, CASH_FLOWS)


@dataclass(frozen=True)
class Figures:
    """The figures the ratios are made of."""

    cash: Decimal
    accounts_receivable: Decimal
    inventory: Decimal
    current_assets: Decimal
    accounts_payable: Decimal
    current_liabilities: Decimal
    total_liabilities: Decimal
    net_worth: Decimal
    revenue: Decimal
    revenue_adjustments: Decimal
    net_income: Decimal
    depreciation: Decimal
    amortisation: Decimal
    cash_from_operations: Decimal

    @property
    def net_sales(self) -> Decimal:
        """Annual net sales: revenue less the adjustments to revenue."""
        return self.revenue - self.revenue_adjustments


FIGURES = tuple(field.name for field in fields(Figures))

STATEMENT_OF = {
    **dict.fromkeys(
        (
            "cash",
            "accounts_receivable",
            "inventory",
            "current_assets",
            "accounts_payable",
            "current_liabilities",
            "total_liabilities",
            "net_worth",
        ),
        BALANCE_SHEET,
    ),
    **dict.fromkeys(("revenue", "revenue_adjustments", "net_income", "depreciation", "amortisation"), INCOME_STATEMENT),
    "cash_from_operations": CASH_FLOWS,
}
"""On which statement a figure stands."""
