"""Until when what has to come (contracts.md 4.2, lifecycle.md 2.1). All four lengths are the rule set's."""

from contextlib import suppress
from datetime import date, datetime, timedelta

from chassis.calendar import due_at
from chassis.deadlines import NoSuchDeadline, due_day
from contracts_svc.program.round import KnownRound
from events.deadlines import DEADLINES


def package_due(effective_on: date, known: KnownRound | None) -> datetime:
    """Return the last instant for the package: before the effective date, or as many days earlier as the rules say.

    Of a round that is not known here yet the plain rule holds: the day before.
    """
    if known is None:
        return due_at(effective_on - timedelta(days=1))
    return due_at(due_day(DEADLINES["CHOW_DOCS"], effective_on, known.rules, known.closed_on))


def notice_due(effective_on: date, known: KnownRound) -> datetime | None:
    """Return until when the change had to be told, in rounds that have such a rule; None in others."""
    with suppress(NoSuchDeadline):
        return due_at(due_day(DEADLINES["CHOW_NOTICE_OLD"], effective_on, known.rules, known.closed_on))
    return None


def novation_due(effective_on: date, known: KnownRound) -> datetime:
    """Return the last instant for the novation: within its days after the effective date; in old rounds before it."""
    with suppress(NoSuchDeadline):
        return due_at(due_day(DEADLINES["NOVATION"], effective_on, known.rules, known.closed_on))
    before = known.rules.change_of_ownership.novation_days_before or 1
    return due_at(effective_on - timedelta(days=before))


def answer_due(asked_on: date, known: KnownRound | None) -> datetime:
    """Return until when a question is answered: as long as one about a location [proposal], 30 days by default."""
    if known is None:
        return due_at(asked_on + timedelta(days=30))
    return due_at(due_day(DEADLINES["LOCATION_ANSWER"], asked_on, known.rules, known.closed_on))
