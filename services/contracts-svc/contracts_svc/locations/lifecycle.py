from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move

VIEW = "location_change.view"
SUBMIT = "location_change.submit"
STAFF_VIEW = "staff.location_change.view"
REVIEW = "staff.location_change.edit"
DECIDE = "staff.location_change.decide"


class ChangeState(StrEnum):
    """Where a request to add or remove a location stands (domain/lifecycle.md 4.10)."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    IN_REVIEW = "IN_REVIEW"
    INFO_REQUESTED = "INFO_REQUESTED"
    APPROVED = "APPROVED"
    DENIED = "DENIED"
    WITHDRAWN = "WITHDRAWN"
    CLOSED = "CLOSED"


DRAFT, SUBMITTED, IN_REVIEW, INFO_REQUESTED, APPROVED, DENIED, WITHDRAWN, CLOSED = ChangeState

OPEN = (SUBMITTED, IN_REVIEW, INFO_REQUESTED)
"""States of a request that was received and is not decided."""

LIFECYCLE = Lifecycle(
    "location change",
    start=DRAFT,
    ends={APPROVED, DENIED, WITHDRAWN, CLOSED},
    moves=[
        Move(
            DRAFT,
            "submit",
            SUBMITTED,
            by=SUBMIT,
            guard="PTAN well formed, and not in that state on the line already",
            effects="received: the day an addition takes effect",
        ),
        Move(SUBMITTED, "take", IN_REVIEW, by=REVIEW, effects="checks of the enrolment record"),
        Move(IN_REVIEW, "ask", INFO_REQUESTED, by=REVIEW, effects="30-day target paused"),
        Move(INFO_REQUESTED, "answer", IN_REVIEW, by=SUBMIT, effects="target goes on"),
        Move(INFO_REQUESTED, "close", CLOSED, guard="no answer within 30 days"),
        Move(IN_REVIEW, "recommend", IN_REVIEW, by=REVIEW),
        Move(
            IN_REVIEW,
            "approve",
            APPROVED,
            by=DECIDE,
            guard="recommended by somebody else; all requirements met",
            effects="effective as of receipt; new version",
        ),
        Move(IN_REVIEW, "deny", DENIED, by=DECIDE, guard="recommended by somebody else", effects="filed anew"),
        Move(OPEN, "go with the line", CLOSED, guard="the line went to the successor of the contract"),
        Move((DRAFT, SUBMITTED, IN_REVIEW), "withdraw", WITHDRAWN, by=SUBMIT),
    ],
)
