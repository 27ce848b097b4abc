from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move

VIEW = "transfer.view"
SUBMIT = "transfer.submit"
SUCCEED = "transfer.succeed"
STAFF_VIEW = "staff.transfer.view"
REVIEW = "staff.transfer.edit"
FINANCE = "staff.transfer.finance.edit"
DECIDE = "staff.transfer.decide"


class TransferState(StrEnum):
    """Where a request to transfer a contract stands (domain/lifecycle.md 4.11)."""

    DRAFT = "DRAFT"
    NOTIFIED = "NOTIFIED"
    PACKAGE_RECEIVED = "PACKAGE_RECEIVED"
    INFO_REQUESTED = "INFO_REQUESTED"
    UNDER_REVIEW = "UNDER_REVIEW"
    AWAITING_NOVATION = "AWAITING_NOVATION"
    NOVATION_RECEIVED = "NOVATION_RECEIVED"
    COMPLETED = "COMPLETED"
    NOT_REQUIRED = "NOT_REQUIRED"
    DENIED = "DENIED"
    LAPSED = "LAPSED"
    WITHDRAWN = "WITHDRAWN"


(
    DRAFT,
    NOTIFIED,
    PACKAGE_RECEIVED,
    INFO_REQUESTED,
    UNDER_REVIEW,
    AWAITING_NOVATION,
    NOVATION_RECEIVED,
    COMPLETED,
    NOT_REQUIRED,
    DENIED,
    LAPSED,
    WITHDRAWN,
) = TransferState

OPEN = (NOTIFIED, PACKAGE_RECEIVED, INFO_REQUESTED, UNDER_REVIEW, AWAITING_NOVATION, NOVATION_RECEIVED)
"""States of a request that was received and has no outcome."""

PACKAGING = (NOTIFIED, PACKAGE_RECEIVED, INFO_REQUESTED, UNDER_REVIEW)
"""Open states before CMS has approved it on conditions."""

NOVATING = (AWAITING_NOVATION, NOVATION_RECEIVED)

LIFECYCLE = Lifecycle(
    "contract transfer",
    start=DRAFT,
    ends={COMPLETED, NOT_REQUIRED, DENIED, LAPSED, WITHDRAWN},
    moves=[
        Move(DRAFT, "submit", NOTIFIED, by=SUBMIT, guard="certified; time is left for the package; as successor: AO"),
        *(Move(state, "re-date", state, by=SUBMIT, guard="the package came before the new date") for state in OPEN),
        Move(NOTIFIED, "name lines", NOTIFIED, by=SUBMIT, guard="the contract supplier, where the successor asked"),
        Move(
            NOTIFIED, "package", PACKAGE_RECEIVED, guard="every document of both sides came before the effective date"
        ),
        Move(PACKAGE_RECEIVED, "ask", INFO_REQUESTED, by=REVIEW),
        Move(UNDER_REVIEW, "ask", INFO_REQUESTED, by=REVIEW),
        Move(INFO_REQUESTED, "answer", PACKAGE_RECEIVED, by=SUBMIT),
        Move(PACKAGE_RECEIVED, "take", UNDER_REVIEW, by=REVIEW, guard="complete", effects="checks TR-1 to TR-9"),
        Move(UNDER_REVIEW, "review finances", UNDER_REVIEW, by=FINANCE),
        Move(UNDER_REVIEW, "recommend", UNDER_REVIEW, by=REVIEW),
        Move(
            UNDER_REVIEW,
            "not required",
            NOT_REQUIRED,
            by=DECIDE,
            guard="recommended by somebody else; no change of ownership",
            effects="advises a location update",
        ),
        Move(
            UNDER_REVIEW,
            "approve",
            AWAITING_NOVATION,
            by=DECIDE,
            guard="recommended by somebody else; 42 CFR 414.422(d) met",
            effects="both sides are asked for the novation",
        ),
        Move(AWAITING_NOVATION, "novate", NOVATION_RECEIVED, guard="both sides, within its days of the effective date"),
        Move(
            NOVATION_RECEIVED,
            "complete",
            COMPLETED,
            by=DECIDE,
            guard="the change took effect; all signatures; every line keeps a location",
            effects="contract split or transferred",
        ),
        Move((UNDER_REVIEW, NOVATION_RECEIVED), "deny", DENIED, by=DECIDE, guard="recommended by somebody else"),
        Move(OPEN, "lapse", LAPSED, guard="documents did not come in time, or the contract has ended"),
        Move((DRAFT, *OPEN), "withdraw", WITHDRAWN, by=SUBMIT, guard="either side"),
    ],
)
