"""The calendar of a round: its dates, how they may change, and how they move the round."""

from datetime import date, timedelta

import pytest

from bidding_svc.rounds import views
from bidding_svc.rounds.calendar import (
    ActualStaysActual,
    Certainty,
    ComputedDate,
    DateHasPassed,
    DateInThePast,
    DatesOutOfOrder,
    ReasonMissing,
    UnknownDate,
)
from bidding_svc.rounds.competition import Contest
from bidding_svc.rounds.phase import Phase
from chassis.calendar import due_at, midnight
from chassis.database import Fence
from events.rounds import RoundState
from tests.rounds.at_hand import (
    ADMINISTRATOR,
    ANNOUNCED,
    CDRD,
    CLOSES,
    CODE,
    OFFICIAL,
    OPENS,
    an_announced_round,
    moved_on,
    round_of,
    said,
    set_date,
    states,
)

pytestmark = pytest.mark.database


async def test_a_changed_date_keeps_what_stood_there_with_who_when_and_why(bidding):
    await an_announced_round(bidding)
    later = CLOSES + timedelta(days=7)
    await set_date(bidding, "window-closes", later, reason="  The Request for Bids came late. ")
    async with bidding.reading(Fence.staff()) as session:
        calendar = await views.read_calendar(session, ADMINISTRATOR, CODE)
        shown = await views.read_calendar(session, OFFICIAL, CODE)
    change, review = calendar.changes[-2:]
    assert (change.date_code, change.old_on, change.on) == ("window-closes", CLOSES, later)
    assert (change.changed_by, change.changed_at) == ("RHOLLIS02", ANNOUNCED)
    assert change.reason == "The Request for Bids came late."
    assert (review.date_code, review.old_on, review.on) == ("cdrd", CDRD, CDRD + timedelta(days=7))
    assert {each.code: each.on for each in calendar.dates}["window-closes"] == later
    assert {each.changed_by for each in shown.changes} == {None}
    assert (await said(bidding, RoundState))[-1].calendar != (await said(bidding, RoundState))[0].calendar


async def test_a_target_date_becomes_actual_and_never_a_target_again(bidding):
    await an_announced_round(bidding)
    await set_date(bidding, "window-opens", OPENS, Certainty.ACTUAL)
    with pytest.raises(ActualStaysActual):
        await set_date(bidding, "window-opens", OPENS, Certainty.TARGET)
    async with bidding.reading(Fence.staff()) as session:
        last = (await views.read_calendar(session, ADMINISTRATOR, CODE)).changes[-1]
    assert (last.old_certainty, last.certainty, last.old_on) == (Certainty.TARGET, Certainty.ACTUAL, OPENS)


@pytest.mark.parametrize(
    ("code", "on", "reason", "refused"),
    [
        ("cdrd", CDRD, "Why not.", ComputedDate),
        ("window-closes", OPENS, "Too short.", DatesOutOfOrder),
        ("registration-opens", OPENS + timedelta(days=1), "After the window.", DatesOutOfOrder),
        ("window-closes", CLOSES, "  ", ReasonMissing),
        ("some-day", CLOSES, "Unknown.", UnknownDate),
        ("registration-opens", date(2029, 3, 7), "Today has begun.", DateInThePast),
    ],
)
async def test_a_date_that_cannot_be_is_refused(bidding, code, on, reason, refused):
    await an_announced_round(bidding)
    with pytest.raises(refused):
        await set_date(bidding, code, on, reason=reason)


async def test_a_date_that_has_passed_stays(bidding):
    await an_announced_round(bidding)
    await moved_on(bidding, midnight(OPENS))
    with pytest.raises(DateHasPassed):
        await set_date(bidding, "window-opens", OPENS + timedelta(days=1), Certainty.ACTUAL, at=midnight(OPENS))


async def test_the_calendar_moves_a_round_through_registration_and_window_to_its_close(bidding):
    await an_announced_round(bidding, **{"bidding-registration-closes": date(2029, 8, 16)})
    seen = []
    for at in (
        midnight(date(2029, 6, 11)),
        midnight(OPENS),
        due_at(date(2029, 8, 16)) + timedelta(seconds=1),
        due_at(CLOSES) + timedelta(milliseconds=999),
        due_at(CLOSES) + timedelta(seconds=1),
    ):
        await moved_on(bidding, at)
        found = await round_of(bidding)
        seen.append((found.phase, found.registration_closed))
    assert seen == [
        (Phase.REGISTRATION, False),
        (Phase.BIDDING, False),
        (Phase.BIDDING, True),
        (Phase.BIDDING, True),
        (Phase.EVALUATION, True),
    ]
    assert set((await states(bidding)).values()) == {Contest.CLOSED}
    assert (await round_of(bidding)).date_of("cdrd").certainty is Certainty.ACTUAL
