"""The words of bid surety bonds: where one stands, for its bidder and for staff, and what happens next."""

from collections.abc import Mapping
from typing import Any

from portal.meanings import UNKNOWN, Status

Json = Mapping[str, Any]

STATES: dict[str, Status] = {
    "UPLOADED": Status("todo", "flag", "Not reviewed yet"),
    "VERIFIED": Status("good", "check_circle", "Verified"),
    "UNACCEPTABLE": Status("bad", "cancel", "Not acceptable"),
    "FORFEITURE_PENDING": Status("todo", "warning", "To be forfeited"),
    "FORFEITED": Status("bad", "cancel", "Forfeited"),
    "RETURNED": Status("quiet", "check_circle", "Returned"),
    "FALSIFIED": Status("bad", "error", "Falsified"),
}
OWN: dict[str, Status] = {
    "held": Status("busy", "schedule", "Held by CMS"),
    "unacceptable": Status("bad", "cancel", "Not acceptable"),
    "forfeiture-pending": Status("todo", "warning", "To be forfeited"),
    "forfeited": Status("bad", "cancel", "Forfeited"),
    "returned": Status("good", "check_circle", "Returned"),
}
OUTCOMES: dict[str, Status] = {
    "pass": Status("good", "check_circle", "Met"),
    "fail": Status("bad", "cancel", "Not met"),
}
UNDECIDED = Status("unknown", "help", "Could not check")
CLOCKS = {"running": "Return is due by a day", "warned": "Warned of", "late": "Late"}
BARS = {"none": "No round", "this-round": "This round", "this-and-next-round": "This and the next round"}
NEXT = {
    "unacceptable": "Your bids in this area take no further part. The notice of disqualification says why.",
    "forfeiture-pending": "CMS notifies your surety and collects the amount. A notice tells you when it is done.",
    "forfeited": "Nothing more. CMS collected the amount from your surety.",
    "returned": "Nothing more. CMS holds no liability of this bond, and you may tell your surety.",
}


def of_bond(bond: Json) -> Status:
    """Return where a bond stands, for staff."""
    return STATES.get(str(bond["state"]), UNKNOWN)


def of_own(bond: Json) -> Status:
    """Return where a bond stands, for its bidder."""
    return OWN.get(str(bond["state"]), UNKNOWN)


def of_outcome(outcome: str | None) -> Status:
    """Return what an element of the checklist comes to."""
    return OUTCOMES.get(outcome, UNKNOWN) if outcome else UNDECIDED


def what_next(bond: Json) -> str:
    """Return what happens next to a bond that is not held any more; held ones have a day of their own."""
    return NEXT.get(str(bond["state"]), "")


def bar(code: str) -> str:
    """Return from which rounds a bidder is barred."""
    return BARS.get(code, code)


def state_choices() -> list[tuple[str, str]]:
    """Return the states to choose from, with their words."""
    return [(code, status.word) for code, status in STATES.items()]
