"""The words of subcontracting disclosures: where one stands, what may be subcontracted, what was checked."""

from collections.abc import Mapping
from typing import Any

from portal.contract_words import of_check
from portal.meanings import UNKNOWN, Status

__all__ = ["of_check", "of_disclosure", "of_work", "services", "title"]
Json = Mapping[str, Any]

STATES: dict[str, Status] = {
    "SUBMITTED": Status("busy", "schedule", "Received"),
    "UNDER_REVIEW": Status("busy", "search", "In review"),
    "INFO_REQUESTED": Status("todo", "flag", "Answer needed"),
    "ACKNOWLEDGED": Status("good", "check_circle", "Acknowledged"),
    "NOT_PERMITTED": Status("bad", "cancel", "Not permitted"),
    "ENDED": Status("quiet", "remove", "Ended"),
    "LAPSED": Status("bad", "cancel", "Lapsed"),
}
WORK: dict[str, Status] = {
    **STATES,
    "SUBMITTED": Status("todo", "flag", "New"),
    "INFO_REQUESTED": Status("busy", "schedule", "Supplier was asked"),
}
WORK_TO_CHOOSE = [(code, status.word) for code, status in WORK.items()]
LATE = Status("todo", "warning", "Late")
SERVICES = {
    "purchase-of-inventory": "Purchase of inventory",
    "delivery-and-instruction": "Delivery of items and instruction on their use",
    "maintenance-and-repair": "Maintenance and repair of rented equipment",
}
"""What may be subcontracted; everything else stays with the contract supplier (contracts.md 5)."""


def of_disclosure(disclosure: Json) -> Status:
    """Return where a disclosure stands with its supplier."""
    return STATES.get(disclosure["state"], UNKNOWN)


def of_work(disclosure: Json) -> Status:
    """Return where a disclosure stands with those who review it."""
    return WORK.get(disclosure["state"], UNKNOWN)


def title(disclosure: Json) -> str:
    """Return the name of the subcontractor, or that there is none."""
    return str(disclosure["terms"]["legal_business_name"]) if disclosure["terms"] else "No subcontractors"


def services(terms: Json) -> list[str]:
    """Return what is subcontracted, in the order of the rule."""
    return [words for code, words in SERVICES.items() if code in terms["services"]]
