from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move

VIEW = "form_c.view"
SUBMIT = "form_c.submit"
STAFF_VIEW = "staff.form_c.view"
FOLLOW_UP = "staff.form_c.edit"


class ReportState(StrEnum):
    """Where a Form C report stands (domain/lifecycle.md 4.13)."""

    NOT_OPEN = "NOT_OPEN"
    OPEN = "OPEN"
    IN_PROGRESS = "IN_PROGRESS"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"
    OVERDUE = "OVERDUE"
    SUBMITTED_LATE = "SUBMITTED_LATE"
    ACCEPTED = "ACCEPTED"
    ESCALATED = "ESCALATED"
    CLOSED = "CLOSED"


NOT_OPEN, OPEN, IN_PROGRESS, SUBMITTED, RETURNED, OVERDUE, SUBMITTED_LATE, ACCEPTED, ESCALATED, CLOSED = ReportState

AWAITED = (OPEN, IN_PROGRESS, RETURNED)
"""States in which the report is awaited, and there is time left."""
TO_SCREEN = (SUBMITTED, SUBMITTED_LATE)
"""States in which the program has it."""

LIFECYCLE = Lifecycle(
    "Form C report",
    start=NOT_OPEN,
    ends={ACCEPTED, ESCALATED, CLOSED},
    moves=[
        Move(NOT_OPEN, "open", OPEN, guard="the period begins; the contract is active", effects="prefilled, To-Do"),
        Move((OPEN, IN_PROGRESS, RETURNED), "edit", IN_PROGRESS, by=SUBMIT),
        Move(OVERDUE, "edit", OVERDUE, by=SUBMIT),
        Move(
            (OPEN, IN_PROGRESS, RETURNED),
            "certify",
            SUBMITTED,
            by=SUBMIT,
            guard="every item answered, products for the lead item, certification",
        ),
        Move(OVERDUE, "certify", SUBMITTED_LATE, by=SUBMIT, guard="every item answered, before the escalation"),
        Move(SUBMITTED, "re-open", IN_PROGRESS, by=SUBMIT, guard="before due"),
        Move(TO_SCREEN, "accept", ACCEPTED, by=FOLLOW_UP, guard="added products are screened", effects="directory"),
        Move(TO_SCREEN, "settle", ACCEPTED, guard="due has passed and nothing is left to screen", effects="directory"),
        Move(TO_SCREEN, "return", RETURNED, by=FOLLOW_UP, guard="said why", effects="a new date to answer by, To-Do"),
        Move(AWAITED, "miss", OVERDUE, guard="due passes", effects="failure notice"),
        Move(OVERDUE, "escalate", ESCALATED, guard="escalation date passes", effects="breach suspicion"),
        Move((*AWAITED, OVERDUE), "close", CLOSED, guard="the contract has ended"),
    ],
)
