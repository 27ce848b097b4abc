"""The words of contract offers and awards: where they stand, why somebody is offered a contract, what is in the way."""

from collections.abc import Mapping
from typing import Any

from portal.meanings import UNKNOWN, Status
from portal.times import has_passed

Json = Mapping[str, Any]

LINES: dict[str, Status] = {
    "OPEN": Status("todo", "flag", "To be decided"),
    "ACCEPTED": Status("good", "check_circle", "Accepted"),
    "DECLINED": Status("quiet", "remove", "Declined"),
    "LAPSED": Status("bad", "cancel", "Lapsed", "It was not decided in time, which counts as declined."),
    "RESCINDED": Status("quiet", "remove", "Taken back", "CMS took the offer back."),
    "CONTRACTED": Status("good", "verified", "Contract signed", "CMS has signed the contract."),
}
SUBMITTED = Status("good", "check_circle", "Submitted")
OVER = Status("quiet", "history", "Final", "The time to decide is over.")
TO_DECIDE = Status("todo", "flag", "To be decided")
TO_SUBMIT = Status("todo", "edit", "Decided, not submitted")
AWARDS: dict[str, Status] = {
    "PREPARED": Status("todo", "flag", "Prepared"),
    "RELEASING": Status("busy", "schedule", "Going out"),
    "RELEASED": Status("good", "check_circle", "Released"),
    "DISCARDED": Status("quiet", "remove", "Discarded"),
}
KINDS = {"first": "First awards", "further": "Further offers"}
WHY = {
    "WINNING": "In the winning range",
    "ADDED": "Added above the pivotal bid",
    "NEXT_IN_LINE": "Next in line",
    "REINSTATED": "Brought back by an inquiry",
}
OBJECTIONS = {
    "NO_ELIGIBLE_BID": "No eligible bid",
    "NO_DEMAND": "No demand is set",
    "NO_CONTRACT_COUNT": "No number of contracts is set",
    "TOO_FEW_SUPPLIERS": "Too few suppliers",
    "ABOVE_THE_FEE_SCHEDULE": "Above the fee schedule",
    "NO_SAVINGS": "No savings",
    "SAVINGS_UNKNOWN": "Savings could not be computed",
    "BIDS_NOT_SCORED": "Bids without a score",
}
REASONS = {
    "PTAN_INACTIVE": "A location is not actively enrolled",
    "NOT_ACCREDITED": "A location is not accredited",
    "NOT_LICENSED": "A license is not held",
    "PRECLUDED": "The supplier is excluded",
}


def of_line(line: Json) -> Status:
    """How a line of an offer stands."""
    return LINES.get(str(line["state"]), UNKNOWN)


def of_offer(offer: Json) -> Status:
    """How the offers to a bidder stand."""
    if offer["submitted_at"]:
        return SUBMITTED
    if offer["settled_at"] or has_passed(offer["due_at"]):
        return OVER
    return TO_DECIDE if offer["open"] else TO_SUBMIT


def of_award(award: Json) -> Status:
    """Where an award stands."""
    return AWARDS.get(str(award["state"]), UNKNOWN)


def savings(competition: Json) -> str:
    """The savings test of a competition in words; sums are exact cents, written as fractions."""
    if competition["paid"] is None or competition["otherwise"] is None:
        return "Could not be computed"
    paid, otherwise = _dollars(competition["paid"]), _dollars(competition["otherwise"])
    return f"${paid:,} instead of ${otherwise:,}"


def _dollars(cents: str) -> int:
    above, _, below = cents.partition("/")
    return round(int(above) / int(below or 1) / 100)
