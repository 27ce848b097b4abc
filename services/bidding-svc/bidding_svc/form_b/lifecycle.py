from enum import StrEnum

from bidding_svc.forms.permissions import CERTIFY_FORM_B, EDIT_FORM_B
from chassis.lifecycle import Lifecycle, Move


class FormBState(StrEnum):
    """Where a Form B stands (domain/lifecycle.md 4.2)."""

    EMPTY = "EMPTY"
    IN_PROGRESS = "IN_PROGRESS"
    CERTIFIED = "CERTIFIED"
    LOCKED = "LOCKED"


class BidState(StrEnum):
    """Where a bid stands (domain/lifecycle.md 4.3, until the close)."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    WITHDRAWN = "WITHDRAWN"
    INCOMPLETE = "INCOMPLETE"
    RECEIVED = "RECEIVED"


EMPTY, IN_PROGRESS, CERTIFIED, LOCKED = FormBState

FORM_B_LIFECYCLE = Lifecycle(
    "Form B",
    start=EMPTY,
    ends={LOCKED},
    moves=[
        Move((EMPTY, IN_PROGRESS), "edit", IN_PROGRESS, by=EDIT_FORM_B, guard="window open"),
        Move(
            IN_PROGRESS,
            "certify",
            CERTIFIED,
            by=CERTIFY_FORM_B,
            guard="window open; all required fields valid; Form A approved",
            effects="signature stored",
        ),
        Move(
            CERTIFIED,
            "edit",
            IN_PROGRESS,
            by=EDIT_FORM_B,
            guard="window open; material field",
            effects="certification voided, To-Do to certify again",
        ),
        Move(
            (EMPTY, IN_PROGRESS, CERTIFIED),
            "lock",
            LOCKED,
            guard="window closed, or the bid was withdrawn",
            effects="last status kept",
        ),
    ],
)

DRAFT, SUBMITTED, WITHDRAWN, INCOMPLETE, RECEIVED = BidState

BID_LIFECYCLE = Lifecycle(
    "bid",
    start=DRAFT,
    ends={WITHDRAWN, INCOMPLETE, RECEIVED},
    moves=[
        Move(DRAFT, "certify", SUBMITTED, by=CERTIFY_FORM_B, guard="amount above zero and up to the limit; capacity"),
        Move(SUBMITTED, "re-open by edit", DRAFT, by=EDIT_FORM_B, guard="window open"),
        Move((DRAFT, SUBMITTED), "withdraw", WITHDRAWN, by=CERTIFY_FORM_B, guard="window open"),
        Move(DRAFT, "leave incomplete", INCOMPLETE, guard="window closed", effects="reason NOT_CERTIFIED"),
        Move(SUBMITTED, "receive", RECEIVED, guard="window closed", effects="frozen"),
    ],
)
