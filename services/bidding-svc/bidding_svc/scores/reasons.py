"""Why a financial document is unacceptable: the code list of domain/documents.md 4 and 5, by document."""

from bidding_svc.scores.figures import BALANCE_SHEET, CASH_FLOWS, INCOME_STATEMENT, TAX_RETURN

_EVERY_STATEMENT = {
    "FIN-01": "It does not cover the same 12 months as the tax return.",
    "FIN-02": "The company's name is not the legal business name.",
    "FIN-03": "A clear heading with the type of statement and its period is missing.",
    "FIN-04": "Amounts are not legible, or are in thousands without saying so.",
}
_OF_A_START_UP = {"FIN-40": "Actual and pro forma months are not exactly 12."}
_CREDIT = {
    "CR-01": "It is not from an approved agency.",
    "CR-02": "It shows no numerical score or rating.",
    "CR-03": "The company's name or the date is missing.",
    "CR-04": "It is dated earlier than 90 days before the window opened.",
    "CR-05": "The score is on a separate sheet without name and date, or was not uploaded together with the report.",
    "CR-06": "It is a personal report where a business report is asked.",
}

REASONS = {
    TAX_RETURN: {code: _EVERY_STATEMENT[code] for code in ("FIN-01", "FIN-02", "FIN-04")},
    INCOME_STATEMENT: {
        **_EVERY_STATEMENT,
        **_OF_A_START_UP,
        "FIN-10": "Gross revenue, adjustments or net sales are missing.",
        "FIN-11": "Net income or loss is missing.",
        "FIN-12": "Depreciation and amortization cannot be told, also not from the statement of cash flows.",
    },
    BALANCE_SHEET: {
        **_EVERY_STATEMENT,
        **_OF_A_START_UP,
        "FIN-20": "Cash, accounts receivable, inventory or total current assets are missing.",
        "FIN-21": "Accounts payable, total current liabilities or total liabilities are missing.",
        "FIN-22": "Equity or net worth is missing.",
        "FIN-23": "Assets are not liabilities plus equity.",
    },
    CASH_FLOWS: {
        **_EVERY_STATEMENT,
        **_OF_A_START_UP,
        "FIN-30": "A subtotal of operating, investing or financing activities is missing.",
        "FIN-31": "Beginning cash plus the net change is not ending cash.",
        "FIN-32": "Ending cash is not the cash on the balance sheet.",
        "FIN-33": "It does not start from the net income of the income statement.",
    },
    "credit-report": _CREDIT,
    "business-credit-report": _CREDIT,
    "personal-credit-report": _CREDIT,
    "insufficient-data-report": {code: _CREDIT[code] for code in ("CR-01", "CR-03", "CR-04")},
}
"""Of each document: its reason codes, each with a sentence."""
