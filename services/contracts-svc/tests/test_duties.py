"""The dates of a contract: as published, explained, stored, shown by permission, and as an ICS feed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from chassis.actor import Actor
from chassis.calendar import due_at, is_business_day
from chassis.database import Fence
from contracts_svc.contracts.permissions import VIEW
from contracts_svc.duties.planning import plan, plan_duties
from contracts_svc.duties.views import as_ics, read_calendar
from contracts_svc.locations import reviewing
from events.examples import BY_TYPE
from events.rounds import RoundState
from tests.contracts.house import ADMINISTRATOR, SIGNED

RULES = BY_TYPE[RoundState.TYPE].rule_set
R2021 = (date(2021, 1, 1), date(2023, 12, 31))


def dates(code, planned):
    return [each.due_on.isoformat() for each in planned if each.code == code]


def test_the_form_c_reports_of_round_2021_are_due_on_the_published_days():
    planned = plan(*R2021, date(2020, 11, 18), RULES)
    assert dates("FORM_C", planned) == [
        "2021-01-15",
        "2021-07-15",
        "2022-01-14",
        "2022-07-15",
        "2023-01-17",
        "2023-07-17",
    ]


def test_subcontractors_are_disclosed_ten_business_days_or_ten_days_after_the_contract_date():
    assert dates("SUBCONTRACT_INITIAL", plan(*R2021, date(2021, 1, 1), RULES)) == ["2021-01-15"]
    calendar_days = RULES.model_copy(update={"subcontract_day_kind": "calendar"})
    (duty,) = [each for each in plan(*R2021, date(2021, 1, 1), calendar_days) if each.code == "SUBCONTRACT_INITIAL"]
    assert (duty.due_on, duty.explanation) == (date(2021, 1, 11), "10 days after Friday, January 1, 2021")


def test_each_date_says_how_it_came_about_and_which_holidays_it_skips():
    reports = [each for each in plan(*R2021, date(2022, 6, 10), RULES) if each.code == "FORM_C"]
    assert reports[3].explanation == (
        "10 business days after Thursday, June 30, 2022, skipping Independence Day (July 4)"
    )
    (initial,) = [each for each in plan(*R2021, date(2022, 6, 10), RULES) if each.code == "SUBCONTRACT_INITIAL"]
    assert "Juneteenth" in initial.explanation
    assert initial.due_on == date(2022, 6, 27)


def test_a_day_on_which_offices_are_closed_is_skipped_and_named():
    closed = frozenset({date(2021, 1, 5)})
    reports = [each for each in plan(*R2021, date(2020, 11, 18), RULES, closed) if each.code == "FORM_C"]
    assert reports[0].due_on == date(2021, 1, 19)
    assert "10 business days" in reports[0].explanation
    assert "a day on which offices are closed (January 5)" in reports[0].explanation


@settings(deadline=None)
@given(st.dates(date(2019, 1, 1), date(2035, 1, 1)), st.integers(30, 1500), st.sampled_from([3, 6]))
def test_the_reports_cover_the_whole_period_and_are_due_on_business_days(starts_on, length, months):
    rules = RULES.model_copy(update={"form_c_months": months})
    planned = plan(starts_on, starts_on + timedelta(days=length), starts_on, rules)
    due = [each.due_on for each in planned if each.code == "FORM_C"]
    assert due == sorted(set(due))
    assert all(is_business_day(day) for day in due)
    assert abs(len(due) - length / (months * 30.44)) <= 1.1


@pytest.mark.database
async def test_dates_are_planned_once_and_shown_by_permission(supplier):
    await supplier.know_round()
    contract = await supplier.executed()

    async def planned():
        async with supplier.database.writing(Fence.system(), Actor.system("test")) as session:
            return await plan_duties(session, SIGNED, 100)

    assert await planned() >= 1
    assert await planned() == 0
    everything = supplier.person("Dana.Whitlock", VIEW, "form_c.view", "subcontract.submit", "location_change.view")
    async with supplier.reading() as session:
        seen = await read_calendar(session, everything, contract.id)
        little = await read_calendar(session, supplier.person("Eve.User", VIEW), contract.id)
    assert len([each for each in seen.duties if each.code == "FORM_C"]) == 6
    assert seen.duties[0].code == "SUBCONTRACT_INITIAL"
    assert {each.code for each in little.duties} == {"PERIOD_STARTS", "PERIOD_ENDS"}


@pytest.mark.database
async def test_what_is_asked_about_a_location_stands_in_the_calendar_of_those_who_may_know(supplier):
    await supplier.know_round()
    contract = await supplier.executed()
    asked_at = datetime(2028, 3, 6, 15, tzinfo=UTC)
    (change_id,) = await supplier.ask(supplier.person(), asked_at, comes=supplier.new)
    for verb, more in ((reviewing.take, ()), (reviewing.ask, ("Which licence?",))):
        change = await supplier.change(change_id)
        async with supplier.as_staff(ADMINISTRATOR, asked_at) as session:
            await verb(session, change_id, change.row_version, *more)
    official, end_user = supplier.person("Dana.Whitlock", VIEW, "location_change.view"), supplier.person("Eve.U", VIEW)
    async with supplier.reading() as session:
        seen = await read_calendar(session, official, contract.id)
        hidden = await read_calendar(session, end_user, contract.id)
    assert [(each.code, each.due_at) for each in seen.duties] == [("LOCATION_ANSWER", due_at(date(2028, 4, 5)))]
    assert hidden.duties == []
    (event,) = Calendar.from_ical(as_ics(seen, SIGNED)).walk("VEVENT")
    assert event["dtstart"].dt == date(2028, 4, 5)
    assert supplier.new in event["summary"]
    assert "8:59:59 p.m. EDT" in event["description"]
