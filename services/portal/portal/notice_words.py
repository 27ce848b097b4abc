"""The words of the notice desk: where notices and their batches stand, and of which types they are."""

from collections.abc import Mapping
from typing import Any

from portal.meanings import UNKNOWN, Status

Json = Mapping[str, Any]

NOTICES: dict[str, Status] = {
    "DRAFT": Status("todo", "edit", "Draft"),
    "IN_REVIEW": Status("todo", "flag", "To be released"),
    "APPROVED": Status("busy", "schedule", "Waits for its batch"),
    "ISSUED": Status("busy", "mail", "Issued"),
    "VIEWED": Status("busy", "visibility", "Opened"),
    "RESPONSE_DRAFT": Status("busy", "edit", "Being answered"),
    "RESPONDED": Status("good", "check_circle", "Answered"),
    "OVERDUE": Status("bad", "cancel", "Overdue"),
    "SATISFIED": Status("quiet", "check", "Closed: accepted"),
    "UNSATISFIED": Status("quiet", "remove", "Closed: not accepted"),
    "RESCINDED": Status("quiet", "remove", "Taken back"),
}
BATCHES: dict[str, Status] = {
    "CHECKING": Status("busy", "schedule", "Being checked"),
    "READY": Status("todo", "flag", "Ready to go out"),
    "BLOCKED": Status("bad", "cancel", "Something is missing"),
    "ISSUING": Status("busy", "mail", "Going out"),
    "ISSUED": Status("good", "check_circle", "Gone out"),
    "CANCELLED": Status("quiet", "remove", "Cancelled"),
}
TYPES = {
    "cdrd": "Covered documents (CDRD)",
    "bfb": "Substantiate your bids",
    "pbe": "Preliminary bid evaluation",
    "disqualification": "Disqualified bids",
    "inquiry-result": "Result of an inquiry",
    "offer": "Contract offers",
    "bond-return": "Return of a bond",
    "bond-forfeiture": "Forfeited bonds",
    "contract-signed": "Contract signed",
    "form-c-due": "Form C due",
    "form-c-missing": "Form C missing",
    "location-result": "Result of a location request",
    "transfer-result": "Contract transfer",
    "subcontract-result": "Subcontractor disclosure",
    "breach": "Breach of contract",
    "breach-subsequent": "Breach, subsequent notice",
    "cap-result": "Corrective action plan",
    "hearing-schedule": "Hearing schedule",
    "final-determination": "Final determination",
    "general": "General",
}


def of_notice(notice: Json) -> Status:
    """Return where a notice stands, as staff see it."""
    return NOTICES.get(str(notice["state"]), UNKNOWN)


def of_batch(batch: Json) -> Status:
    """Return where a batch stands."""
    return BATCHES.get(str(batch["state"]), UNKNOWN)


def kind(code: str) -> str:
    """Return a type in words."""
    return TYPES.get(code, code)


def state_choices() -> list[tuple[str, str]]:
    """Return the states to choose from, with their words."""
    return [(code, status.word) for code, status in NOTICES.items()]
