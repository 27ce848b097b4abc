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
    """Where a bid stands (domain/lifecycle.md 4.3)."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    WITHDRAWN = "WITHDRAWN"
    INCOMPLETE = "INCOMPLETE"
    RECEIVED = "RECEIVED"
    REMOVED = "REMOVED"
    BFB_PENDING = "BFB_PENDING"
    PBE_PENDING = "PBE_PENDING"
    ELIGIBLE = "ELIGIBLE"
    DISQUALIFIED = "DISQUALIFIED"
    WINNING = "WINNING"
    NOT_SELECTED = "NOT_SELECTED"
    WINNING_ADDED = "WINNING_ADDED"
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"

    @property
    def as_told(self) -> "BidState":
        """What its bidder reads in lists and forms: what the evaluation finds is told by notices, and by them alone.

        Disqualifications are released together with the offers, and not to everybody (domain/roles.md 1.4).
        """
        return self if self in (*BEFORE_THE_CLOSE, *NEVER_RECEIVED) else BidState.RECEIVED


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
            guard="window closed, or the bid was withdrawn or removed",
            effects="last status kept",
        ),
    ],
)

DRAFT, SUBMITTED, WITHDRAWN, INCOMPLETE, RECEIVED, REMOVED = (
    BidState.DRAFT,
    BidState.SUBMITTED,
    BidState.WITHDRAWN,
    BidState.INCOMPLETE,
    BidState.RECEIVED,
    BidState.REMOVED,
)
BFB_PENDING, PBE_PENDING, ELIGIBLE, DISQUALIFIED = (
    BidState.BFB_PENDING,
    BidState.PBE_PENDING,
    BidState.ELIGIBLE,
    BidState.DISQUALIFIED,
)
ARRAYED = (BidState.WINNING, BidState.NOT_SELECTED, BidState.WINNING_ADDED)
WINNING, NOT_SELECTED, WINNING_ADDED = ARRAYED
OFFERED, ACCEPTED, DECLINED = BidState.OFFERED, BidState.ACCEPTED, BidState.DECLINED
IN_EVALUATION = (RECEIVED, BFB_PENDING, PBE_PENDING, ELIGIBLE, DISQUALIFIED, *ARRAYED)
APPROVE_REVIEW = "staff.review.approve"
DECIDE_INQUIRY = "staff.eligibility.decide"
BEFORE_THE_CLOSE = (DRAFT, SUBMITTED)
NEVER_RECEIVED = (WITHDRAWN, INCOMPLETE, REMOVED)
REMOVABLE = (*BEFORE_THE_CLOSE, *IN_EVALUATION, OFFERED)
"""States of a bid that its competition takes with it."""

BID_LIFECYCLE = Lifecycle(
    "bid",
    start=DRAFT,
    ends={WITHDRAWN, INCOMPLETE, REMOVED, ACCEPTED, DECLINED},
    moves=[
        Move(DRAFT, "certify", SUBMITTED, by=CERTIFY_FORM_B, guard="amount above zero and up to the limit; capacity"),
        Move(SUBMITTED, "re-open by edit", DRAFT, by=EDIT_FORM_B, guard="window open"),
        Move((DRAFT, SUBMITTED), "withdraw", WITHDRAWN, by=CERTIFY_FORM_B, guard="window open"),
        Move(DRAFT, "leave incomplete", INCOMPLETE, guard="window closed", effects="reason NOT_CERTIFIED"),
        Move(SUBMITTED, "receive", RECEIVED, guard="window closed", effects="frozen"),
        Move(RECEIVED, "ask to substantiate", BFB_PENDING, guard="notice issued on a bid flagged by the screen"),
        Move(BFB_PENDING, "accept amount", RECEIVED, by=APPROVE_REVIEW, guard="substantiated"),
        Move(RECEIVED, "ask for proof", PBE_PENDING, guard="notice issued"),
        Move((RECEIVED, PBE_PENDING), "clear", ELIGIBLE, by=APPROVE_REVIEW, guard="every requirement met by the close"),
        Move(
            (RECEIVED, BFB_PENDING, PBE_PENDING, ELIGIBLE, WINNING, WINNING_ADDED),
            "disqualify",
            DISQUALIFIED,
            by=APPROVE_REVIEW,
            guard="a review or the financial score found reasons",
            effects="reason list",
        ),
        Move(ELIGIBLE, "select", WINNING, guard="array run: amount up to the pivotal bid"),
        Move(ELIGIBLE, "leave out", NOT_SELECTED, guard="array run: amount above the pivotal bid"),
        Move(
            (ELIGIBLE, NOT_SELECTED),
            "add",
            WINNING_ADDED,
            guard="small supplier target, minimum number or later demand",
            effects="not used for payment amounts",
        ),
        Move((WINNING, WINNING_ADDED), "offer", OFFERED, guard="released with its award"),
        Move(OFFERED, "accept", ACCEPTED, guard="the acceptance is final"),
        Move(OFFERED, "decline", DECLINED, guard="declined for good, or lapsed", effects="the bond rule"),
        Move(DISQUALIFIED, "reinstate", ELIGIBLE, by=DECIDE_INQUIRY, guard="inquiry upheld"),
        Move(REMOVABLE, "remove", REMOVED, guard="its competition was taken out, or the round cancelled"),
    ],
)
