"""When something is due in a round: the catalogue (`events.deadlines`) by the round's rule set.

The catalogue is data and stands beside the rule set, because contracts-svc and notices-svc work by the same lines; the
arithmetic is `chassis.deadlines`. What is left here is the program's one date that is no sum: the covered document
review date.
"""

from datetime import date, timedelta

from chassis.calendar import Closings
from chassis.deadlines import alert_days, due_day
from events.deadlines import DEADLINES
from events.rule_set import RuleSet


def due(code: str, trigger_date: date, rules: RuleSet, closings: Closings = ()) -> date:
    """Return the last day of a deadline, by its code. To be stored where it is told: never computed again.

    Raises KeyError for an unknown code, and `NoSuchDeadline` where the rule set gives it no length.
    """
    return due_day(DEADLINES[code], trigger_date, rules, closings)


def alerts(code: str, trigger_date: date, rules: RuleSet) -> list[date]:
    """Return the days on which the program warns itself of a deadline. Raises KeyError for an unknown code."""
    return alert_days(DEADLINES[code], trigger_date, rules)


def review_date(opens: date, closes: date, rules: RuleSet) -> date:
    """Return the covered document review date (CDRD): the later of close minus, and open plus, the offset.

    42 CFR 414.414(d)(2); domain/lifecycle.md 2.1. Never rolled forward to a business day.
    """
    offset = timedelta(days=rules.cdrd_offset_days)
    return max(closes - offset, opens + offset)
