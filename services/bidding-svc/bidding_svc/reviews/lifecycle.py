from enum import StrEnum

from bidding_svc.reviews.kinds import APPROVE, WORK
from chassis.lifecycle import Lifecycle, Move


class CaseState(StrEnum):
    """Where a review case stands."""

    OPEN = "OPEN"
    RECOMMENDED = "RECOMMENDED"
    NOTICE_REQUESTED = "NOTICE_REQUESTED"
    NOTICE_ISSUED = "NOTICE_ISSUED"
    DECIDED = "DECIDED"


OPEN, RECOMMENDED, NOTICE_REQUESTED, NOTICE_ISSUED, DECIDED = CaseState

LIFECYCLE = Lifecycle(
    "review case",
    start=OPEN,
    ends={DECIDED},
    moves=[
        Move(OPEN, "claim", OPEN, by=WORK, guard="nobody else has it"),
        Move(OPEN, "assign", OPEN, by=APPROVE),
        Move(OPEN, "release", OPEN, by=WORK, guard="whoever has it"),
        Move(OPEN, "override", OPEN, by=WORK, guard="whoever has it; with a reason"),
        Move(OPEN, "key", OPEN, by=WORK, guard="whoever has it; of a bond: what its paper says"),
        Move(OPEN, "recommend", RECOMMENDED, by=WORK, guard="whoever has it; every line has an outcome"),
        Move(RECOMMENDED, "return", OPEN, by=APPROVE, guard="with a reason"),
        Move(
            RECOMMENDED,
            "approve",
            DECIDED,
            by=APPROVE,
            guard="another person than overrode or recommended",
            effects="the bids move",
        ),
        Move(
            RECOMMENDED,
            "ask the bidder",
            NOTICE_REQUESTED,
            by=APPROVE,
            guard="approved, where a line asks",
            effects="notice requested",
        ),
        Move(NOTICE_REQUESTED, "note return", OPEN, guard="a second person sent the notice back"),
        Move(
            (NOTICE_REQUESTED, OPEN, RECOMMENDED),
            "note issue",
            NOTICE_ISSUED,
            guard="issued as it is also after it was sent back",
            effects="the bids asked about wait",
        ),
        Move(NOTICE_ISSUED, "note answer", NOTICE_ISSUED, guard="an answer, or that none came"),
        Move(OPEN, "note answer", OPEN, guard="in time, and told late"),
        Move(RECOMMENDED, "note answer", OPEN, guard="in time, and told late"),
        Move(NOTICE_ISSUED, "settle", DECIDED, guard="covered documents: each was sent or is missing"),
        Move(NOTICE_ISSUED, "come due", OPEN, guard="answered, or overdue", effects="proposed anew"),
        Move((NOTICE_REQUESTED, NOTICE_ISSUED), "rescind", OPEN, guard="CMS took the notice back"),
    ],
)
