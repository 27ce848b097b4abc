"""What a report about a location must keep, whoever brings it: the bridge, or a file."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from chassis.errors import Invalid
from events.enrolment import Accreditation, Exclusion, Licence, Official, RecordReported, StatusPeriod
from identity_adapter.enrolment.numbers import is_npi

Period = StatusPeriod | Licence | Accreditation | Exclusion | Official


class NotAnNpi(Invalid):
    """The NPI has ten digits, begins with 1 or 2, and ends with a check digit that fits. Look it up again."""


class PeriodEndsBeforeItBegins(Invalid):
    """A period ends before it begins. Exchange the two days, or mend the wrong one."""


class StatusPeriodsOverlap(Invalid):
    """On one day a location cannot have two statuses. End a status period the day before the next one begins."""


def check(record: RecordReported) -> None:
    """Raise `NotAnNpi`, `PeriodEndsBeforeItBegins` or `StatusPeriodsOverlap` when a report cannot be right."""
    if not is_npi(record.npi):
        raise NotAnNpi(field="npi")
    periods: dict[str, tuple[Period, ...]] = {
        "status_periods": record.status_periods,
        "licences": record.licences,
        "accreditations": record.accreditations,
        "exclusions": record.exclusions,
        "officials": record.officials,
    }
    for name, of_a_kind in periods.items():
        if any(_ends_before_it_begins(period) for period in of_a_kind):
            raise PeriodEndsBeforeItBegins(field=name)
    if _overlap(record.status_periods):
        raise StatusPeriodsOverlap(field="status_periods")


def content_of(record: RecordReported) -> dict[str, Any]:
    """Return what a report says of its location, as JSON and in one order, so that two can be compared."""
    content = record.model_dump(mode="json", exclude={"ptan", "reported_at"})
    return {name: sorted(value, key=repr) if isinstance(value, list) else value for name, value in content.items()}


def _ends_before_it_begins(period: Period) -> bool:
    return period.valid_from is not None and period.valid_to is not None and period.valid_to < period.valid_from


def _overlap(periods: Iterable[StatusPeriod]) -> bool:
    in_order = sorted(periods, key=lambda period: period.valid_from)
    return any(one.valid_to is None or one.valid_to >= next_.valid_from for one, next_ in pairwise(in_order))
