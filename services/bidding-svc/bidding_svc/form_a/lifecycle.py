from enum import StrEnum

from bidding_svc.forms.permissions import APPROVE_FORM_A, EDIT_BUSINESS
from chassis.lifecycle import Lifecycle, Move


class FormAState(StrEnum):
    """Where Form A stands (domain/lifecycle.md 4.2)."""

    EMPTY = "EMPTY"
    IN_PROGRESS = "IN_PROGRESS"
    APPROVED = "APPROVED"
    LOCKED = "LOCKED"


EMPTY, IN_PROGRESS, APPROVED, LOCKED = FormAState

LIFECYCLE = Lifecycle(
    "Form A",
    start=EMPTY,
    ends={LOCKED},
    moves=[
        Move((EMPTY, IN_PROGRESS), "edit", IN_PROGRESS, by=EDIT_BUSINESS, guard="window open"),
        Move(
            IN_PROGRESS,
            "approve",
            APPROVED,
            by=APPROVE_FORM_A,
            guard="window open; all required fields valid",
            effects="signature stored",
        ),
        Move(
            APPROVED,
            "edit",
            IN_PROGRESS,
            by=EDIT_BUSINESS,
            guard="window open; material field",
            effects="approval voided, To-Do to approve again",
        ),
        Move((EMPTY, IN_PROGRESS, APPROVED), "lock", LOCKED, guard="window closed", effects="last status kept"),
    ],
)
