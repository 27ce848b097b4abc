"""A review that asks the bidder: notice requested, issued, answered or overdue, decided. Said and heard as events."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from bidding_svc.awards.rechecking import Rechecked
from bidding_svc.disqualification.opening import open_disqualifications
from bidding_svc.disqualification.reason import Reason
from bidding_svc.enrolment.use_cases import know_location
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.preclusions.use_cases import know_preclusion
from bidding_svc.requirements.asked import BOND
from bidding_svc.reviews import answers, use_cases, views
from bidding_svc.reviews.answers import close_answers
from bidding_svc.reviews.bona_fide.amount_screen import AmountScreen
from bidding_svc.reviews.bona_fide.opening import screen_amounts
from bidding_svc.reviews.case import NotAnOutcome, ReviewCase
from bidding_svc.reviews.completeness.opening import open_completeness
from bidding_svc.reviews.kinds import Kind, Outcome
from bidding_svc.reviews.lifecycle import CaseState
from bidding_svc.reviews.pbe.opening import open_pbe
from bidding_svc.reviews.recheck.opening import open_rechecks, propose
from chassis import program_time
from chassis.calendar import eastern_day
from chassis.database import Fence
from chassis.errors import NotFound
from events.breaches import SupplierPrecluded
from events.documents import DocumentReceived
from events.enrolment import Accreditation, EnrolmentState, Licence, Location, StatusPeriod
from events.examples import BY_TYPE
from events.notices import NoticeOverdue, NoticeRescinded, NoticeResponded, NoticeReturned
from tests.bidding.evaluation import (
    ANALYST,
    REVIEWER,
    SYSTEM,
    act,
    acting,
    approved,
    as_system,
    close_the_window,
    decided,
    hears,
    issued,
    lines_of,
    run,
    said,
    send,
    settle,
    staff,
    the_bid,
    the_case,
)
from tests.bidding.house import ROUND, open_house

pytestmark = pytest.mark.database


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


async def flagged(house, clock, *, amount=100):
    """The bona fide case of a bidder whose amount stands out against two others."""
    others = [await open_house(house.database, f"900000000{number}") for number in (2, 3)]
    for each in (house, *others):
        each.bid_id = await each.submitted_bid()
        await send(each, "business-credit-report")
    async with as_system(house.database) as session:
        await session.execute(update(Bid).where(Bid.id == house.bid_id).values(amount_cents=amount))
    house.after = await close_the_window(house.database, clock)
    await run(house.database, screen_amounts)
    return await the_case(house.database, Kind.BONA_FIDE, house)


async def test_the_amounts_of_a_round_are_screened_once_and_only_what_stands_out_is_a_case(house, clock):
    case = await flagged(house, clock)
    (line,) = await lines_of(house.database, case)
    assert (line.proposed, line.inputs["amount_cents"], line.inputs["median_cents"]) == (Outcome.ASK, 100, "2000")
    assert line.inputs["flags"] == ["below-median-share"]
    assert await run(house.database, screen_amounts) == 0
    async with house.database.reading(Fence.staff()) as session:
        screen = await session.get_one(AmountScreen, ROUND)
    assert (screen.bids, screen.flagged) == (3, 1)


async def test_nobody_sees_a_bona_fide_case_without_the_permission_for_prices_and_reading_leaves_an_audit_row(
    house, clock
):
    case = await flagged(house, clock)
    without = staff("EVALUATION_ANALYST", "NOPRICES01")
    object.__setattr__(without, "permissions", without.permissions - {"staff.bid_price.view"})
    async with house.database.reading(Fence.staff()) as session:
        page = await views.list_cases(session, without, views.Filter(), views.Sort.DUE, after=None, limit=10)
    assert page.items == []
    with pytest.raises(NotFound):
        async with acting(house.database, without) as session:
            await use_cases.read_findings(session, case.id, None, 10)
    async with acting(house.database, ANALYST) as session:
        lines = await use_cases.read_findings(session, case.id, None, 10)
    assert len(lines.items) == 1
    async with house.database.reading(Fence.system()) as session:
        read = await session.scalar(text("select actor_id from audit where action = 'review.read-amounts'"))
    assert read == "PANALYST01"


async def test_nobody_is_failed_for_an_amount_before_being_asked(house, clock):
    case = await act(house, ANALYST, use_cases.claim, await flagged(house, clock))
    with pytest.raises(NotAnOutcome):
        await decided(house, case, Outcome.FAIL)


async def test_an_approved_question_asks_for_a_notice_drafted_by_the_analyst(house, clock):
    case = await approved(house, await flagged(house, clock))
    (asked,) = await said(house, "notice-requested")
    assert (case.state, asked["requested_by"]) == (CaseState.NOTICE_REQUESTED, str(ANALYST.person_id))
    assert [each["amount"] for each in asked["fields"]["bids"]] == [100]
    assert (await the_bid(house.database, house.bid_id)).state is BidState.RECEIVED


async def test_the_issued_notice_lets_the_bid_wait_and_opens_a_slot_until_the_answer_is_due(house, clock):
    case = await issued(house, await approved(house, await flagged(house, clock)))
    slot = (await said(house, "slot-requested"))[-1]
    assert (await the_bid(house.database, house.bid_id)).state is BidState.BFB_PENDING
    assert (slot["slot_id"], slot["upload_permission"]) == (str(case.slot_id), "notice.bfb.respond")
    assert slot["slot_subject"] == f"review:{case.id}"
    file = BY_TYPE[DocumentReceived.TYPE].model_copy(
        update={"slot_id": case.slot_id, "slot_subject": slot["slot_subject"]}
    )
    async with house.database.writing(Fence.organization(house.organization_id), SYSTEM) as session:
        await answers.take_file(session, case.id, file)
    assert (await said(house, "file-taken"))[-1]["taken_by_subject"] == f"review:{case.id}"


async def test_without_an_answer_the_amount_is_not_bona_fide_once_the_notice_is_overdue(house, clock):
    case = await issued(house, await approved(house, await flagged(house, clock)))
    clock(case.answer_due_at + timedelta(seconds=1))
    assert await run(house.database, close_answers) == 0
    await hears(house, case, NoticeOverdue, answers.note_overdue, overdue_at=case.answer_due_at)
    assert await run(house.database, close_answers) == 1
    case = await the_case(house.database, Kind.BONA_FIDE, house)
    (line,) = await lines_of(house.database, case)
    assert (case.state, line.proposed, line.reasons) == (CaseState.OPEN, Outcome.FAIL, ["NOT_BONA_FIDE"])
    await approved(house, case)
    bid = await the_bid(house.database, house.bid_id)
    assert (bid.state, bid.reasons) == (BidState.DISQUALIFIED, ["NOT_BONA_FIDE"])
    assert [each["outcome"] for each in await said(house, "notice-decided")] == ["unsatisfied"]


async def test_an_answer_is_read_by_a_person_once_no_more_can_come(house, clock):
    case = await issued(house, await approved(house, await flagged(house, clock)))
    case = await hears(house, case, NoticeResponded, answers.note_answer, responded_at=house.after, files=())
    assert await run(house.database, close_answers) == 0
    clock(case.answer_due_at + timedelta(milliseconds=999))
    assert await run(house.database, close_answers) == 0
    clock(case.answer_due_at + timedelta(seconds=1))
    assert await run(house.database, close_answers) == 1
    case = await the_case(house.database, Kind.BONA_FIDE, house)
    (line,) = await lines_of(house.database, case)
    assert (case.state, line.outcome, line.inputs["answered"]) == (CaseState.OPEN, None, True)
    await decided(house, case, Outcome.PASS)
    assert (await the_bid(house.database, house.bid_id)).state is BidState.RECEIVED
    assert [each["outcome"] for each in await said(house, "notice-decided")] == ["satisfied"]


async def test_an_answer_in_time_that_is_told_late_reaches_the_case_and_takes_back_a_recommendation(house, clock):
    case = await issued(house, await approved(house, await flagged(house, clock)))
    await hears(house, case, NoticeOverdue, answers.note_overdue, overdue_at=case.answer_due_at)
    clock(case.answer_due_at + timedelta(seconds=1))
    await run(house.database, close_answers)
    case = await the_case(house.database, Kind.BONA_FIDE, house)
    case = await act(house, ANALYST, use_cases.recommend, case, "")
    case = await hears(house, case, NoticeResponded, answers.note_answer, responded_at=house.after, files=())
    assert (case.state, case.answered_at) == (CaseState.OPEN, house.after)


async def test_a_rescinded_notice_leaves_the_case_as_before_it_and_later_news_of_it_changes_nothing(house, clock):
    first = await issued(house, await approved(house, await flagged(house, clock)))
    case = await hears(house, first, NoticeRescinded, answers.note_rescission, rescinded_at=house.after)
    assert (case.state, case.notice_id, case.answer_due_at) == (CaseState.OPEN, None, None)
    case = await hears(house, first, NoticeOverdue, answers.note_overdue, overdue_at=house.after)
    assert (case.state, case.overdue) == (CaseState.OPEN, False)
    again = await act(house, REVIEWER, use_cases.approve, await act(house, ANALYST, use_cases.recommend, case, ""))
    assert again.notice_id not in (None, first.notice_id)


def record(house, **more) -> EnrolmentState:
    known = {
        "ptan": house.ptan,
        "version": 1,
        "organization_id": house.organization_id,
        "location": Location(street="1 Sample Street", city="Annapolis", state="MD", zip_code="21401"),
        "status_periods": (StatusPeriod(status="active", valid_from="2020-01-01"),),
        "licences": tuple(Licence(state=state, kind="Agency", valid_from="2020-01-01") for state in ("MD", "VA")),
        "accreditations": (Accreditation(accreditor="S", categories=("OTSK", "OTSB"), valid_from="2020-01-01"),),
        "exclusions": (),
    }
    return EnrolmentState.model_validate(BY_TYPE[EnrolmentState.TYPE].model_dump() | known | more)


async def checked(house, clock, **more):
    """The PBE case of a complete bidder, with this enrolment record."""
    house.bid_id = await house.submitted_bid()
    for document in ("business-credit-report", BOND):
        await send(house, document)
    async with as_system(house.database) as session:
        await know_location(session, record(house, **more))
    house.after = await close_the_window(house.database, clock)
    await settle(house)
    await run(house.database, open_completeness)
    await run(house.database, screen_amounts)
    assert await run(house.database, open_pbe) == 0
    complete = await act(house, ANALYST, use_cases.claim, await the_case(house.database, Kind.COMPLETENESS, house))
    await decided(house, complete, Outcome.PASS)
    assert await run(house.database, open_pbe) == 1
    return await the_case(house.database, Kind.PBE, house)


async def test_a_bid_that_meets_everything_is_eligible_without_being_asked(house, clock):
    case = await approved(house, await checked(house, clock))
    assert (case.state, await said(house, "notice-requested")) == (CaseState.DECIDED, [])
    assert (await the_bid(house.database, house.bid_id)).state is BidState.ELIGIBLE
    assert len(await said(house, "bid-cleared")) == 1


async def test_a_missing_licence_is_told_location_by_location_and_stands_when_nobody_answers(house, clock):
    case = await approved(house, await checked(house, clock, licences=()))
    (asked,) = await said(house, "notice-requested")
    unmet = [(row["ptan"], each["check"]) for row in asked["fields"]["rows"] for each in row["not_verified"]]
    assert unmet == [(None, "licensed")]
    assert {"bid-complete", "bond-present"} <= set(asked["fields"]["rows"][0]["met"])
    case = await issued(house, case)
    assert (await the_bid(house.database, house.bid_id)).state is BidState.PBE_PENDING
    await hears(house, case, NoticeOverdue, answers.note_overdue, overdue_at=case.answer_due_at)
    clock(case.answer_due_at + timedelta(seconds=1))
    await run(house.database, close_answers)
    await approved(house, await the_case(house.database, Kind.PBE, house))
    bid = await the_bid(house.database, house.bid_id)
    assert (bid.state, bid.reasons) == (BidState.DISQUALIFIED, ["NOT_LICENSED"])


async def test_what_the_record_shows_by_the_due_date_of_the_day_of_the_close_counts(house, clock):
    case = await issued(house, await approved(house, await checked(house, clock, licences=())))
    case = await hears(house, case, NoticeResponded, answers.note_answer, responded_at=house.after, files=())
    async with as_system(house.database) as session:
        await know_location(session, record(house, version=2))
    clock(case.answer_due_at + timedelta(seconds=1))
    await run(house.database, close_answers)
    (line,) = await lines_of(house.database, await the_case(house.database, Kind.PBE, house))
    assert (line.proposed, line.reasons) == (Outcome.PASS, [])


async def test_a_location_nobody_told_of_is_asked_about_and_never_passed(house, clock):
    house_without = record(house).model_copy(update={"ptan": "9000000009"})
    case = await checked(house, clock, ptan=house_without.ptan)
    (line,) = await lines_of(house.database, case)
    assert line.proposed is Outcome.ASK
    answers_given = {each["answer"] for each in line.inputs["checks"] if each["ptan"]}
    assert answers_given == {"could-not-check"}


async def hears_preclusion(house, precluded_from, times=2):
    """contracts-svc says that the bidder is precluded from a round, as often as the broker likes."""
    told = BY_TYPE[SupplierPrecluded.TYPE].model_copy(
        update={
            "preclusion_id": uuid4(),
            "organization_id": house.organization_id,
            "precluded_from": precluded_from,
        }
    )
    for _ in range(times):
        async with house.database.writing(Fence.organization(house.organization_id), SYSTEM) as session:
            await know_preclusion(session, told)


@pytest.mark.parametrize(("precluded_from", "proposed"), [(ROUND, Outcome.ASK), ("R2099", Outcome.PASS)])
async def test_a_supplier_that_a_breach_case_precluded_from_this_round_is_found(house, clock, precluded_from, proposed):
    await hears_preclusion(house, precluded_from)
    (line,) = await lines_of(house.database, await checked(house, clock))
    assert line.proposed is proposed
    assert line.reasons == ([Reason.PRECLUDED] if proposed is Outcome.ASK else [])


async def test_a_file_for_no_case_is_not_taken(house):
    file = BY_TYPE[DocumentReceived.TYPE]
    with pytest.raises(NotFound):
        async with house.database.writing(Fence.organization(house.organization_id), SYSTEM) as session:
            await answers.take_file(session, uuid4(), file)


async def test_the_kinds_of_a_bidder_open_once_each(house, clock):
    await checked(house, clock)
    for sweep in (open_completeness, screen_amounts, open_pbe):
        assert await run(house.database, sweep) == 0
    async with house.database.reading(Fence.staff()) as session:
        kinds = await session.scalars(select(views.ReviewCase.kind).order_by(views.ReviewCase.kind))
        assert set(kinds) == {Kind.COMPLETENESS, Kind.PBE}


async def test_a_notice_that_was_sent_back_is_its_analysts_again_and_is_drafted_anew(house, clock):
    case = await approved(house, await flagged(house, clock))
    notice_id, slot_id = case.notice_id, case.slot_id
    case = await hears(house, case, NoticeReturned, answers.note_return)
    assert (case.state, case.assignee, case.returned_because) == (
        CaseState.OPEN,
        "PANALYST01",
        "The notice was sent back.",
    )
    case = await act(house, ANALYST, use_cases.recommend, case, "With other words.")
    case = await act(house, REVIEWER, use_cases.approve, case)
    assert (case.state, case.notice_id, case.slot_id) == (CaseState.NOTICE_REQUESTED, notice_id, slot_id)
    assert [each["notice_id"] for each in await said(house, "notice-requested")] == [str(notice_id)] * 2


async def test_a_notice_that_was_sent_back_and_released_as_it_was_is_issued(house, clock):
    case = await hears(house, await approved(house, await flagged(house, clock)), NoticeReturned, answers.note_return)
    case = await issued(house, case)
    assert case.state is CaseState.NOTICE_ISSUED
    assert (await the_bid(house.database, house.bid_id)).state is BidState.BFB_PENDING


async def test_a_notice_that_was_sent_back_and_never_issued_is_not_closed(house, clock):
    case = await hears(house, await approved(house, await flagged(house, clock)), NoticeReturned, answers.note_return)
    case = await decided(house, case, Outcome.PASS)
    assert case.state is CaseState.DECIDED
    assert await said(house, "notice-decided") == []


async def winning(house, clock):
    """A bid that met everything by the close, and was selected."""
    await approved(house, await checked(house, clock))
    async with as_system(house.database) as session:
        await session.execute(update(Bid).where(Bid.id == house.bid_id).values(state=BidState.WINNING))


async def all_told(house):
    """The cases of disqualification of the bidder, as approved."""
    assert await run(house.database, open_disqualifications) == 1
    async with house.database.reading(Fence.staff()) as session:
        open_now = (ReviewCase.kind == Kind.DISQUALIFICATION, ReviewCase.state == CaseState.OPEN)
        case = (await session.scalars(select(ReviewCase).where(*open_now))).one()
    await approved(house, case)
    assert await run(house.database, open_disqualifications) == 0
    return case.number


async def test_licenses_of_a_winning_bid_are_checked_again_as_of_the_day_and_a_second_person_takes_it_out(house, clock):
    await winning(house, clock)
    async with as_system(house.database) as session:
        await know_location(session, record(house, version=2, licences=()))
    assert await run(house.database, open_rechecks) == 1
    assert await run(house.database, open_rechecks) == 0
    case = await the_case(house.database, Kind.RECHECK, house)
    (line,) = await lines_of(house.database, case)
    assert (line.proposed, line.reasons) == (Outcome.FAIL, ["NOT_LICENSED"])
    assert line.inputs["checked_as_of"] == eastern_day(house.after).isoformat()
    await approved(house, case)
    bid = await the_bid(house.database, house.bid_id)
    assert (bid.state, bid.reasons) == (BidState.DISQUALIFIED, ["NOT_LICENSED"])


async def test_a_winning_bid_that_holds_everything_stays_and_one_that_could_not_be_checked_is_decided_by_people(
    house, clock
):
    await winning(house, clock)
    assert await run(house.database, open_rechecks) == 1
    case = await the_case(house.database, Kind.RECHECK, house)
    (line,) = await lines_of(house.database, case)
    assert line.proposed is Outcome.PASS
    await approved(house, case)
    assert (await the_bid(house.database, house.bid_id)).state is BidState.WINNING
    assert await run(house.database, open_rechecks) == 0
    assert propose(await the_bid(house.database, house.bid_id), Rechecked((), (), True), "2026-01-01").outcome is None


async def test_a_bid_disqualified_after_the_notice_is_told_by_a_further_one_and_no_bid_twice(house, clock):
    await winning(house, clock)
    async with as_system(house.database) as session:
        bid = await session.get_one(Bid, house.bid_id)
        bid.disqualify([Reason.PRECLUDED], session.at)
    assert await all_told(house) == 1
    clock(house.after + timedelta(days=1))
    async with as_system(house.database) as session:
        bid = await session.get_one(Bid, house.bid_id)
        bid.reinstate(session.at)
        bid.disqualify([Reason.FINANCIAL_BELOW_MINIMUM], session.at)
    assert await all_told(house) == 2
    told = [
        [row["reason"] for bid in each["fields"]["bids"] for row in bid["reasons"]]
        for each in await said(house, "notice-requested")
    ]
    assert told == [["precluded"], ["financial-below-minimum"]]
