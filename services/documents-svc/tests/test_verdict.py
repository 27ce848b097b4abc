from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chassis.calendar import due_at
from documents_svc.slots.verdict import Verdict, judge

CLOSE = due_at(date(2026, 11, 1))  # the night on which the clocks go back
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
HOUR = timedelta(minutes=60)

moments = st.integers(-7_300_000_000, 7_300_000_000).map(lambda micro: CLOSE + timedelta(microseconds=micro))


def verdict(started: datetime, received: datetime, late_minutes: int = 60) -> Verdict:
    return judge(started_at=started, received_at=received, closes_at=CLOSE, late_minutes=late_minutes)


@given(received=moments, lead=st.timedeltas(timedelta(0), timedelta(days=7)))
def test_what_is_received_before_the_close_plus_one_second_is_in_time_and_nothing_else_is(received, lead):
    assert (verdict(received - lead, received) is Verdict.IN_TIME) == (received < CLOSE + SECOND)


@given(started=moments, received=moments)
def test_late_is_what_began_in_time_and_ended_within_the_late_minutes(started, received):
    began, ended = started < CLOSE + SECOND, CLOSE + SECOND <= received < CLOSE + HOUR + SECOND
    assert (verdict(started, received) is Verdict.LATE) == (began and ended)


@given(started=moments, received=moments, more=st.timedeltas(timedelta(0), timedelta(days=30)))
def test_an_extension_never_makes_a_verdict_worse(started, received, more):
    order = list(Verdict)
    extended = judge(started_at=started, received_at=received, closes_at=CLOSE + more, late_minutes=60)
    assert order.index(extended) <= order.index(verdict(started, received))


def test_both_sides_of_the_second():
    start = CLOSE - HOUR
    assert verdict(start, CLOSE + SECOND - TICK) is Verdict.IN_TIME
    assert verdict(start, CLOSE + SECOND) is Verdict.LATE
    assert verdict(start, CLOSE + HOUR + SECOND - TICK) is Verdict.LATE
    assert verdict(start, CLOSE + HOUR + SECOND) is Verdict.REFUSED
    assert verdict(CLOSE + SECOND - TICK, CLOSE + HOUR) is Verdict.LATE
    assert verdict(CLOSE + SECOND, CLOSE + HOUR) is Verdict.REFUSED


def test_without_late_minutes_everything_after_the_close_is_refused():
    assert verdict(CLOSE - HOUR, CLOSE + SECOND, late_minutes=0) is Verdict.REFUSED


def test_the_close_is_told_in_eastern_time():
    assert datetime(2026, 11, 2, 1, 59, 59, tzinfo=UTC) == CLOSE
