from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.calendar import (
    EASTERN,
    add_business_days,
    add_calendar_days,
    business_days_before,
    due_at,
    eastern_day,
    in_time,
    is_business_day,
    latest_missed,
    stage,
    time_left,
    within,
    write_day,
    write_moment,
)

DAYS = st.dates(date(2008, 1, 1), date(2048, 12, 31))
COUNTS = st.integers(1, 120)
CLOSINGS = st.frozensets(DAYS, max_size=20)
INSTANTS = st.datetimes(datetime(2008, 1, 1), datetime(2048, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - made aware by the strategy
DST_NIGHTS = [date(2019, 3, 10), date(2019, 11, 3), date(2024, 3, 10), date(2028, 11, 5)]


def day(text: str) -> date:
    return date.fromisoformat(text)


def eastern(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


# The vectors of the domain's lifecycle chapter, section 2.2. CDRD itself is computed by bidding.


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2019-11-15", 10, "2019-12-02"),
        ("2019-10-31", 10, "2019-11-15"),
        ("2019-12-03", 10, "2019-12-17"),
        ("2020-10-27", 10, "2020-11-10"),
        ("2020-12-31", 10, "2021-01-15"),
        ("2021-06-30", 10, "2021-07-15"),
        ("2021-12-31", 10, "2022-01-14"),
        ("2022-06-30", 10, "2022-07-15"),
        ("2022-12-31", 10, "2023-01-17"),
        ("2023-06-30", 10, "2023-07-17"),
        ("2022-07-01", 10, "2022-07-18"),
    ],
)
def test_business_day_deadlines_are_those_that_were_published(start: str, days: int, due: str) -> None:
    assert add_business_days(day(start), days) == day(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2019-08-19", 90, "2019-11-17"),
        ("2020-11-20", 90, "2021-02-18"),
        ("2022-03-01", 30, "2022-03-31"),
        ("2022-03-01", 45, "2022-04-15"),
        ("2022-05-02", 10, "2022-05-12"),
        ("2019-07-16", 30, "2019-08-15"),
        ("2019-09-18", -30, "2019-08-19"),
    ],
)
def test_calendar_day_deadlines_are_those_that_were_published(start: str, days: int, due: str) -> None:
    assert add_calendar_days(day(start), days, roll_forward=False) == day(due)


def test_a_calendar_deadline_on_thanksgiving_rolls_to_the_friday_after_it() -> None:
    assert add_calendar_days(day("2020-10-27"), 30, roll_forward=True) == day("2020-11-27")
    assert add_calendar_days(day("2020-10-27"), 30, roll_forward=False) == day("2020-11-26")


@pytest.mark.parametrize(
    ("closed", "why"),
    [
        ("2019-11-11", "Veterans Day"),
        ("2020-07-03", "Independence Day on a Saturday is observed on Friday"),
        ("2021-07-05", "Independence Day on a Sunday is observed on Monday"),
        ("2021-12-31", "New Year's Day of the next year on a Saturday"),
        ("2023-01-02", "New Year's Day on a Sunday"),
        ("2021-06-18", "the first Juneteenth"),
        ("2022-06-20", "Juneteenth on a Sunday"),
        ("2020-10-12", "Columbus Day"),
    ],
)
def test_federal_holidays_are_closed_on_the_day_they_are_observed(closed: str, why: str) -> None:
    assert not is_business_day(day(closed)), why


@pytest.mark.parametrize("open_", ["2020-06-19", "2019-11-29", "2020-11-27", "2021-01-20"])
def test_juneteenth_before_2021_and_the_friday_after_thanksgiving_are_business_days(open_: str) -> None:
    assert is_business_day(day(open_))


def test_a_closing_of_the_operators_table_moves_a_deadline_by_a_day() -> None:
    closings = {day("2019-12-16")}
    assert add_business_days(day("2019-12-03"), 10, closings) == day("2019-12-18")


def test_a_deadline_of_no_days_is_refused() -> None:
    with pytest.raises(ValueError, match="ahead"):
        add_business_days(day("2019-12-03"), 0)


def test_the_cut_off_is_one_second_before_nine_in_the_evening_eastern_time() -> None:
    assert due_at(day("2019-12-17")) == datetime(2019, 12, 18, 1, 59, 59, tzinfo=UTC)
    assert due_at(day("2019-09-18")) == datetime(2019, 9, 19, 0, 59, 59, tzinfo=UTC)
    assert due_at(day("2019-09-18")).tzinfo is UTC


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2019-09-18T20:59:58.999999", True),
        ("2019-09-18T20:59:59", True),
        ("2019-09-18T20:59:59.500", True),
        ("2019-09-18T20:59:59.999999", True),
        ("2019-09-18T21:00:00", False),
        ("2019-09-18T21:00:00.000001", False),
    ],
)
def test_the_last_second_is_in_time_to_its_end_and_nothing_after_it(received: str, expected: bool) -> None:
    assert in_time(eastern(received), due_at(day("2019-09-18"))) is expected


def test_a_time_without_an_offset_is_no_instant_that_could_be_judged() -> None:
    without = datetime(2019, 9, 18, 20, 59, 59)  # noqa: DTZ001 - what the test is about
    with pytest.raises(ValueError, match="no instant"):
        in_time(without, due_at(day("2019-09-18")))


def test_the_line_is_the_same_in_whatever_zone_the_two_times_are_told() -> None:
    assert in_time(datetime(2019, 9, 19, 0, 59, 59, tzinfo=UTC), eastern("2019-09-18T20:59:59"))
    assert not in_time(datetime(2019, 9, 19, 1, 0, 0, tzinfo=UTC), eastern("2019-09-18T20:59:59"))


@given(INSTANTS, st.integers(-3_000_000, 3_000_000))
def test_queries_and_the_rule_draw_the_same_line(due: datetime, microseconds: int) -> None:
    at = due + timedelta(microseconds=microseconds)
    assert (due <= latest_missed(at)) is not in_time(at, due)


@given(DAYS)
def test_every_day_has_its_cut_off_at_the_same_local_time(some_day: date) -> None:
    local = due_at(some_day).astimezone(EASTERN)
    assert (local.date(), local.hour, local.minute, local.second) == (some_day, 20, 59, 59)
    assert eastern_day(due_at(some_day)) == some_day


@pytest.mark.parametrize("night", DST_NIGHTS)
def test_the_day_the_clocks_change_is_an_hour_shorter_or_longer(night: date) -> None:
    length = due_at(night) - due_at(night - timedelta(days=1))
    assert length == timedelta(hours=23 if night.month == 3 else 25)


@pytest.mark.parametrize("night", DST_NIGHTS)
def test_a_millisecond_decides_also_on_the_night_the_clocks_change(night: date) -> None:
    for close in (due_at(night - timedelta(days=1)), due_at(night)):
        assert in_time(close + timedelta(milliseconds=999), close)
        assert not in_time(close + timedelta(milliseconds=1000), close)


@given(DAYS, COUNTS, CLOSINGS)
def test_exactly_as_many_business_days_lie_between_start_and_due_as_were_given(
    start: date, count: int, closings: frozenset[date]
) -> None:
    due = add_business_days(start, count, closings)
    between = [start + timedelta(days=n) for n in range(1, (due - start).days + 1)]
    assert sum(is_business_day(d, closings) for d in between) == count
    assert is_business_day(due, closings)


@given(DAYS, st.integers(0, 120), CLOSINGS)
def test_rolling_forward_lands_on_the_first_business_day_not_before_the_date(
    start: date, count: int, closings: frozenset[date]
) -> None:
    plain = add_calendar_days(start, count, roll_forward=False)
    rolled = add_calendar_days(start, count, roll_forward=True, closings=closings)
    assert plain == start + timedelta(days=count)
    assert is_business_day(rolled, closings)
    assert not any(is_business_day(plain + timedelta(days=n), closings) for n in range((rolled - plain).days))


@given(DAYS, DAYS, COUNTS)
def test_a_later_start_never_has_an_earlier_deadline(one: date, other: date, count: int) -> None:
    first, second = sorted((one, other))
    assert add_business_days(first, count) <= add_business_days(second, count)


@pytest.mark.parametrize("year", range(2008, 2049))
def test_each_year_has_its_federal_holidays_and_no_more(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if year % 4 == 0 else 365)]
    closed = [d for d in days if d.weekday() < 5 and not is_business_day(d)]
    held = 11 if year >= 2021 else 10
    # A New Year's Day observed on December 31 belongs to the year before.
    held -= date(year, 1, 1).weekday() == 5
    held += date(year + 1, 1, 1).weekday() == 5
    assert len(closed) == held


def test_a_leap_day_counts_like_any_other() -> None:
    assert add_calendar_days(day("2028-02-28"), 1, roll_forward=False) == day("2028-02-29")
    assert add_business_days(day("2028-02-28"), 2) == day("2028-03-01")


def test_moments_are_written_in_full_with_the_zone_of_that_date() -> None:
    assert write_moment(due_at(day("2019-12-17"))) == "Tuesday, December 17, 2019, 8:59:59 p.m. EST"
    assert write_moment(due_at(day("2019-09-18"))) == "Wednesday, September 18, 2019, 8:59:59 p.m. EDT"
    assert write_moment(due_at(day("2019-08-19")), short=True) == "Mon, Aug 19, 2019, 8:59:59 p.m. EDT"
    assert write_day(day("2021-01-05")) == "Tuesday, January 5, 2021"


def test_midnight_and_noon_are_twelve() -> None:
    assert write_moment(eastern("2020-01-06T00:05:00")) == "Monday, January 6, 2020, 12:05:00 a.m. EST"
    assert write_moment(eastern("2020-01-06T12:00:00")) == "Monday, January 6, 2020, 12:00:00 p.m. EST"


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=8, hours=9, minutes=59), "8 days 9 hours left"),
        (timedelta(days=25, minutes=3), "25 days left"),
        (timedelta(days=3, hours=1), "3 days 1 hour left"),
        (timedelta(hours=48, seconds=1), "2 days left"),
        (timedelta(hours=47, minutes=59, seconds=58), "47 hours 59 minutes left"),
        (timedelta(hours=7), "7 hours left"),
        (timedelta(hours=1, minutes=1), "1 hour 1 minute left"),
        (timedelta(minutes=59, seconds=3), "59 minutes 4 seconds left"),
        (timedelta(seconds=0), "1 second left"),
        (timedelta(milliseconds=-500), "less than a second left"),
        (timedelta(seconds=-1), "closed"),
        (timedelta(days=-4), "closed"),
    ],
)
def test_time_left_is_said_in_two_units_at_most(left: timedelta, said: str) -> None:
    due = due_at(day("2019-09-18"))
    assert time_left(due - left, due) == said


@given(INSTANTS, st.timedeltas(timedelta(days=-2), timedelta(days=400)))
def test_time_left_says_closed_exactly_when_it_is_too_late(due: datetime, left: timedelta) -> None:
    assert (time_left(due - left, due) == "closed") is not in_time(due - left, due)


def test_a_deadline_is_soon_in_its_last_three_days_and_past_when_missed() -> None:
    due = due_at(day("2019-09-18"))
    assert stage(due - timedelta(days=3, seconds=1), due) == "open"
    assert stage(due - timedelta(days=2, hours=23), due) == "soon"
    assert stage(due, due) == "soon"
    assert stage(due + timedelta(seconds=1), due) == "past"


@given(DAYS, DAYS, DAYS)
def test_a_day_is_within_a_period_from_its_first_day_to_its_last(one: date, other: date, some_day: date) -> None:
    first, last = sorted((one, other))
    assert within(some_day, first, last) == (some_day in {first, last} or first < some_day < last)
    assert within(first, first, first)
    assert within(some_day, first, None) == (first <= some_day)
    assert within(some_day, None, last) == (some_day <= last)
    assert within(some_day, None, None)


@given(DAYS, st.integers(1, 20), CLOSINGS)
def test_of_the_business_day_so_many_before_a_day_the_day_is_the_one_so_many_after(
    end: date, count: int, closings: frozenset[date]
) -> None:
    before = business_days_before(end, count, closings)
    assert is_business_day(before, closings)
    after = add_business_days(before, count, closings)
    assert after == end if is_business_day(end, closings) else after > end
