from enum import StrEnum

from bidding_svc.offers.lifecycle import STAFF_DECIDE, STAFF_PREPARE
from chassis.lifecycle import Lifecycle, Move


class AwardKind(StrEnum):
    """The awards of a round, published with its payment amounts; or further offers, which change no amount."""

    FIRST = "first"
    FURTHER = "further"


class AwardState(StrEnum):
    """Where an award stands."""

    PREPARED = "PREPARED"
    RELEASING = "RELEASING"
    RELEASED = "RELEASED"
    DISCARDED = "DISCARDED"


PREPARED, RELEASING, RELEASED, DISCARDED = AwardState
UNDER_WAY = (PREPARED, RELEASING)

LIFECYCLE = Lifecycle(
    "award",
    start=PREPARED,
    ends={RELEASED, DISCARDED},
    moves=[
        Move(PREPARED, "discard", DISCARDED, by=STAFF_PREPARE),
        Move(
            PREPARED,
            "release",
            RELEASING,
            by=STAFF_DECIDE,
            guard="nothing stands against it; as it was prepared; another person than prepared it",
            effects="payment amounts public, score summaries released",
        ),
        Move(RELEASING, "finish", RELEASED, guard="every offer and notice is out"),
    ],
)
