"""Deadlines of the program itself that a round watches: when they end, when to warn, and whether they were met."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bidding_svc.deadlines.due import alerts, due
from bidding_svc.rounds.calendar import CDRD, Certainty
from bidding_svc.rounds.phase import Phase
from chassis.calendar import Closings
from events.deadlines import DEADLINES

if TYPE_CHECKING:
    from bidding_svc.rounds.round import Round

WATCHED = {"CDRD_NOTICE": (CDRD, "cdrd-notices")}
"""Deadlines that warn, each with the date of the calendar it runs from, and the one that says it was met."""
WATCHING = frozenset({Phase.BIDDING, Phase.EVALUATION, Phase.AWARDING})


@dataclass(frozen=True)
class Watch:
    """A deadline of a round: its last day, the days on which it warns, and the day it was met."""

    code: str
    trigger: str
    who: str
    missed: str
    due_on: date
    alerts_on: tuple[date, ...]
    met_on: date | None

    def alert_on(self, today: date) -> date | None:
        """Return the last warning day that has come, while the deadline is not met; None before the first."""
        return None if self.met_on else max((each for each in self.alerts_on if each <= today), default=None)

    def is_missed(self, today: date) -> bool:
        """Whether the last day has passed, or had passed when it was met."""
        return self.due_on < (self.met_on or today)


def watched(round_: "Round", closings: Closings = ()) -> list[Watch]:
    """Return the deadlines a round watches now: of CMS or CBIC, so nobody outside hears of them.

    42 CFR 414.414(d)(2); domain/lifecycle.md 2.1, CDRD_NOTICE: alerts at 60, 75 and 85 days by the rule set.
    """
    if round_.phase not in WATCHING:
        return []
    return [_watch(round_, code, closings) for code, (trigger, _) in WATCHED.items() if round_.has_date(trigger)]


def _watch(round_: "Round", code: str, closings: Closings) -> Watch:
    trigger, met = WATCHED[code]
    line, runs_from = DEADLINES[code], round_.date_of(trigger).on
    was_met = round_.has_date(met) and round_.date_of(met).certainty is Certainty.ACTUAL
    return Watch(
        code=code,
        trigger=line.trigger,
        who=line.who,
        missed=line.missed,
        due_on=due(code, runs_from, round_.rules, closings),
        alerts_on=tuple(alerts(code, runs_from, round_.rules)),
        met_on=round_.date_of(met).on if was_met else None,
    )
