"""The words of bidding-svc's reviews: what is looked at, where a case stands, what a line comes to, and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.meanings import UNKNOWN, Status

Json = Mapping[str, Any]

KINDS = {
    "completeness": "Completeness",
    "bonds": "Bid surety bonds",
    "bona-fide": "Bona fide bid",
    "pbe": "Preliminary bid evaluation",
    "cdrd": "Covered document findings",
    "disqualification": "Disqualification",
    "inquiry": "Bidder inquiry",
    "recheck": "License re-check",
}
RESULTS: dict[str, Status] = {
    "decided": Status("good", "check_circle", "Decided"),
    "bidder-asked": Status("busy", "schedule", "Notice in preparation"),
    "not-approved": Status("bad", "cancel", "Not approved"),
}
STATES: dict[str, Status] = {
    "OPEN": Status("todo", "flag", "Open"),
    "RECOMMENDED": Status("busy", "schedule", "Waits for approval"),
    "NOTICE_REQUESTED": Status("busy", "schedule", "Notice in preparation"),
    "NOTICE_ISSUED": Status("busy", "mail", "Bidder was asked"),
    "DECIDED": Status("good", "check_circle", "Decided"),
}
OUTCOMES: dict[str, Status] = {
    "pass": Status("good", "check_circle", "Met"),
    "fail": Status("bad", "cancel", "Not met"),
    "ask": Status("todo", "help", "Ask the bidder"),
}
UNDECIDED = Status("unknown", "help", "Could not check", "Nothing is proposed. Decide it with a reason.")
REASONS = {
    "FORM_A_NOT_APPROVED": "Form A was not approved",
    "FORM_B_NOT_CERTIFIED": "Form B was not certified",
    "FIN_DOC_MISSING": "A financial document is missing",
    "BOND_MISSING": "The bid surety bond is missing",
    "BOND_UNACCEPTABLE": "The bid surety bond is not acceptable",
    "PTAN_INACTIVE": "A location’s enrollment was not active",
    "NOT_ACCREDITED": "A location was not accredited",
    "NOT_LICENSED": "A location was not licensed",
    "COMMON_OWNERSHIP": "Related bidders bid in the same competition",
    "PRECLUDED": "The bidder is precluded",
    "NOT_BONA_FIDE": "The bid is not bona fide",
    "FINANCIAL_BELOW_MINIMUM": "The financial score is below the minimum",
    "NETWORK_RULE": "A rule for networks is broken",
    "DISCLOSURE_OR_EXCLUSION": "A disclosure or an exclusion",
    "BID_ABOVE_LIMIT": "The bid is above the limit",
}
PRIORITIES = {1: "Urgent", 2: "Usual", 3: "Can wait"}


def kind(code: str) -> str:
    """Return what a review is about."""
    return KINDS.get(code, code)


def reason(code: str) -> str:
    """Return why a bid would be disqualified, in words."""
    return REASONS.get(code, code)


def priority(level: int) -> str:
    """Return how urgent a case is."""
    return PRIORITIES.get(level, str(level))


def of_case(case: Json) -> Status:
    """Return where a case stands."""
    return STATES.get(str(case["state"]), UNKNOWN)


def of_outcome(outcome: str | None) -> Status:
    """Return what a line comes to; what could not be checked is never met."""
    return OUTCOMES.get(outcome, UNKNOWN) if outcome else UNDECIDED


def of_result(result: Json) -> Status:
    """Return what became of a case that was approved with others."""
    return RESULTS.get(str(result["result"]), UNKNOWN)


def state_choices() -> list[tuple[str, str]]:
    """Return the states to choose from, with their words."""
    return [(code, status.word) for code, status in STATES.items()]


def outcome_choices(outcomes: Sequence[str]) -> list[tuple[str, str]]:
    """Return what a line may come to, with their words."""
    return [(code, of_outcome(code).word) for code in outcomes]


def readable(name: str) -> str:
    """Return the name of an input as words."""
    return name.replace("_", " ").replace("-", " ").capitalize()
