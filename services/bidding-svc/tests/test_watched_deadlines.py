"""What a round's administrators are warned of: the last day on which bidders may be told of missing documents."""

from datetime import date, timedelta

import pytest

from bidding_svc.rounds import set_up_views
from bidding_svc.rounds.calendar import Certainty
from bidding_svc.rounds.watching import watched
from chassis import program_time
from chassis.calendar import midnight
from chassis.database import Fence
from tests.rounds.at_hand import (
    ADMINISTRATOR,
    CDRD,
    CODE,
    OPENS,
    an_announced_round,
    moved_on,
    round_of,
    set_date,
)

pytestmark = pytest.mark.database
DUE = date(2029, 11, 17)  # CDRD 2029-08-19 and 90 days, not rolled off the Saturday
ALERTS = [CDRD + timedelta(days=days) for days in (60, 75, 85)]


async def an_open_window(bidding):
    await an_announced_round(bidding)
    await moved_on(bidding, midnight(OPENS))


async def seen_on(bidding, monkeypatch, day: date):
    monkeypatch.setattr(program_time, "now", lambda: midnight(day))
    async with bidding.reading(Fence.staff()) as session:
        [watch] = (await set_up_views.read_set_up(session, ADMINISTRATOR, CODE)).deadlines
    return watch


async def test_the_set_up_of_a_round_warns_at_60_75_and_85_days_that_notices_are_due(bidding, monkeypatch):
    await an_open_window(bidding)
    watch = await seen_on(bidding, monkeypatch, ALERTS[0] - timedelta(days=1))
    assert (watch.code, watch.due_on, watch.alerts_on, watch.alert_on) == ("CDRD_NOTICE", DUE, ALERTS, None)
    for day in ALERTS:
        assert (await seen_on(bidding, monkeypatch, day)).alert_on == day
    last, after = [await seen_on(bidding, monkeypatch, DUE + timedelta(days=days)) for days in (0, 1)]
    assert (last.is_missed, after.is_missed, after.alert_on) == (False, True, ALERTS[2])


@pytest.mark.parametrize(("met_on", "missed"), [(DUE, False), (DUE + timedelta(days=1), True)])
async def test_once_the_notices_went_out_nobody_is_warned_and_a_late_day_stays_late(bidding, met_on, missed):
    await an_open_window(bidding)
    await set_date(bidding, "cdrd-notices", met_on, Certainty.TARGET, at=midnight(OPENS))
    [watch] = watched(await round_of(bidding))
    assert watch.alert_on(ALERTS[1]) == ALERTS[1]
    await set_date(bidding, "cdrd-notices", met_on, Certainty.ACTUAL, at=midnight(OPENS))
    [watch] = watched(await round_of(bidding))
    assert (watch.met_on, watch.alert_on(DUE), watch.is_missed(DUE + timedelta(days=30))) == (met_on, None, missed)


async def test_a_round_whose_window_has_not_opened_watches_nothing(bidding):
    await an_announced_round(bidding)
    assert watched(await round_of(bidding)) == []
