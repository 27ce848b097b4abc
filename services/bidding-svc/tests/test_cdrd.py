"""Missing covered documents: told by a notice, sent in a slot of their own, or missing for good."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.requirements.lifecycle import Need
from bidding_svc.reviews import answers
from bidding_svc.reviews.answers import close_answers
from bidding_svc.reviews.cdrd import worker
from bidding_svc.reviews.cdrd.opening import open_cdrd
from bidding_svc.reviews.kinds import Kind
from bidding_svc.reviews.lifecycle import CaseState
from chassis import program_time
from chassis.database import Fence
from events.documents import DocumentReceived, DocumentRejected, SlotSettled
from events.examples import BY_TYPE
from events.notices import NoticeOverdue
from tests.bidding.evaluation import (
    SYSTEM,
    approved,
    close_the_window,
    hears,
    issued,
    lines_of,
    requirement_of,
    run,
    said,
    send,
    settle,
    the_bid,
    the_case,
)
from tests.bidding.house import open_house

pytestmark = pytest.mark.database
MISSING, SENT = "business-credit-report", "insufficient-data-report"


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


async def lacking(house, clock, *, sent=(SENT,)):
    """A bidder that has sent something by the review date, and not everything."""
    house.bid_id = await house.submitted_bid()
    for document in sent:
        await send(house, document)
    await close_the_window(house.database, clock)
    await settle(house)
    await run(house.database, open_cdrd)


async def told(house, clock):
    """Its case, once the notice is issued."""
    await lacking(house, clock)
    return await issued(house, await approved(house, await the_case(house.database, Kind.CDRD, house)))


async def heard(house, kind, handler, **facts):
    requirement = await requirement_of(house, MISSING)
    about = {
        "slot_id": requirement.notice_slot_id,
        "slot_subject": f"cdrd:{requirement.id}",
        "organization_id": house.organization_id,
    }
    known = {name: value for name, value in (about | facts).items() if name in kind.model_fields}
    event = kind.model_validate(BY_TYPE[kind.TYPE].model_dump() | known)
    async with house.database.writing(Fence.organization(house.organization_id), SYSTEM) as session:
        await handler(event, session)


async def sends(house, at, file_id=None):
    file_id = file_id or uuid4()
    await heard(house, DocumentReceived, worker.on_document_received, file_id=file_id, received_at=at)
    return file_id


async def settles(house, case):
    await heard(house, SlotSettled, worker.on_slot_settled, closes_at=case.answer_due_at)


async def test_only_a_bidder_with_the_right_to_be_told_has_a_case(house, clock):
    await lacking(house, clock, sent=())
    assert (await requirement_of(house, MISSING)).state is Need.MISSING
    assert await run(house.database, open_cdrd) == 0


async def test_the_notice_tells_every_covered_document_and_names_a_slot_for_what_is_missing_alone(house, clock):
    await lacking(house, clock)
    case = await the_case(house.database, Kind.CDRD, house)
    assert [line.inputs["document"] for line in await lines_of(house.database, case)] == [MISSING]
    case = await approved(house, case)
    (asked,) = await said(house, "notice-requested")
    assert [(each["document"], each["received"]) for each in asked["fields"]["documents"]] == [(MISSING, False)]
    assert [each["document"] for each in asked["slots"]] == [MISSING]
    before = len(await said(house, "slot-requested"))
    case = await issued(house, case)
    (slot,) = (await said(house, "slot-requested"))[before:]
    requirement = await requirement_of(house, MISSING)
    assert (requirement.state, requirement.notice_due_at) == (Need.REQUESTED, case.answer_due_at)
    assert (slot["slot_id"], slot["upload_permission"]) == (str(requirement.notice_slot_id), "notice.cdrd.respond")
    assert asked["slots"][0]["slot_id"] == slot["slot_id"]


async def test_a_document_sent_in_the_last_second_completes_the_bid(house, clock):
    case = await told(house, clock)
    await sends(house, case.answer_due_at + timedelta(milliseconds=999))
    assert (await requirement_of(house, MISSING)).state is Need.RECEIVED_LATE_ALLOWED
    assert (await said(house, "file-taken"))[-1]["taken_by_subject"].startswith("cdrd:")
    await settles(house, case)
    case = await the_case(house.database, Kind.CDRD, house)
    assert (case.state, (await the_bid(house.database, house.bid_id)).state) == (CaseState.DECIDED, BidState.RECEIVED)
    assert [each["outcome"] for each in await said(house, "notice-decided")] == ["satisfied"]


async def test_a_document_sent_after_the_last_second_is_evidence_and_the_bids_are_removed(house, clock):
    case = await told(house, clock)
    await sends(house, case.answer_due_at + timedelta(seconds=1))
    assert (await requirement_of(house, MISSING)).state is Need.REQUESTED
    await settles(house, case)
    bid = await the_bid(house.database, house.bid_id)
    assert (await requirement_of(house, MISSING)).state is Need.MISSING
    assert (bid.state, bid.reasons) == (BidState.DISQUALIFIED, ["FIN_DOC_MISSING"])
    assert [each["outcome"] for each in await said(house, "notice-decided")] == ["unsatisfied"]


async def test_a_document_that_was_rejected_is_asked_for_still_and_another_one_counts(house, clock):
    case = await told(house, clock)
    broken = await sends(house, case.answer_due_at)
    await heard(house, DocumentRejected, worker.on_document_rejected, file_id=broken)
    assert (await requirement_of(house, MISSING)).state is Need.REQUESTED
    await sends(house, case.answer_due_at)
    assert (await requirement_of(house, MISSING)).state is Need.RECEIVED_LATE_ALLOWED


async def test_missing_is_decided_by_the_settled_slot_and_by_no_clock(house, clock):
    case = await told(house, clock)
    await hears(house, case, NoticeOverdue, answers.note_overdue, overdue_at=case.answer_due_at)
    clock(case.answer_due_at + timedelta(days=1))
    assert await run(house.database, close_answers) == 0
    assert (await requirement_of(house, MISSING)).state is Need.REQUESTED
    await heard(house, SlotSettled, worker.on_slot_settled, closes_at=case.answer_due_at - timedelta(days=1))
    assert (await requirement_of(house, MISSING)).state is Need.REQUESTED
    await settles(house, case)
    assert (await requirement_of(house, MISSING)).state is Need.MISSING


async def test_a_slot_that_settles_twice_changes_nothing_the_second_time(house, clock):
    case = await told(house, clock)
    await settles(house, case)
    await settles(house, case)
    assert len(await said(house, "notice-decided")) == len(await said(house, "bid-disqualified")) == 1
