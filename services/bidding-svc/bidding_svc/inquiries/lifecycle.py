from enum import StrEnum

from bidding_svc.form_b.lifecycle import DECIDE_INQUIRY
from chassis.lifecycle import Lifecycle, Move

SUBMIT = "inquiry.submit"
DECIDE = DECIDE_INQUIRY


class InquiryState(StrEnum):
    """Where a bidder inquiry stands (domain/lifecycle.md 4.8)."""

    NONE = "NONE"
    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    UNDER_REVIEW = "UNDER_REVIEW"
    UPHELD_FULL = "UPHELD_FULL"
    UPHELD_PART = "UPHELD_PART"
    DENIED = "DENIED"


NONE, DRAFT, SUBMITTED, UNDER_REVIEW, UPHELD_FULL, UPHELD_PART, DENIED = InquiryState

LIFECYCLE = Lifecycle(
    "inquiry",
    start=NONE,
    ends={UPHELD_FULL, UPHELD_PART, DENIED},
    moves=[
        Move((NONE, DRAFT), "save draft", DRAFT, by=SUBMIT, guard="before it is due"),
        Move((NONE, DRAFT, SUBMITTED), "submit", SUBMITTED, by=SUBMIT, guard="before it is due; words or files"),
        Move(SUBMITTED, "take up", UNDER_REVIEW, guard="no more can be added"),
        Move(UNDER_REVIEW, "uphold in full", UPHELD_FULL, by=DECIDE, effects="every bid eligible"),
        Move(UNDER_REVIEW, "uphold in part", UPHELD_PART, by=DECIDE, effects="some bids eligible"),
        Move(UNDER_REVIEW, "deny", DENIED, by=DECIDE),
    ],
)
