"""How the locations of a bid stand in the enrolment record on a day (BID-06, BID-07; domain/bidding.md 3)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from bidding_svc.enrolment.licences import LicenceRule, licensed_by_one, licensed_everywhere
from bidding_svc.enrolment.location import EnrolledLocation
from chassis.answers import Answer
from chassis.database import ReadSession, Session


@dataclass(frozen=True)
class Record:
    """What the enrolment record says of the PTANs of a form and of the bidder's own others, as of a day."""

    day: date
    known: Mapping[str, EnrolledLocation] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    """PTANs the record gives to the bidder's organization."""

    def by_accreditation(self, ptans: Iterable[str], category: str) -> dict[Answer, list[str]]:
        """Sort locations by whether each is accredited for a category."""
        return self._sorted(ptans, lambda location: location.accredited_on(self.day, category))

    def by_licence(
        self, serving: Mapping[str, Sequence[str]], category: str, rule: LicenceRule
    ) -> dict[Answer, list[str]]:
        """Sort by whether the state licences are held that a category takes where each location serves.

        With `each_location` the keys are locations, each licensed in every state it serves; with `collective` they are
        states, for each of which one of the locations is licensed.
        """
        if rule == "each_location":
            return _by_answer(
                {
                    ptan: licensed_everywhere(self.known.get(ptan), states, category, self.day)
                    for ptan, states in serving.items()
                }
            )
        locations = [self.known.get(ptan) for ptan in serving]
        needed = sorted({state for states in serving.values() for state in states})
        return _by_answer({state: licensed_by_one(locations, state, category, self.day) for state in needed})

    def unlisted(self, listed: Iterable[str], state: str | None) -> list[str]:
        """Return the bidder's own active locations in a state (None: anywhere) that a bid does not list."""
        others = sorted(self.own - set(listed))
        return [
            ptan
            for ptan in others
            if state in (None, self.known[ptan].state) and self.known[ptan].active_on(self.day) is Answer.YES
        ]

    def _sorted(self, ptans: Iterable[str], ask: Callable[[EnrolledLocation], Answer]) -> dict[Answer, list[str]]:
        return _by_answer(
            {ptan: ask(self.known[ptan]) if ptan in self.known else Answer.COULD_NOT_CHECK for ptan in ptans}
        )


async def read_record(session: Session | ReadSession, organization_id: UUID, ptans: Iterable[str], day: date) -> Record:
    """Read what is known of these PTANs and of everything else the organization has, in one query.

    Behind an organization's fence nothing is known of locations of others: those could not be checked.
    """
    found = await session.scalars(
        select(EnrolledLocation).where(
            or_(EnrolledLocation.ptan.in_(list(ptans)), EnrolledLocation.organization_id == organization_id)
        )
    )
    known = {each.ptan: each for each in found}
    own = frozenset(ptan for ptan, each in known.items() if each.organization_id == organization_id)
    return Record(day, known, own)


def _by_answer(answers: Mapping[str, Answer]) -> dict[Answer, list[str]]:
    sorted_: dict[Answer, list[str]] = {}
    for what, answer in answers.items():
        sorted_.setdefault(answer, []).append(what)
    return sorted_
