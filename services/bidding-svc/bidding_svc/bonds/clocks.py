"""The clocks of bonds: they start when CMS announces the contract suppliers (42 CFR 414.412(h); lifecycle.md 2.1)."""

from dataclasses import dataclass
from datetime import date, datetime

from bidding_svc.deadlines.due import alerts, due
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.calendar import Closings, due_at, eastern_day, midnight

ANNOUNCED_IN = (Phase.ANNOUNCED_SUPPLIERS, Phase.PERFORMANCE, Phase.EXPIRED)
ANNOUNCEMENT = "suppliers-announced"


@dataclass(frozen=True)
class Clocks:
    """What is told of a round's bonds once, and stored.

    `return_due_at` is the last instant of the return, unrolled; `warn_at` the beginning of the day on which the program
    warns itself; `late_offers_until` until when an offer still puts a bond at risk, None where no offer follows.
    """

    return_due_at: datetime
    warn_at: datetime
    late_offers_until: datetime | None


def clocks(round_: Round, closings: Closings = ()) -> Clocks | None:
    """Return the clocks of a round's bonds; None while they do not run.

    A cancelled round returns its bonds (lifecycle.md 4.1): within as many days from the day it was cancelled.
    """
    started_on = _started_on(round_)
    if started_on is None:
        return None
    warn_on = min(alerts("BOND_RETURN", started_on, round_.rules), default=started_on)
    return Clocks(
        return_due_at=due_at(due("BOND_RETURN", started_on, round_.rules, closings)),
        warn_at=midnight(warn_on),
        late_offers_until=late_offers_until(round_, closings),
    )


def late_offers_until(round_: Round, closings: Closings = ()) -> datetime | None:
    """Return until when an offer of this round puts a bond at risk; None before the announcement: any does."""
    announced_on = _announced_on(round_)
    return None if announced_on is None else due_at(due("LATE_OFFER_BOND", announced_on, round_.rules, closings))


def _started_on(round_: Round) -> date | None:
    if round_.is_cancelled and round_.cancelled_at is not None:
        return eastern_day(round_.cancelled_at)
    return _announced_on(round_)


def _announced_on(round_: Round) -> date | None:
    if round_.phase in ANNOUNCED_IN and round_.has_date(ANNOUNCEMENT):
        return round_.date_of(ANNOUNCEMENT).on
    return None
