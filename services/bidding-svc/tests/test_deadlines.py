"""The deadline catalogue by the published dates, and by what must hold for any date."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bidding_svc.deadlines.due import alerts, due, review_date
from bidding_svc.rounds import reference
from chassis.calendar import EASTERN, due_at, in_time, is_business_day
from chassis.deadlines import NoSuchDeadline
from events.deadlines import DEADLINES, Parameter

R2021 = reference.load("round-2021").rule_set
R2028 = reference.load("round-2028").rule_set
OLDER = R2021.model_copy(
    update={"change_of_ownership": R2021.change_of_ownership.model_copy(update={"notice_days_before": 60})}
)

FIXED = {"BID_CLOSE", "CDRD"}
COUNTED = sorted(DEADLINES.keys() - FIXED)
OUTSIDE = {"bidder", "AO or BAO", "supplier", "contract supplier", "successor"}
DAYS = st.dates(date(2008, 1, 1), date(2048, 12, 31))
NEAR_A_CHANGE_OF_CLOCKS = st.sampled_from(
    [
        date(2019, 3, 9),  # the day before daylight-saving time begins, the day itself, the day after
        date(2019, 3, 10),
        date(2019, 3, 11),
        date(2019, 11, 2),  # and ends
        date(2019, 11, 3),
        date(2019, 11, 4),
        date(2020, 2, 29),
        date(2024, 2, 29),
        date(2019, 12, 31),
        date(2021, 12, 31),
    ]
)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("code", "start", "last"),
    [
        ("CDRD_NOTICE", "2019-08-19", "2019-11-17"),
        ("CDRD_RESPONSE", "2019-11-15", "2019-12-02"),
        ("BFB_RESPONSE", "2019-10-31", "2019-11-15"),
        ("PBE_RESPONSE", "2019-12-03", "2019-12-17"),
        ("OFFER_RESPONSE", "2020-10-27", "2020-11-10"),
        ("INQUIRY", "2020-10-27", "2020-11-27"),
        ("BOND_RETURN", "2020-11-20", "2021-02-18"),
        ("LATE_OFFER_BOND", "2020-11-20", "2021-02-18"),
        ("FORM_C", "2020-12-31", "2021-01-15"),
        ("FORM_C", "2021-06-30", "2021-07-15"),
        ("FORM_C", "2021-12-31", "2022-01-14"),
        ("FORM_C", "2022-06-30", "2022-07-15"),
        ("FORM_C", "2022-12-31", "2023-01-17"),
        ("FORM_C", "2023-06-30", "2023-07-17"),
        ("CAP_SUBMIT", "2022-03-01", "2022-03-31"),
        ("HEARING_REQUEST", "2022-03-01", "2022-03-31"),
        ("BREACH_EFFECT", "2022-03-01", "2022-04-15"),
        ("NOVATION", "2022-05-02", "2022-05-12"),
        ("CMS_EVIDENCE", "2022-05-02", "2022-05-12"),
    ],
)
def test_a_deadline_falls_on_the_published_day(code, start, last):
    assert due(code, day(start), R2021) == day(last)


def test_the_covered_document_review_date_of_round_2021_is_the_published_one():
    assert review_date(day("2019-07-16"), day("2019-09-18"), R2021) == day("2019-08-19")


def test_the_covered_document_review_date_is_never_earlier_than_thirty_days_after_the_opening():
    assert review_date(day("2026-01-01"), day("2026-02-20"), R2021) == day("2026-01-31")


def test_the_notice_of_the_review_date_is_warned_of_in_time():
    warned = alerts("CDRD_NOTICE", day("2019-08-19"), R2021)
    assert warned == [day("2019-10-18"), day("2019-11-02"), day("2019-11-12")]
    assert max(warned) < due("CDRD_NOTICE", day("2019-08-19"), R2021)
    assert alerts("INQUIRY", day("2020-10-27"), R2021) == []


@pytest.mark.parametrize(
    ("code", "event", "last"),
    [
        ("CHOW_DOCS", "2022-05-02", "2022-05-01"),  # before the effective date itself
        ("CHOW_NOTICE_OLD", "2022-05-02", "2022-03-03"),
        ("HEARING_NOTICE", "2022-05-02", "2022-04-02"),
        ("EVIDENCE_SHARE", "2022-05-02", "2022-04-17"),
    ],
)
def test_a_deadline_that_counts_back_stands_where_it_falls_also_on_a_weekend(code, event, last):
    assert due(code, day(event), OLDER) == day(last)


def test_a_subcontract_is_disclosed_within_ten_days_of_the_kind_the_rule_set_names():
    by_regulation = R2021.model_copy(update={"subcontract_day_kind": "calendar"})
    for code in ("SUBCONTRACT_INITIAL", "SUBCONTRACT_NEW"):
        assert due(code, day("2021-01-01"), R2021) == day("2021-01-15")
        assert due(code, day("2021-01-01"), by_regulation) == day("2021-01-11")


def test_an_inquiry_rolls_forward_where_the_rule_set_says_so():
    unrolled = R2021.model_copy(update={"inquiry_rolls_forward": False})
    assert due("INQUIRY", day("2020-10-27"), unrolled) == day("2020-11-26")


def test_a_closing_declared_for_a_day_moves_what_somebody_outside_must_do_and_nothing_else():
    closed = {day("2019-12-17"), day("2019-11-17"), day("2022-04-15")}
    assert due("PBE_RESPONSE", day("2019-12-03"), R2021, closed) == day("2019-12-18")
    assert due("CDRD_NOTICE", day("2019-08-19"), R2021, closed) == day("2019-11-17")
    assert due("BREACH_EFFECT", day("2022-03-01"), R2021, closed) == day("2022-04-15")


@pytest.mark.parametrize("code", sorted(FIXED | {"CHOW_NOTICE_OLD"}))
def test_a_deadline_the_rule_set_gives_no_length_is_refused(code):
    with pytest.raises(NoSuchDeadline):
        due(code, day("2022-05-02"), R2028)


def test_an_unknown_deadline_is_refused():
    with pytest.raises(KeyError):
        due("SOME_DAY", day("2022-05-02"), R2021)


@pytest.mark.parametrize("rules", [R2021, R2028], ids=["R2021", "R2028"])
@pytest.mark.parametrize("code", sorted(DEADLINES))
def test_every_line_names_parameters_that_the_rule_set_has(rules, code):
    for value in (DEADLINES[code].length, DEADLINES[code].kind, DEADLINES[code].rolls_forward, DEADLINES[code].alerts):
        if isinstance(value, Parameter):
            found = rules
            for name in value.name.split("."):
                assert name in type(found).model_fields, value
                found = getattr(found, name)


def test_whoever_acts_from_outside_never_has_to_act_on_a_day_without_business():
    for code in COUNTED:
        line = DEADLINES[code]
        if line.who in OUTSIDE and not line.counts_back:
            for offset in range(366 * 2):
                last = due(code, day("2019-06-01") + timedelta(days=offset), R2021)
                assert is_business_day(last), (code, last)
        else:
            assert line.rolls_forward is False, code


@given(st.sampled_from(COUNTED), DAYS | NEAR_A_CHANGE_OF_CLOCKS)
def test_a_deadline_never_lies_on_the_wrong_side_of_its_trigger(code, trigger):
    last = due(code, trigger, OLDER)
    assert last < trigger if DEADLINES[code].counts_back else last > trigger


@given(st.sampled_from(COUNTED), DAYS | NEAR_A_CHANGE_OF_CLOCKS)
def test_a_later_trigger_never_brings_an_earlier_deadline(code, trigger):
    assert due(code, trigger, OLDER) <= due(code, trigger + timedelta(days=1), OLDER)


@given(st.sampled_from(COUNTED), DAYS | NEAR_A_CHANGE_OF_CLOCKS)
@example("CDRD_RESPONSE", date(2019, 2, 22))  # due on the eve of the clocks' change
@example("FORM_C", date(2020, 12, 31))
def test_the_last_second_of_a_deadline_is_in_time_and_the_next_one_is_not(code, trigger):
    last = due(code, trigger, OLDER)
    until = due_at(last)
    local = until.astimezone(EASTERN)
    assert (local.date(), local.hour, local.minute, local.second) == (last, 20, 59, 59)
    assert in_time(until - timedelta(seconds=1), until)
    assert in_time(until + timedelta(microseconds=999_999), until)
    assert not in_time(until + timedelta(seconds=1), until)


@given(DAYS | NEAR_A_CHANGE_OF_CLOCKS, st.integers(1, 200))
def test_the_review_date_leaves_thirty_days_after_the_opening_and_moves_with_a_later_close(opens, length):
    closes = opens + timedelta(days=length)
    found = review_date(opens, closes, R2021)
    assert found >= opens + timedelta(days=30)
    assert found == max(closes - timedelta(days=30), opens + timedelta(days=30))
    assert review_date(opens, closes + timedelta(days=1), R2021) >= found


@pytest.mark.parametrize(
    ("start", "instant"),
    [
        ("2019-02-22", datetime(2019, 3, 9, 1, 59, 59, tzinfo=UTC)),  # Friday, still standard time
        ("2019-02-25", datetime(2019, 3, 12, 0, 59, 59, tzinfo=UTC)),  # Monday after the change
        ("2019-10-18", datetime(2019, 11, 2, 0, 59, 59, tzinfo=UTC)),  # Friday, still daylight-saving time
        ("2019-10-21", datetime(2019, 11, 5, 1, 59, 59, tzinfo=UTC)),  # Monday after the change
        ("2024-02-15", datetime(2024, 3, 2, 1, 59, 59, tzinfo=UTC)),  # over a leap day and Washington's Birthday
        ("2021-12-17", datetime(2022, 1, 5, 1, 59, 59, tzinfo=UTC)),  # over two observed holidays and a year's end
    ],
)
def test_ten_business_days_end_at_the_same_wall_clock_on_both_sides_of_a_change(start, instant):
    assert due_at(due("PBE_RESPONSE", day(start), R2021)) == instant
