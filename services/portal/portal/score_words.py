"""The words of financial scores: figures, documents, verdicts, ratios, outcomes, where a score stands."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from portal.meanings import UNKNOWN, Status

Json = Mapping[str, Any]

STATES: dict[str, Status] = {
    "NOT_STARTED": Status("todo", "flag", "Not begun"),
    "KEYING": Status("todo", "edit", "Being keyed"),
    "QA": Status("busy", "schedule", "Waits for a second person"),
    "APPROVED": Status("good", "check", "Sheet approved"),
    "SCORED": Status("good", "check_circle", "Scored"),
    "RELEASED": Status("quiet", "campaign", "Released"),
    "RECALCULATED": Status("todo", "flag", "Recalculated, not released"),
}
OUTCOMES: dict[str, Status] = {
    "PASSED": Status("good", "check_circle", "Meets the minimum"),
    "FAILED": Status("bad", "cancel", "Below the minimum"),
    "INCOMPLETE": Status("bad", "cancel", "Incomplete", "A required document did not come."),
    "UNDECIDED": Status("unknown", "help", "Not decided", "No minimum is published."),
}
VERDICTS: dict[str, Status] = {
    "ACCEPTABLE": Status("good", "check_circle", "Acceptable"),
    "UNACCEPTABLE": Status("bad", "cancel", "Not acceptable"),
    "MISSING": Status("bad", "cancel", "Not received"),
    "NOT_APPLICABLE": Status("quiet", "remove", "Not applicable"),
}
RATIO_STATUSES = {
    "RANKED_LAST": "Ranked behind all others",
    "NOT_COMPUTABLE": "Cannot be computed",
    "NOT_COMPUTABLE_FAVOURABLE": "Cannot be computed, which speaks for you",
    "ZERO_DOCUMENT": "Not computed",
}
BANDS = {"TOP": "top 10 percent", "MIDDLE": "middle", "BOTTOM": "bottom 10 percent"}
SCORE_TYPES = {
    "paydex": "PAYDEX",
    "commercial-credit": "Commercial credit score",
    "intelliscore-plus": "Intelliscore Plus",
    "business-credit-risk": "Business credit risk score",
    "personal": "Personal credit score",
    "sp-rating": "Rating in letters",
}
REASONS = {
    "FIN-01": "does not cover the same 12 months as the tax return",
    "FIN-02": "the company’s name is not the legal business name",
    "FIN-03": "a clear heading with the type of statement and its period is missing",
    "FIN-04": "amounts are not legible, or are in thousands without saying so",
    "FIN-10": "gross revenue, adjustments or net sales are missing",
    "FIN-11": "net income or loss is missing",
    "FIN-12": "depreciation and amortization cannot be told",
    "FIN-20": "cash, accounts receivable, inventory or total current assets are missing",
    "FIN-21": "accounts payable, total current liabilities or total liabilities are missing",
    "FIN-22": "equity or net worth is missing",
    "FIN-23": "assets are not liabilities plus equity",
    "FIN-30": "a subtotal of operating, investing or financing activities is missing",
    "FIN-31": "beginning cash plus the net change is not ending cash",
    "FIN-32": "ending cash is not the cash on the balance sheet",
    "FIN-33": "does not start from the net income of the income statement",
    "FIN-40": "actual and pro forma months are not exactly 12",
    "CR-01": "not from an approved agency",
    "CR-02": "shows no numerical score or rating",
    "CR-03": "the company’s name or the date is missing",
    "CR-04": "dated earlier than 90 days before the window opened",
    "CR-05": "the score is on a separate sheet without name and date, or did not come together with the report",
    "CR-06": "a personal report where a business report is asked",
}
_FIGURES = {"cash_from_operations": "Cash flow from operations", "amortisation": "Amortization"}
DOLLAR_RATIOS = {"working_capital"}


def of_score(score: Json) -> Status:
    """Return where a score stands."""
    return STATES.get(str(score["state"]), UNKNOWN)


def state_choices() -> list[tuple[str, str]]:
    """Return the states to choose from, with their words."""
    return [(code, status.word) for code, status in STATES.items()]


def of_outcome(outcome: str | None) -> Status:
    """Return what a score means; what is not scored yet is unknown."""
    return OUTCOMES.get(outcome or "", Status("quiet", "remove", "Not scored yet"))


def of_verdict(verdict: str) -> Status:
    """Return what was found of a document."""
    return VERDICTS.get(verdict, UNKNOWN)


def figure(name: str) -> str:
    """Return what a figure of a statement is called."""
    return _FIGURES.get(name, readable(name))


def readable(code: str) -> str:
    """Return a code as words."""
    return code.replace("_", " ").replace("-", " ").capitalize()


def score_type(code: str | None) -> str:
    """Return what a kind of credit score is called."""
    return SCORE_TYPES.get(code or "", code or "None")


def reason(code: str) -> str:
    """Return why a document is not acceptable, with its code."""
    return f"{code}: {REASONS[code]}" if code in REASONS else code


def money(amount: str) -> str:
    """Write dollars as they were keyed: "$2,400,000", "-$1,000.50"."""
    value = Decimal(amount)
    return f"{'-' if value < 0 else ''}${abs(value):,}"


def value_of(line: Json) -> str:
    """Write the value of a ratio, or why there is none."""
    if line["value"] is None or line["status"] != "COMPUTED":
        return RATIO_STATUSES.get(str(line["status"]), str(line["status"]))
    return number_of(str(line["key"]), str(line["value"]))


def number_of(key: str, value: str) -> str:
    """Write a value of a ratio: dollars for working capital, otherwise its four decimals."""
    return money(f"{Decimal(value):.0f}") if key in DOLLAR_RATIOS else f"{Decimal(value):,}"


def points(value: str | None) -> str:
    """Write points with two decimals; the total is made of the exact ones."""
    return "Not told" if value is None else f"{Decimal(value):.2f}"


def compared(line: Json) -> str:
    """Say how a ratio's points compare with those of the median bidder; nothing where these are not told."""
    if line["points"] is None or line["median_points"] is None:
        return ""
    own, middle = Decimal(line["points"]), Decimal(line["median_points"])
    return "above median" if own > middle else "below median" if own < middle else "at the median"


def picture_as_text(lines: Sequence[Json]) -> list[str]:
    """Say what the bars show, in sentences; empty where no medians are told."""
    said = []
    for words, wanted in (("Above the median", "above median"), ("At the median", "at the median")):
        names = [str(line["name"]).lower() for line in lines if compared(line) == wanted]
        if names:
            said.append(f"{words}: {', '.join(names)}.")
    below = [
        f"{str(line['name']).lower()} ({points(line['points'])} against {points(line['median_points'])})"
        for line in lines
        if compared(line) == "below median"
    ]
    return [*said, f"Below the median: {', '.join(below)}."] if below else said
