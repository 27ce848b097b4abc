from enum import StrEnum

from chassis.lifecycle import Lifecycle, Move

VIEW = "staff.pricing.view"
RUN = "staff.pricing.edit"
RELEASE = "staff.offer.decide"


class RunState(StrEnum):
    """Where an evaluation of a round stands."""

    REQUESTED = "REQUESTED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CHECKING = "CHECKING"
    CONFIRMED = "CONFIRMED"
    RELEASED = "RELEASED"
    DIFFERENT = "DIFFERENT"
    STALE = "STALE"


REQUESTED, RUNNING, COMPLETED, CHECKING, CONFIRMED, RELEASED, DIFFERENT, STALE = RunState
UNDER_WAY = (REQUESTED, RUNNING, CHECKING)
WAITING = (COMPLETED, CONFIRMED)

LIFECYCLE = Lifecycle(
    "evaluation run",
    start=REQUESTED,
    ends={RELEASED, DIFFERENT, STALE},
    moves=[
        Move(REQUESTED, "start", RUNNING, guard="heard by the worker", effects="inputs frozen"),
        Move(RUNNING, "complete", COMPLETED, guard="every competition evaluated", effects="digest told"),
        Move(COMPLETED, "check", CHECKING, by=RUN, guard="inputs unchanged"),
        Move(CHECKING, "confirm", CONFIRMED, guard="run again, same results"),
        Move(CHECKING, "differ", DIFFERENT, guard="run again, other results"),
        Move(WAITING, "make stale", STALE, guard="inputs changed"),
        Move(
            CONFIRMED,
            "release",
            RELEASED,
            by=RELEASE,
            guard="inputs unchanged; every bid scored; another person than ran it",
            effects="bids and competitions follow",
        ),
    ],
)
