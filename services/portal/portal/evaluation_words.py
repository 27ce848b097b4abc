"""The words of an evaluation: where a run stands, what became of a bid, what keeps a competition from an award."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from portal.meanings import UNKNOWN, Status

Json = Mapping[str, Any]

RUNS: dict[str, Status] = {
    "REQUESTED": Status("busy", "schedule", "Asked for"),
    "RUNNING": Status("busy", "schedule", "Running"),
    "COMPLETED": Status("todo", "flag", "Complete, not checked"),
    "CHECKING": Status("busy", "schedule", "Being checked"),
    "CONFIRMED": Status("good", "check_circle", "Checked: the same results"),
    "RELEASED": Status("good", "campaign", "Released"),
    "DIFFERENT": Status("bad", "cancel", "Checked: other results"),
    "STALE": Status("bad", "history", "Stale", "Bids, scores, demand or fees changed since. It cannot be released."),
}
UNDER_WAY = ("REQUESTED", "RUNNING", "CHECKING")
OUTCOMES: dict[str, Status] = {
    "WINNING": Status("good", "check_circle", "Winning"),
    "ADDED": Status("good", "add_circle", "Added"),
    "NOT_SELECTED": Status("quiet", "remove", "Not selected"),
    "EXCLUDED": Status("bad", "cancel", "Takes no part"),
}
WHY = {
    "UP_TO_THE_PIVOTAL_BID": "at or below the pivotal bid",
    "SMALL_SUPPLIER_TARGET": "to reach the small supplier target",
    "MINIMUM_NUMBER": "to reach the smallest number of contracts",
    "ABOVE_THE_PIVOTAL_BID": "above the pivotal bid",
    "NOTHING_TO_SELECT_FOR": "nothing to select bids for",
    "NOT_ELIGIBLE": "not eligible",
    "NOT_SCORED": "no decided financial score",
    "FINANCIAL_BELOW_MINIMUM": "financial score below the minimum",
}
OBJECTIONS = {
    "NO_ELIGIBLE_BID": "No eligible bid",
    "NO_DEMAND": "No demand",
    "NO_CONTRACT_COUNT": "No number of contracts set",
    "TOO_FEW_SUPPLIERS": "Too few suppliers",
    "ABOVE_THE_FEE_SCHEDULE": "Payment amount above the fee schedule",
    "NO_SAVINGS": "No savings",
    "SAVINGS_UNKNOWN": "Savings unknown",
    "BIDS_NOT_SCORED": "Bids without a decided score",
}
CONTESTS = {
    "OPEN": "Open",
    "CLOSED": "Closed",
    "EVALUATED": "Evaluated",
    "AWARDABLE": "Awardable",
    "AWARDED": "Awarded",
    "NOT_AWARDED": "Not awarded",
    "REMOVED": "Removed",
}
PRICING_FILES = [
    ("demand", "Demand: category, cba, demand"),
    ("expected-units", "Expected units: category, cba, item, units"),
]
FEES = ("fees", "Fee schedules: year, item, state, amount")
"""CSV files a round is priced by, with their columns; fee schedules belong to no round."""


def of_run(run: Json) -> Status:
    """Return where an evaluation stands."""
    return RUNS.get(str(run["state"]), UNKNOWN)


def of_bid(bid: Json, pivotal: int | None) -> Status:
    """Return what became of a bid; one that winning bids end at is named the pivotal one."""
    status = OUTCOMES.get(str(bid["outcome"]), UNKNOWN)
    if bid["outcome"] == "WINNING" and bid["amount_cents"] == pivotal:
        return status._replace(icon="star", word="Winning, pivotal")
    return status


def why(code: str) -> str:
    """Return why a bid is in or out."""
    return WHY.get(code, code)


def objection(code: str) -> str:
    """Return what keeps a competition from an award."""
    return OBJECTIONS.get(code, code)


def objection_choices() -> list[tuple[str, str]]:
    """Return the objections to choose from."""
    return list(OBJECTIONS.items())


def contest(state: str) -> str:
    """Return where a competition stands."""
    return CONTESTS.get(state, state)


def dollars(cents: str | int) -> str:
    """Write an exact sum of cents, rounded to whole dollars for reading: "$3,480,000"."""
    return f"${round(Fraction(cents) / 100):,}"


def ratio(exact: str | None) -> str:
    """Write the ratio of an item to the lead item to four decimals; it is never rounded before it is used."""
    return "None" if exact is None else f"{float(Fraction(exact)):.4f}"


def units(written: str | float | None) -> str:
    """Write units a year; the part of one that a largest share leaves stays."""
    if written is None:
        return "None"
    amount = float(written)
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"


def array_as_text(array: Json) -> str:
    """Say what the picture of an array shows."""
    bids = [bid for bid in array["bids"] if bid["rank"] is not None]
    result = array["result"] or {}
    if not bids:
        return "No bid takes part."
    said = [f"{len(bids)} bids from ${bids[0]['amount_cents'] / 100:,.2f} to ${bids[-1]['amount_cents'] / 100:,.2f}."]
    if result.get("pivotal") is not None:
        last = [bid for bid in bids if bid["outcome"] == "WINNING"][-1]
        reached = "is reached by" if result["filled"] else "is not reached; the last bid is"
        said.append(
            f"Demand of {array['demand']:,} units {reached} bid {last['rank']} at ${result['pivotal'] / 100:,.2f} "
            f"with {units(last['cumulative'])} units added up: the pivotal bid."
        )
        said.append(f"{result['winners']} bids are in the winning range, {result['added']} are added.")
    if result.get("spa") is not None:
        said.append(f"The single payment amount is ${result['spa'] / 100:,.2f}.")
    return " ".join([*said, "All numbers are in the table below."])
