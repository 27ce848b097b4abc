"""The words of what became of a bid."""

from collections.abc import Mapping
from typing import Any

from portal.meanings import UNKNOWN, Status
from portal.offer_words import LINES

RESULTS: dict[str, Status] = {
    "NOT_TOLD": Status("busy", "schedule", "No result yet", "Results are told with the awards of the round."),
    "NEVER_RECEIVED": Status("quiet", "remove", "Not received", "It was withdrawn, or not certified by the close."),
    "REMOVED": Status("quiet", "remove", "Taken out", "CMS took the competition out of the round."),
    "DISQUALIFIED": Status("bad", "cancel", "Disqualified"),
    "NOT_SELECTED": Status("quiet", "remove", "Not selected", "The amount is above the pivotal bid."),
    "OFFERED": Status("good", "check_circle", "Contract offered"),
}


def of_result(result: Mapping[str, Any]) -> Status:
    """How a bid stands for its bidder; where a contract was offered, how the offer stands."""
    if result["result"] == "OFFERED" and result["line"]:
        return LINES.get(str(result["line"]), UNKNOWN)
    return RESULTS.get(str(result["result"]), UNKNOWN)
