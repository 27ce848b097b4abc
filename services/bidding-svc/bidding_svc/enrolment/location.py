"""What bidding-svc knows of an enrolled location: the latest snapshot that identity-adapter said of its PTAN."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from bidding_svc.base import Base
from chassis.answers import Answer
from chassis.calendar import within
from events.enrolment import Accreditation, Exclusion, Licence, StatusPeriod

Parts = Mapped[list[dict[str, Any]]]
Period = TypeVar("Period", StatusPeriod, Licence, Accreditation, Exclusion)


class EnrolledLocation(Base):
    """A location by its PTAN, and what held for it on a day.

    A record says nothing of the days before its first status period: there, no question can be checked.
    """

    __tablename__ = "enrolled_location"

    ptan: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(comment="the snapshot's; a lower one changes nothing")
    organization_id: Mapped[UUID | None] = mapped_column(index=True)
    npi: Mapped[str]
    legal_business_name: Mapped[str]
    ownership_group: Mapped[str | None]
    location: Mapped[dict[str, Any]]
    status_periods: Parts = mapped_column(JSONB)
    licences: Parts = mapped_column(JSONB)
    accreditations: Parts = mapped_column(JSONB)
    exclusions: Parts = mapped_column(JSONB)
    reported_at: Mapped[datetime]

    @property
    def state(self) -> str:
        """The state it stands in."""
        return str(self.location["state"])

    def active_on(self, day: date) -> Answer:
        """Whether the location was actively enrolled."""
        statuses = {period.status for period in _in_force(StatusPeriod, self.status_periods, day)}
        return Answer.COULD_NOT_CHECK if "unknown" in statuses else self._answer(day, "active" in statuses)

    def licensed_on(self, day: date, state: str, category: str) -> Answer:
        """Whether the location had a licence of a state for a product category."""
        licences = _in_force(Licence, self.licences, day)
        return self._answer(
            day, any(each.state == state and category in (each.categories or (category,)) for each in licences)
        )

    def accredited_on(self, day: date, category: str) -> Answer:
        """Whether the location was accredited for a product category."""
        accreditations = _in_force(Accreditation, self.accreditations, day)
        return self._answer(day, any(category in each.categories for each in accreditations))

    def excluded_on(self, day: date) -> Answer:
        """Whether the supplier was excluded from federal health care programs."""
        return self._answer(day, any(True for _ in _in_force(Exclusion, self.exclusions, day)))

    def _answer(self, day: date, fact: bool) -> Answer:
        begun = any(StatusPeriod.model_validate(period).valid_from <= day for period in self.status_periods)
        return Answer.of(fact) if begun else Answer.COULD_NOT_CHECK


def _in_force(kind: type[Period], parts: list[dict[str, Any]], day: date) -> Iterable[Period]:
    periods = (kind.model_validate(part) for part in parts)
    return (period for period in periods if within(day, period.valid_from, period.valid_to))
