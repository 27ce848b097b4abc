"""The words of contracts and location changes: where they stand, what was decided, what was checked."""

from collections.abc import Mapping
from typing import Any

from portal.meanings import MET, NOT_MET, UNKNOWN, Status
from portal.times import write_date

Json = Mapping[str, Any]

SHOWN: dict[str, Status] = {
    "Awaiting CMS signature": Status("busy", "schedule", ""),
    "Signed, starts on": Status("good", "check_circle", ""),
    "Active": Status("good", "check_circle", ""),
    "Active - change pending": Status("busy", "schedule", ""),
    "Suspended until": Status("todo", "warning", ""),
    "Terminated": Status("bad", "cancel", ""),
    "Transferred": Status("quiet", "arrow_forward", ""),
    "Expired": Status("quiet", "history", ""),
}
"""How each status that contracts-svc words for suppliers looks."""
STATES: dict[str, Status] = {
    "ASSEMBLING": Status("todo", "edit", "Being assembled"),
    "PENDING_CMS": Status("busy", "schedule", "Before CMS"),
    "EXECUTED": Status("good", "check_circle", "Signed"),
    "ACTIVE": Status("good", "check_circle", "Active"),
    "SUSPENDED": Status("todo", "warning", "Suspended"),
    "TERMINATED": Status("bad", "cancel", "Terminated"),
    "TRANSFERRED": Status("quiet", "arrow_forward", "Transferred"),
    "EXPIRED": Status("quiet", "history", "Expired"),
}
TO_SIGN = Status("todo", "flag", "To be signed")
TO_BE_SEALED = Status("busy", "schedule", "To be sealed")
REASONS = {"signed": "Signed by CMS", "extended": "Extended, signed by CMS", "changed": "Changed, approved by CMS"}
CHANGES: dict[str, Status] = {
    "DRAFT": Status("todo", "edit", "Draft", "Nothing is received before you sign it."),
    "SUBMITTED": Status("busy", "schedule", "Received"),
    "IN_REVIEW": Status("busy", "search", "In review"),
    "INFO_REQUESTED": Status("todo", "flag", "Answer needed"),
    "APPROVED": Status("good", "check_circle", "Approved"),
    "DENIED": Status("bad", "cancel", "Denied", "You may file a new request; its own date of receipt counts."),
    "WITHDRAWN": Status("quiet", "remove", "Withdrawn"),
    "CLOSED": Status("bad", "cancel", "Closed", "It was not answered in time, or its competition went to a successor."),
}
WORK: dict[str, Status] = {
    **{code: status for code, status in CHANGES.items() if code != "DRAFT"},
    "SUBMITTED": Status("todo", "flag", "New"),
    "INFO_REQUESTED": Status("busy", "schedule", "Supplier was asked"),
}
STATES_TO_CHOOSE = [(code, status.word) for code, status in STATES.items()]
WORK_TO_CHOOSE = [(code, status.word) for code, status in WORK.items()]
CONFIRMED = Status("good", "check_circle", "Confirmed by hand")
ACTIONS = {"add": "Add", "remove": "Remove", "move": "Move"}
REASONS_TO_CHANGE = {
    "opened": "A location opened",
    "closed": "A location closed",
    "moved": "A location moved",
    "sold": "A location was sold",
    "acquired": "A location was acquired",
    "other": "Another reason",
}
HAPPENED = {
    "executed": "Signed by CMS",
    "active": "Became active",
    "suspended": "Suspended",
    "terminated": "Terminated",
    "transferred": "Transferred",
    "expired": "Expired",
    "location-change-submitted": "Location requests filed",
    "location-change-decided": "Location requests decided",
    "transfer-asked": "Transfers asked for",
    "transfer-decided": "Transfers decided",
    "transfer-withdrawn": "Transfers withdrawn",
}


def of_shown(shown: Json) -> Status:
    """Return a contract's status in the words of contracts-svc, with the day they speak of."""
    day = f" {write_date(shown['day'])}" if shown["day"] else ""
    return SHOWN.get(shown["words"], UNKNOWN)._replace(word=f"{shown['words']}{day}")


def of_contract(contract: Json) -> Status:
    """Return where a contract stands with CMS: what waits for a signature or a seal comes first."""
    if contract["awaiting_signature"]:
        return TO_SIGN
    return TO_BE_SEALED if contract["being_sealed"] else of_state(contract["state"])


def of_state(state: str | None) -> Status:
    """Return a state of a contract; none is a day before it was signed."""
    return STATES.get(state, UNKNOWN) if state else Status("quiet", "remove", "Not signed yet")


def of_change(change: Json) -> Status:
    """Return where a location change stands with its supplier."""
    return CHANGES.get(change["state"], UNKNOWN)


def of_work(change: Json) -> Status:
    """Return where a location change stands with those who review it."""
    return WORK.get(change["state"], UNKNOWN)


def of_check(check: Json) -> Status:
    """Return whether a requirement is met; what could not be checked and nobody confirmed is never met."""
    if check["confirmed"]:
        return CONFIRMED
    return {"yes": MET, "no": NOT_MET}.get(check["answer"], UNKNOWN._replace(cause="Confirm it by hand, with how."))


def action(change: Json) -> str:
    """Return what a change asks for."""
    return ACTIONS.get(change["action"], str(change["action"]))


def happened(kind: str) -> str:
    """Return what is counted in the maintenance summary."""
    return HAPPENED.get(kind, kind.replace("-", " ").capitalize())


def why(code: str) -> str:
    """Return why a location comes or goes."""
    return REASONS_TO_CHANGE.get(code, code)
