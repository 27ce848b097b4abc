"""What a bid must have met by the close (domain/lifecycle.md 3.4; bidding.md 3, BID-05, BID-07, BID-09).

"Could not check" is never yes: such a check is not verified, and the bidder is asked for proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bidding_svc.disqualification.reason import Reason
from bidding_svc.enrolment.licences import LicenceRule, licensed_by_one, licensed_everywhere
from bidding_svc.enrolment.location import EnrolledLocation
from bidding_svc.form_b.related import Findings, Told
from chassis.answers import Answer, all_of


class Check(StrEnum):
    """A requirement, by the code its notice gives it."""

    COMPLETE = "bid-complete"
    BOND = "bond-present"
    ACTIVE = "ptan-active"
    ACCREDITED = "accredited"
    LICENSED = "licensed"
    UNRELATED = "not-related"
    NETWORK = "network-rule"
    NOT_PRECLUDED = "not-precluded"


LABELS: Mapping[Check, str] = {
    Check.COMPLETE: "The bid is complete",
    Check.BOND: "A bid surety bond is present for the area",
    Check.ACTIVE: "The location's PTAN was active",
    Check.ACCREDITED: "The location was accredited for the product category",
    Check.LICENSED: "The state licenses needed were held",
    Check.UNRELATED: "No commonly owned or controlled supplier bids in the same competition",
    Check.NETWORK: "No member of the network bids beside it in the same competition",
    Check.NOT_PRECLUDED: "The supplier was neither excluded from federal health care programs nor precluded",
}

REASONS: Mapping[Check, Reason] = {
    Check.ACTIVE: Reason.PTAN_INACTIVE,
    Check.ACCREDITED: Reason.NOT_ACCREDITED,
    Check.LICENSED: Reason.NOT_LICENSED,
    Check.UNRELATED: Reason.COMMON_OWNERSHIP,
    Check.NETWORK: Reason.NETWORK_RULE,
    Check.NOT_PRECLUDED: Reason.PRECLUDED,
}
"""What a check that is not met disqualifies for. Completeness and the bond have a review of their own before."""


@dataclass(frozen=True)
class Checked:
    """One check of a bid, at one location where it is about a location."""

    check: Check
    answer: Answer
    ptan: str | None = None


@dataclass(frozen=True)
class Location:
    """A location that serves a competition: the states it is to serve there, and what is known of it."""

    ptan: str
    states: Sequence[str]
    known: EnrolledLocation | None


@dataclass(frozen=True)
class Applicant:
    """A bid that is complete, with what its eligibility hangs on."""

    category: str
    locations: Sequence[Location]
    related: Findings
    """What comparing the bids of the competition found."""
    precluded: bool = False
    """Whether a breach case closed this round to the supplier."""


def check(applicant: Applicant, closed_on: date, licence_rule: LicenceRule) -> list[Checked]:
    """Check everything as of the day of the close. A bid without any location cannot be checked."""
    found = [
        Checked(Check.COMPLETE, Answer.YES),
        Checked(Check.BOND, Answer.YES),
        Checked(Check.UNRELATED, unrelated(applicant.related.get("BID-05"))),
        Checked(Check.NETWORK, unrelated(applicant.related.get("BID-09"))),
    ]
    if applicant.precluded:
        found.append(Checked(Check.NOT_PRECLUDED, Answer.NO))
    if not applicant.locations:
        return [*found, Checked(Check.ACTIVE, Answer.COULD_NOT_CHECK)]
    for location in applicant.locations:
        found += _at(location, applicant.category, closed_on, each=licence_rule == "each_location")
    if licence_rule == "collective":
        found.append(Checked(Check.LICENSED, _licensed_together(applicant, closed_on)))
    return found


def unrelated(told: str | None) -> Answer:
    """Whether nothing stands against it: a tie that one side alone declares could not be checked (BID-05)."""
    if told is None:
        return Answer.YES
    return Answer.NO if told == Told.BIDDER else Answer.COULD_NOT_CHECK


def _at(location: Location, category: str, day: date, *, each: bool) -> list[Checked]:
    known = location.known
    answers = {
        Check.ACTIVE: known.active_on(day) if known else Answer.COULD_NOT_CHECK,
        Check.ACCREDITED: known.accredited_on(day, category) if known else Answer.COULD_NOT_CHECK,
        Check.NOT_PRECLUDED: known.excluded_on(day).opposite if known else Answer.COULD_NOT_CHECK,
    }
    if each:
        answers[Check.LICENSED] = licensed_everywhere(known, location.states, category, day)
    return [Checked(check, answer, location.ptan) for check, answer in answers.items()]


def _licensed_together(applicant: Applicant, day: date) -> Answer:
    """For every state served, some location of the bid holds its licence."""
    locations = [location.known for location in applicant.locations]
    states = {state for location in applicant.locations for state in location.states}
    return all_of(licensed_by_one(locations, state, applicant.category, day) for state in sorted(states))
