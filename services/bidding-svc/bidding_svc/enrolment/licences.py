"""BID-07: the state licences of a bid's locations, held by each or by all together (domain/bidding.md 3).

A location that the enrolment record does not know (None) could not be checked, whatever it is asked.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from bidding_svc.enrolment.location import EnrolledLocation
from chassis.answers import Answer, all_of, any_of

LicenceRule = Literal["each_location", "collective"]
"""Whether every location needs the licences of the states it serves, or one location for each state."""


def licensed_everywhere(known: EnrolledLocation | None, states: Iterable[str], category: str, day: date) -> Answer:
    """Whether this location holds the licence of every state it serves (`each_location`)."""
    if known is None:
        return Answer.COULD_NOT_CHECK
    return all_of(known.licensed_on(day, state, category) for state in states)


def licensed_by_one(locations: Iterable[EnrolledLocation | None], state: str, category: str, day: date) -> Answer:
    """Whether one of the locations holds the licence of a state (`collective`)."""
    return any_of(known.licensed_on(day, state, category) if known else Answer.COULD_NOT_CHECK for known in locations)
