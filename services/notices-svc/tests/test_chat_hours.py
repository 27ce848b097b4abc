"""When chats are answered: the calendar's hours, and what operators say of a day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis import calendar
from notices_svc.chat.hours import ChatDay, opening_at


def eastern(*when: int) -> datetime:
    return datetime(*when, tzinfo=calendar.EASTERN).astimezone(UTC)


def a_day(day: date, opens: time | None, closes: time | None) -> dict[date, ChatDay]:
    return {day: ChatDay(day=day, opens=opens, closes=closes, set_at=datetime.now(UTC))}


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ((2026, 11, 24, 8, 59, 59), False),
        ((2026, 11, 24, 9, 0, 0), True),
        ((2026, 11, 24, 17, 29, 59), True),
        ((2026, 11, 24, 17, 30, 0), False),
        ((2026, 11, 26, 12, 0, 0), False),  # Thanksgiving
        ((2026, 11, 27, 12, 0, 0), True),  # the Friday after is a business day
        ((2026, 11, 28, 12, 0, 0), False),  # Saturday
    ],
)
def test_the_help_desk_answers_in_business_hours(at, is_open):
    assert opening_at(eastern(*at), {}).is_open is is_open


def test_closed_it_says_when_it_opens_next():
    found = opening_at(eastern(2026, 11, 25, 18), {})  # the evening before Thanksgiving
    assert found.opens_at == eastern(2026, 11, 27, 9)


def test_operators_keep_it_open_longer_at_the_end_of_a_bid_window():
    other = a_day(date(2026, 11, 24), time(9), time(21))
    assert opening_at(eastern(2026, 11, 24, 20, 59), other).is_open
    assert not opening_at(eastern(2026, 11, 24, 21), other).is_open


def test_operators_close_a_day_and_open_a_holiday():
    closed = a_day(date(2026, 11, 24), None, None)
    assert opening_at(eastern(2026, 11, 24, 12), closed).opens_at == eastern(2026, 11, 25, 9)
    opened = a_day(date(2026, 11, 26), time(10), time(14))
    assert opening_at(eastern(2026, 11, 26, 12), opened).is_open


@given(st.integers(0, 12 * 365 * 86_400).map(lambda seconds: eastern(2020, 1, 1) + timedelta(seconds=seconds)))
def test_whatever_the_moment_it_is_open_or_says_when_it_opens(at):
    found = opening_at(at, {})
    assert found.opens_at is not None
    assert found.closes_at is not None
    assert found.is_open == (found.opens_at <= at < found.closes_at)
    assert found.is_open or at < found.opens_at <= at + timedelta(days=5)
    assert found.closes_at - found.opens_at == timedelta(hours=8, minutes=30)
