from enum import StrEnum

from bidding_svc.reviews.kinds import APPROVE, WORK
from chassis.lifecycle import Lifecycle, Move


class CaseState(StrEnum):
    """Where a review case stands."""

    OPEN = "OPEN"
    RECOMMENDED = "RECOMMENDED"
    DECIDED = "DECIDED"


OPEN, RECOMMENDED, DECIDED = CaseState

LIFECYCLE = Lifecycle(
    "review case",
    start=OPEN,
    ends={DECIDED},
    moves=[
        Move(OPEN, "claim", OPEN, by=WORK, guard="nobody else has it"),
        Move(OPEN, "assign", OPEN, by=APPROVE),
        Move(OPEN, "release", OPEN, by=WORK, guard="whoever has it"),
        Move(OPEN, "override", OPEN, by=WORK, guard="whoever has it; with a reason"),
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
    ],
)
