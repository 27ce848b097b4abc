"""The words of contract transfers: where they stand, what was chosen, what was checked."""

from collections.abc import Mapping
from typing import Any

from portal.contract_words import CONFIRMED
from portal.meanings import MET, NOT_MET, UNKNOWN, Status

Json = Mapping[str, Any]

STATES: dict[str, Status] = {
    "DRAFT": Status("todo", "edit", "Draft", "Nothing is received before you sign it."),
    "NOTIFIED": Status("todo", "flag", "Documents awaited", "Both sides send their documents before it takes effect."),
    "PACKAGE_RECEIVED": Status("busy", "schedule", "Documents received", "CMS takes it in review."),
    "INFO_REQUESTED": Status("todo", "flag", "Answer needed"),
    "UNDER_REVIEW": Status("busy", "search", "In review"),
    "AWAITING_NOVATION": Status("todo", "flag", "Novation awaited", "Approved, on the condition of a signed novation."),
    "NOVATION_RECEIVED": Status("busy", "schedule", "Novation received", "CMS signs it once the change took effect."),
    "COMPLETED": Status("good", "check_circle", "Completed"),
    "NOT_REQUIRED": Status("quiet", "remove", "No transfer needed", "Ask for a location change instead."),
    "DENIED": Status("bad", "cancel", "Denied", "The contract is unchanged."),
    "LAPSED": Status("bad", "cancel", "Lapsed", "The contract is unchanged."),
    "WITHDRAWN": Status("quiet", "remove", "Withdrawn", "The contract is unchanged."),
}
WORK: dict[str, Status] = {
    **{code: status._replace(cause="") for code, status in STATES.items() if code != "DRAFT"},
    "NOTIFIED": Status("busy", "schedule", "Documents awaited"),
    "PACKAGE_RECEIVED": Status("todo", "flag", "To be reviewed"),
    "INFO_REQUESTED": Status("busy", "schedule", "Both sides were asked"),
    "AWAITING_NOVATION": Status("busy", "schedule", "Novation awaited"),
    "NOVATION_RECEIVED": Status("todo", "flag", "To be signed"),
}
WORK_TO_CHOOSE = [(code, status.word) for code, status in WORK.items()]
EXTENTS = {"full": "The whole contract", "partial": "A part of the contract"}
CHANGES = {
    "ownership": "Change of ownership",
    "structure": "Change in structure",
    "stock": "Stock transfer",
}
RESULTING = {"purchaser": "The purchaser stays", "seller": "The seller stays", "new": "A new entity"}
STEPS = ("Tell and sign", "Documents", "Review by CMS", "Novation")
_AT = {
    "DRAFT": 0,
    "NOTIFIED": 1,
    "PACKAGE_RECEIVED": 2,
    "INFO_REQUESTED": 2,
    "UNDER_REVIEW": 2,
    "NOT_REQUIRED": 2,
    "AWAITING_NOVATION": 3,
    "NOVATION_RECEIVED": 3,
    "COMPLETED": 4,
}


def step_of(state: str) -> int:
    """Return at which step a transfer is; one that ended without an outcome is at the review."""
    return _AT.get(state, 2)


def of_transfer(transfer: Json) -> Status:
    """Return where a transfer stands with its two sides."""
    return STATES.get(transfer["state"], UNKNOWN)


def of_work(transfer: Json) -> Status:
    """Return where a transfer stands with those who review it."""
    return WORK.get(transfer["state"], UNKNOWN)


def of_check(check: Json) -> Status:
    """Return whether a condition is met; what could not be checked and nobody confirmed is never met."""
    if check["confirmed"]:
        return CONFIRMED
    return {"yes": MET, "no": NOT_MET}.get(check["answer"], UNKNOWN._replace(cause="Confirm it by hand, with how."))


def of_document(document: Json) -> Status:
    """Return where a document of a side stands."""
    if document["waived"]:
        return Status("quiet", "remove", "Not needed", document["waived"])
    if document["received_at"]:
        return Status("good", "check_circle", "Received")
    return Status("todo", "flag", "Awaited")


def title(transfer: Json) -> str:
    """Return a transfer in a few words."""
    what = "Transfer" if transfer["extent"] == "full" else "Partial transfer"
    return f"{what} of contract {transfer['contract_number']}"
