"""Form C reports: opened with their due dates, filled, certified, missed, escalated, screened, returned."""

import asyncio
import csv
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.calendar import due_at, midnight
from chassis.csv_import import CsvImport
from chassis.database import Fence
from chassis.errors import NotAllowedNow, NotFound
from chassis.ids import new_id
from contracts_svc.contracts.use_cases import move_by_calendar
from contracts_svc.directory.export import export
from contracts_svc.directory.listing import list_accepted, tell_directory
from contracts_svc.duties.planning import plan, plan_duties
from contracts_svc.form_c import following, missing, opening, reporting, staff_views, views
from contracts_svc.form_c.added_product import Screening
from contracts_svc.form_c.coded_product import CODED_PRODUCTS, CodedProduct, write
from contracts_svc.form_c.content import Content, Product, folded
from contracts_svc.form_c.lifecycle import FOLLOW_UP, ReportState
from contracts_svc.form_c.period import spans
from contracts_svc.form_c.reminding import remind_of_reports
from contracts_svc.form_c.report import (
    AlreadyEscalated,
    DueDatePassed,
    NothingToCopy,
    NotScreened,
    ReportChanged,
    ReportIncomplete,
)
from contracts_svc.form_c.rules import WILL_ORDER, Row, check_rows, lacking
from events.contracts import BreachSuspected, NoticeAnswered, NoticeRequested
from events.examples import BY_TYPE
from events.form_c import DirectoryState, FormCClosed, FormCOpened, FormCReopened, FormCSubmitted
from events.notice_fields import THE_CALENDAR
from events.rounds import RoundState
from tests.contracts.form_c_house import (
    OPENED,
    STOCKED,
    added,
    certify,
    end_user,
    fill,
    opened,
    pass_time,
    reports,
    sweep,
)
from tests.contracts.house import ADMINISTRATOR, AREAS, Supplier, staff

RULES = BY_TYPE[RoundState.TYPE].rule_set
DUE = due_at(date(2028, 1, 14))  # 10 business days after 31 December 2027, the last day of 2027 being a holiday's eve
ESCALATES = due_at(date(2028, 2, 13))
LISTED = {("L0650", folded("Sample Orthotics", "Back Support 3", "BS-300")): Product(
    "L0650", "Sample Orthotics", "Back Support 3", "BS-300", "list"
)}  # fmt: skip
ITEMS = ("L0648", "L0650")


def test_the_reports_of_round_2021_cover_the_half_years_and_are_due_on_the_published_days():
    covers = [
        (each.first.isoformat(), each.last.isoformat()) for each in spans(date(2021, 1, 1), date(2023, 12, 31), 6)
    ]
    due = [each.due_on.isoformat() for each in plan(date(2021, 1, 1), date(2023, 12, 31), date(2020, 11, 18), RULES)
           if each.code == "FORM_C"]  # fmt: skip
    assert list(zip(covers, due, strict=True)) == [
        (("2021-01-01", "2021-06-30"), "2021-01-15"),
        (("2021-07-01", "2021-12-31"), "2021-07-15"),
        (("2022-01-01", "2022-06-30"), "2022-01-14"),
        (("2022-07-01", "2022-12-31"), "2022-07-15"),
        (("2023-01-01", "2023-06-30"), "2023-01-17"),
        (("2023-07-01", "2023-12-31"), "2023-07-17"),
    ]


def test_a_listed_product_is_spelled_as_in_the_list_and_any_other_is_added():
    rows = [Row(1, "l0650", "SAMPLE  orthotics", "back support 3", "bs-300 "), Row(2, "L0650", "Other", "Brace", "1")]
    content, problems = check_rows(rows, ITEMS, LISTED)
    assert problems == []
    assert content.products == (
        Product("L0650", "Sample Orthotics", "Back Support 3", "BS-300", "list"),
        Product("L0650", "Other", "Brace", "1", "added"),
    )


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([Row(1, "E0601", "A", "B", "C")], {(1, "hcpcs")}),
        ([Row(1, "", "A", "B", "C")], {(1, "hcpcs")}),
        ([Row(1, "L0650", "A", "", "")], {(1, "model_name"), (1, "model_number")}),
        ([Row(1, "L0650", stock="stocked")], {(1, "manufacturer"), (1, "model_name"), (1, "model_number")}),
        ([Row(1, "L0650", "A", "B", "C"), Row(2, "L0650", "ａ", " b", "C")], {(2, "model_number")}),
        ([Row(1, "L0650", "A", "B", "C"), Row(2, "L0650", stock=WILL_ORDER)], {(2, "stock")}),
        ([Row(1, "L0650", stock=WILL_ORDER), Row(2, "L0650", "A", "B", "C")], {(2, "stock")}),
        ([Row(1, "L0650", "A", stock=WILL_ORDER)], {(1, "manufacturer")}),
        ([Row(1, "L0650", "A", "B", "C", "maybe")], {(1, "stock")}),
        ([Row(1, "L0650", "A" * 121, "B", "C")], {(1, "manufacturer")}),
        ([Row(1, "L0650", "A\x07", "B", "C")], {(1, "manufacturer")}),
    ],
)
def test_what_is_wrong_in_a_row_is_named_by_row_and_column(rows, wrong):
    _, problems = check_rows(rows, ITEMS, {})
    assert {(each.row, each.column) for each in problems} == wrong


def test_every_item_is_answered_and_the_lead_item_has_a_product():
    nothing = lacking(Content(), ITEMS, "L0650")
    assert [item for item, _ in nothing] == ["L0648", "L0650"]
    ordered = Content(will_order=("L0648", "L0650"))
    assert [item for item, _ in lacking(ordered, ITEMS, "L0650")] == ["L0650"]
    assert lacking(ordered, ITEMS, None) == []
    product = Product("L0650", "A", "B", "C", "added")
    assert lacking(Content((product,), ("L0648",)), ITEMS, "L0650") == []


@given(
    st.lists(st.tuples(st.sampled_from(["a", "A", "Ａ", "b"]), st.sampled_from(["x", " x ", "X", "y"])), max_size=12)
)
def test_two_rows_that_differ_in_case_and_spaces_only_are_never_both_taken(pairs):
    rows = [Row(number, "L0650", maker, "M", model) for number, (maker, model) in enumerate(pairs, start=1)]
    content, problems = check_rows(rows, ITEMS, {})
    keys = [each.key for each in content.products]
    assert len(keys) == len(set(keys))
    assert len(keys) + len(problems) == len(rows)


storage = pytest.mark.database


@pytest.fixture
async def house(supplier):
    """A supplier with an active contract in two areas, whose reports of the first half-year are open."""
    await opened(supplier, *AREAS[:2])
    return supplier


async def first(supplier):
    return (await reports(supplier))[0]


@storage
async def test_each_competition_has_a_report_with_its_stored_due_date_and_a_to_do(house):
    found = await reports(house)
    assert [(each.label, each.starts_on, each.ends_on, each.due_at, each.state) for each in found] == [
        (f"Back braces, {area}", date(2028, 1, 1), date(2028, 6, 30), DUE, ReportState.OPEN) for area in AREAS[:2]
    ]
    assert {each.escalates_at for each in found} == {ESCALATES}
    asked = await house.said(FormCOpened)
    assert {(each["report_id"], each["due_at"]) for each in asked} == {(each.id, DUE) for each in found}


@storage
async def test_opening_twice_opens_nothing_twice_and_a_line_that_joins_in_time_gets_its_report(house):
    assert await sweep(house, opening.open_reports, OPENED) == 0
    await house.accept(AREAS[2])
    await house.send(at=OPENED)
    await house.sign(at=OPENED)
    await sweep(house, opening.open_reports, OPENED + timedelta(days=1))
    assert len(await reports(house)) == 3
    assert len(await house.said(FormCOpened)) == 3


@storage
async def test_a_period_that_was_due_before_the_contract_was_active_asks_nothing(supplier):
    await supplier.know_round()
    await supplier.executed(at=datetime(2028, 2, 1, 15, tzinfo=UTC))
    at = datetime(2028, 2, 2, 15, tzinfo=UTC)
    for move in (plan_duties, opening.plan_periods, move_by_calendar, opening.open_reports):
        await sweep(supplier, move, at)
    assert await reports(supplier) == []
    await sweep(supplier, opening.open_reports, midnight(date(2028, 7, 1)))
    assert [each.starts_on for each in await reports(supplier)] == [date(2028, 7, 1)]


@storage
async def test_an_end_user_fills_and_certifies_a_report(house):
    report = await first(house)
    await fill(house, report.id)
    await certify(house, report.id)
    report = await first(house)
    assert (report.state, report.missed, report.certified) == (ReportState.SUBMITTED, False, 1)
    (told,) = await house.said(FormCSubmitted)
    assert (told["report_id"], told["late"]) == (report.id, False)
    async with house.reading() as session:
        page = await views.list_certifications(session, end_user(house), report.id, None, 25)
        view = await views.read_mine(session, end_user(house), report.id)
    assert [(each.number, each.certified_by) for each in page.items] == [(1, "Eve.User")]
    assert [(item.hcpcs, item.will_order, len(item.products)) for item in view.items] == [
        ("L0648", True, 0),
        ("L0650", False, 1),
    ]
    assert "re-open" not in view.allowed_actions or view.due_at == DUE


@storage
async def test_an_incomplete_report_is_not_certified_and_says_what_lacks(house):
    report = await first(house)
    await fill(house, report.id, [STOCKED[1]])
    with pytest.raises(ReportIncomplete) as refused:
        await certify(house, report.id)
    assert [each.path for each in refused.value.fields] == ["items.L0650"]


@storage
@pytest.mark.parametrize(
    ("after", "state", "late"),
    [
        (timedelta(milliseconds=999), ReportState.SUBMITTED, False),
        (timedelta(seconds=1), ReportState.SUBMITTED_LATE, True),
    ],
)
async def test_the_last_second_of_the_due_date_is_in_time_to_its_end(house, after, state, late):
    report = await first(house)
    await fill(house, report.id)
    await sweep(house, missing.miss_due, DUE + timedelta(milliseconds=999))
    await certify(house, report.id, DUE + after)
    report = await first(house)
    assert (report.state, report.missed) == (state, late)
    assert (await house.said(FormCSubmitted))[-1]["late"] is late


@storage
async def test_a_report_certified_twice_at_once_is_certified_once(house):
    report = await first(house)
    await fill(house, report.id)
    outcomes = await asyncio.gather(
        *(certify(house, report.id, base=report.row_version + 1) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType", "ReportChanged"]
    assert len(await house.said(FormCSubmitted)) == 1


@storage
async def test_of_two_people_who_read_the_same_report_the_second_must_read_it_again(house):
    report = await first(house)
    await fill(house, report.id)
    async with house.as_person(end_user(house, "Otto.Other"), OPENED) as session:
        with pytest.raises(ReportChanged):
            await reporting.fill(session, report.id, report.row_version, STOCKED)


@storage
async def test_a_submitted_report_is_opened_again_until_it_is_due_and_then_counts_as_missing(house):
    report = await first(house)
    await fill(house, report.id)
    await certify(house, report.id)
    for at, refused in ((DUE + timedelta(seconds=1), True), (DUE, False)):
        base = (await first(house)).row_version
        async with house.as_person(end_user(house), at) as session:
            if refused:
                with pytest.raises(DueDatePassed):
                    await reporting.reopen(session, report.id, base)
            else:
                await reporting.reopen(session, report.id, base)
    assert (await first(house)).state is ReportState.IN_PROGRESS
    assert [each["because"] for each in await house.said(FormCReopened)] == ["opened"]
    await sweep(house, missing.miss_due, DUE + timedelta(seconds=1))
    assert (await first(house)).state is ReportState.OVERDUE


@storage
async def test_what_did_not_come_is_overdue_and_one_failure_notice_names_every_competition(house):
    await sweep(house, missing.miss_due, DUE + timedelta(seconds=1))
    assert {each.state for each in await reports(house)} == {ReportState.OVERDUE}
    notices = await house.said(NoticeRequested)
    assert {each["notice_id"] for each in notices} == {each.notice_id for each in await reports(house)}
    assert (notices[-1]["requested_by"], notices[-1]["fields"]["notice_type"]) == (THE_CALENDAR, "form-c-missing")
    assert [each["cba_code"] for each in notices[-1]["fields"]["competitions"]] == list(AREAS[:2])
    assert await sweep(house, missing.miss_due, DUE + timedelta(seconds=2)) == 0
    assert len(await house.said(NoticeRequested)) == len(notices)


@storage
async def test_a_supplier_is_reminded_at_the_opening_and_five_and_one_business_days_before_unless_all_is_certified(
    house,
):
    days = [date(2028, 1, 1), date(2028, 1, 7), date(2028, 1, 13)]
    for count, day in enumerate(days, start=1):
        at = midnight(day)
        await sweep(house, remind_of_reports, at - timedelta(seconds=1))
        assert len(await house.said(NoticeRequested)) == count - 1
        await sweep(house, remind_of_reports, at)
        reminders = await house.said(NoticeRequested)
        assert (len(reminders), reminders[-1]["due_at"]) == (count, DUE)
    assert {each["released_by"] for each in reminders} == {THE_CALENDAR}
    await sweep(house, remind_of_reports, DUE)
    assert len(await house.said(NoticeRequested)) == len(days)


@storage
async def test_of_what_is_certified_nobody_is_reminded_and_of_days_that_were_missed_once(house):
    one, other = await reports(house)
    await fill(house, one.id)
    await certify(house, one.id)
    await sweep(house, remind_of_reports, midnight(date(2028, 1, 8)))
    assert len(await house.said(NoticeRequested)) == 1
    await fill(house, other.id)
    await certify(house, other.id)
    await sweep(house, remind_of_reports, midnight(date(2028, 1, 13)))
    assert len(await house.said(NoticeRequested)) == 1


@storage
async def test_late_reports_are_taken_and_the_last_of_them_answers_the_notice(house):
    await sweep(house, missing.miss_due, DUE + timedelta(seconds=1))
    one, other = await reports(house)
    for report, answered in ((one, 0), (other, 1)):
        await fill(house, report.id, at=DUE + timedelta(days=1))
        await certify(house, report.id, DUE + timedelta(days=1))
        assert len(await house.said(NoticeAnswered)) == answered
    assert {each.state for each in await reports(house)} == {ReportState.SUBMITTED_LATE}


@storage
async def test_a_report_still_missing_after_thirty_days_is_a_suspected_breach_and_can_be_sent_no_more(house):
    await pass_time(house, DUE + timedelta(seconds=1))
    await pass_time(house, ESCALATES + timedelta(milliseconds=999))
    assert {each.state for each in await reports(house)} == {ReportState.OVERDUE}
    report = await first(house)
    await fill(house, report.id, at=ESCALATES)
    with pytest.raises(AlreadyEscalated):
        await certify(house, report.id, ESCALATES + timedelta(seconds=1))
    await pass_time(house, ESCALATES + timedelta(seconds=1))
    assert {each.state for each in await reports(house)} == {ReportState.ESCALATED}
    suspected = await house.said(BreachSuspected)
    assert {each["about"]["id"] for each in suspected} == {each.id for each in await reports(house)}
    assert {(each["ground"], each["suspected_at"]) for each in suspected} == {("form-c-failure", ESCALATES)}
    assert len(await house.said(FormCClosed)) == 2


@storage
async def test_a_second_miss_is_a_suspected_breach_at_once(house):
    await sweep(house, missing.miss_due, DUE + timedelta(seconds=1))
    for report in await reports(house):
        await fill(house, report.id, at=DUE + timedelta(days=1))
        await certify(house, report.id, DUE + timedelta(days=1))
    again = due_at(date(2028, 7, 17))
    await sweep(house, opening.open_reports, datetime(2028, 7, 3, 15, tzinfo=UTC))
    assert {each.due_at for each in (await reports(house))[2:]} == {again}
    await sweep(house, missing.miss_due, again + timedelta(seconds=1))
    await sweep(house, missing.escalate_due, again + timedelta(seconds=1))
    assert {each.state for each in (await reports(house))[2:]} == {ReportState.ESCALATED}
    assert len(await house.said(BreachSuspected)) == 2


@storage
async def test_the_next_report_is_prefilled_and_a_copy_must_be_certified_again(house):
    report = await first(house)
    base = report.row_version
    async with house.as_person(end_user(house), OPENED) as session:
        with pytest.raises(NothingToCopy):
            await reporting.copy_last(session, report.id, base)
    await fill(house, report.id)
    await certify(house, report.id)
    later = datetime(2028, 7, 3, 15, tzinfo=UTC)
    await sweep(house, opening.open_reports, later)
    following_one = (await reports(house))[2]
    assert following_one.prefilled_from == date(2028, 1, 1)
    assert following_one.content == (await first(house)).content
    await fill(house, following_one.id, [STOCKED[1]], later)
    async with house.as_person(end_user(house), later) as session:
        copied = await reporting.copy_last(session, following_one.id, following_one.row_version + 1)
    assert copied.state is ReportState.IN_PROGRESS
    await certify(house, following_one.id, later)
    assert (await reports(house))[2].state is ReportState.SUBMITTED


@storage
async def test_a_report_that_adds_nothing_is_accepted_when_it_can_be_opened_no_more(house):
    async with house.as_staff(ADMINISTRATOR) as session:
        key = folded("Known Maker", "Known", "K-1")
        known = {"manufacturer": "Known Maker", "model_name": "Known", "model_number": "K-1"}
        session.add(CodedProduct(id=new_id(), hcpcs="L0650", key=key, **known))
    report = await first(house)
    await fill(house, report.id, (Row(1, "L0650", "known maker", "KNOWN", "k-1"), STOCKED[1]))
    await certify(house, report.id)
    assert await added(house) == []
    await sweep(house, missing.settle_screened, DUE)
    assert (await first(house)).state is ReportState.SUBMITTED
    await sweep(house, missing.settle_screened, DUE + timedelta(seconds=1))
    assert (await first(house)).state is ReportState.ACCEPTED


OWN = (Row(1, "L0650", "Homemade", "Brace", "1"), STOCKED[1])


@storage
async def test_an_added_product_waits_to_be_screened_wherever_it_was_added(house, database):
    other = Supplier(database)
    await opened(other)
    for supplier in (house, other):
        report = await first(supplier)
        await fill(supplier, report.id, OWN)
        await certify(supplier, report.id)
    (product,) = await added(house)
    report = await first(house)
    async with house.as_staff(ADMINISTRATOR) as session:
        with pytest.raises(NotScreened):
            await following.accept(session, report.id, report.row_version)
    async with house.as_staff(ADMINISTRATOR) as session:
        screened = await following.screen(session, product.id, 0, "pass", "")
    assert len(screened) == 2
    assert [each.state for each in await added(other)] == [Screening.CODED]
    async with house.as_staff(ADMINISTRATOR) as session:
        await following.accept(session, report.id, report.row_version)
    assert (await first(house)).state is ReportState.ACCEPTED


@storage
async def test_a_product_that_was_right_for_another_supplier_is_passed_by_itself(house, database):
    report = await first(house)
    rows = (Row(1, "L0650", "Handmade", "Brace", "2"), STOCKED[1])
    await fill(house, report.id, rows)
    await certify(house, report.id)
    (product,) = await added(house)
    async with house.as_staff(ADMINISTRATOR) as session:
        await following.screen(session, product.id, 0, "pass", "")
    other = Supplier(database)
    await opened(other)
    report = await first(other)
    await fill(other, report.id, rows)
    await certify(other, report.id)
    await sweep(other, following.know_screened, OPENED)
    assert [each.state for each in await added(other)] == [Screening.CODED]
    assert (await first(other)).unscreened is False


@storage
async def test_a_returned_report_has_a_date_of_its_own_and_what_was_wrong_is_withdrawn(house):
    report = await first(house)
    await fill(house, report.id, (Row(1, "L0650", "Wrong", "Brace", "3"), STOCKED[1]))
    await certify(house, report.id)
    (product,) = await added(house)
    screened_at = datetime(2028, 2, 1, 15, tzinfo=UTC)
    async with house.as_staff(ADMINISTRATOR, screened_at) as session:
        with pytest.raises(following.RemarkNeeded):
            await following.screen(session, product.id, 0, "fail", " ")
    async with house.as_staff(ADMINISTRATOR, screened_at) as session:
        await following.screen(session, product.id, 0, "fail", "This is L0648.")
    base = (await first(house)).row_version
    async with house.as_staff(ADMINISTRATOR, screened_at) as session:
        await following.send_back(session, report.id, base, "Correct the coding.")
    report = await first(house)
    assert (report.state, report.acts_by, report.due_at) == (ReportState.RETURNED, due_at(date(2028, 2, 15)), DUE)
    assert [(each["because"], each["due_at"]) for each in await house.said(FormCReopened)] == [
        ("returned", due_at(date(2028, 2, 15)))
    ]
    await sweep(house, missing.miss_due, screened_at)
    assert (await first(house)).state is ReportState.RETURNED
    await fill(house, report.id, at=screened_at)
    await certify(house, report.id, screened_at)
    states = {each.manufacturer: each.state for each in await added(house)}
    assert states == {"Wrong": Screening.WITHDRAWN, "Sample Orthotics": Screening.PENDING}
    assert (await first(house)).missed is False


@storage
async def test_the_late_list_and_the_totals_tell_staff_who_is_missing(house):
    one, other = await reports(house)
    await fill(house, one.id)
    await certify(house, one.id)
    await sweep(house, missing.miss_due, DUE + timedelta(seconds=1))
    reader = staff("Rita.Reader", permissions=frozenset({FOLLOW_UP}))
    async with house.database.reading(Fence.staff()) as session:
        late = await staff_views.list_reports(session, None, late=True, after=None, limit=100)
        totals = await staff_views.read_totals(session)
        view = await staff_views.read_report(session, reader, other.id)
    assert other.id in {each.id for each in late.items}
    assert one.id not in {each.id for each in late.items}
    assert sum(each.reports for each in totals.totals if each.starts_on == date(2028, 1, 1)) >= 2
    assert (view.missed, view.state) == (True, ReportState.OVERDUE)


@storage
async def test_nobody_reads_or_fills_a_report_of_another_organization(house, database):
    report, stranger = await first(house), Supplier(database)
    async with stranger.reading() as session:
        with pytest.raises(NotFound):
            await views.read_mine(session, end_user(stranger), report.id)
    async with stranger.as_person(end_user(stranger), OPENED) as session:
        with pytest.raises(NotFound):
            await reporting.fill(session, report.id, report.row_version, STOCKED)


@storage
async def test_the_coding_contractors_list_is_taken_row_by_row_and_the_same_file_again_changes_nothing(house):
    file = (
        b"hcpcs,manufacturer,model_name,model_number\n"
        b"L0650,Listed Maker,Model A,A-1\n"
        b"L0650,listed maker,MODEL A,a-1\n"
        b"wrong,Listed Maker,Model B,B-1\n"
        b"L0648,,Model C,C-1\n"
    )

    async def chunks():
        yield file

    async def take():
        return await CsvImport(CODED_PRODUCTS, lambda batch: write(house.database, ADMINISTRATOR, batch)).take(chunks())

    once, again = await take(), await take()
    assert (once.added, once.refused, again.added, again.unchanged) == (1, 3, 0, 1)
    assert [(each.line, each.column) for each in once.errors] == [(3, None), (4, "hcpcs"), (5, "manufacturer")]
    async with house.reading() as session:
        page = await views.list_coded(session, ["L0650"], "LISTED", None, 25)
    assert [each.model_number for each in page.items] == ["A-1"]


@storage
async def test_a_report_of_a_contract_that_has_ended_is_closed_and_nobody_is_told_of_a_failure(house):
    contract = await house.contract()
    async with house.as_staff(ADMINISTRATOR, OPENED) as session:
        standing = await session.get_one(type(contract), contract.id)
        standing.terminate("emergency", OPENED)
    await sweep(house, missing.miss_due, DUE + timedelta(seconds=1))
    assert {each.state for each in await reports(house)} == {ReportState.CLOSED}
    assert await house.said(NoticeRequested) == []
    with pytest.raises(NotAllowedNow):
        await fill(house, (await first(house)).id)


@storage
async def test_an_accepted_report_is_told_to_the_directory_and_again_when_its_contract_changes(house):
    async with house.as_staff(ADMINISTRATOR) as session:
        known = {"manufacturer": "=Formula Maker", "model_name": "Listed", "model_number": "-1"}
        key = folded(*known.values())
        session.add(CodedProduct(id=new_id(), hcpcs="L0650", key=key, **known))
    report = await first(house)
    await fill(house, report.id, (Row(1, "L0650", *known.values()), STOCKED[1]))
    await certify(house, report.id)
    await sweep(house, missing.settle_screened, DUE + timedelta(seconds=1))
    for _ in range(2):  # what was told is not told again
        await sweep(house, list_accepted, DUE)
        await sweep(house, tell_directory, DUE)
    told = await house.said(DirectoryState)
    assert [(each["hcpcs"], len(each["products"]), each["will_order"]) for each in told] == [
        ("L0648", 0, True),
        ("L0650", 1, False),
    ]
    assert [place["ptan"] for place in told[0]["locations"]] == list(house.ptans)
    contract = await house.contract()
    async with house.as_staff(ADMINISTRATOR, DUE) as session:
        (await session.get_one(type(contract), contract.id)).suspend(date(2028, 3, 1), "breach", DUE)
    await sweep(house, tell_directory, DUE)
    again = (await house.said(DirectoryState))[2:]
    assert {(each["status"], each["revision"]) for each in again} == {("suspended", 2)}
    written = b"".join([chunk async for chunk in export(house.database, Fence.organization(house.organization_id))])
    rows = list(csv.DictReader(written.decode().splitlines()))
    assert len(rows) == 4
    assert {(row["ptan"], row["manufacturer"], row["model_number"]) for row in rows if row["hcpcs"] == "L0650"} == {
        (ptan, "'=Formula Maker", "'-1") for ptan in house.ptans
    }
