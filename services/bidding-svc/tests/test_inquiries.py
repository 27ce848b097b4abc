"""Disqualified bids are told in one notice; one inquiry about them until it is due; what two people decide."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from bidding_svc.disqualification.deciding import tell_together
from bidding_svc.disqualification.opening import open_disqualifications
from bidding_svc.disqualification.reason import WORDS, Reason
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.inquiries import use_cases as inquiries
from bidding_svc.inquiries import views as inquiry_views
from bidding_svc.inquiries.inquiry import InquiryChanged, InquiryIsOver, NothingSaid
from bidding_svc.inquiries.lifecycle import InquiryState
from bidding_svc.inquiries.receipts import NotAReceiptForThis
from bidding_svc.inquiries.use_cases import take_up_inquiries
from bidding_svc.reviews import use_cases
from bidding_svc.reviews.case import DecidedBySomebodyElse
from bidding_svc.reviews.completeness.opening import open_completeness
from bidding_svc.reviews.kinds import Kind, Outcome
from bidding_svc.reviews.lifecycle import CaseState
from bidding_svc.reviews.views import read_case
from chassis import machine_time, program_time
from chassis.actor import Actor
from chassis.database import Fence
from chassis.duties import SomebodyElseMust
from chassis.errors import NotFound
from chassis.signing import SigningKey
from chassis.trust import note_key
from events.documents import DocumentReceived
from events.examples import BY_TYPE
from tests.bidding.evaluation import (
    ANALYST,
    OFFICER,
    REVIEWER,
    SYSTEM,
    act,
    approved,
    as_system,
    close_the_window,
    issued,
    lines_of,
    run,
    said,
    settle,
    the_bid,
    the_case,
)
from tests.bidding.house import open_house

pytestmark = pytest.mark.database
KEY = SigningKey.generate()


@pytest.fixture
def clock(monkeypatch):
    def set_to(moment):
        monkeypatch.setattr(program_time, "now", lambda: moment)

    return set_to


@pytest.fixture
async def house(bidding):
    return await open_house(bidding)


async def disqualified(house, clock):
    """A bidder whose only bid was disqualified: nothing was sent."""
    house.bid_id = await house.submitted_bid()
    house.after = await close_the_window(house.database, clock)
    await settle(house)
    await run(house.database, open_completeness)
    assert await run(house.database, open_disqualifications) == 0
    await approved(house, await the_case(house.database, Kind.COMPLETENESS, house))
    assert await run(house.database, open_disqualifications) == 1
    return await the_case(house.database, Kind.DISQUALIFICATION, house)


async def told(house, clock):
    """The inquiry that waits once the notice is issued."""
    await issued(house, await approved(house, await disqualified(house, clock)))
    return await mine(house)


def member(house, role="EU", permissions=("inquiry.submit",)):
    return Actor(
        "person",
        f"{role}MEMBER01",
        person_id=uuid4(),
        organization_id=house.organization_id,
        permissions=frozenset(permissions),
    )


async def mine(house, actor=None):
    actor = actor or member(house)
    async with house.reading() as session:
        page = await inquiry_views.list_inquiries(session, actor, None, 10)
        return await inquiry_views.read_inquiry(session, actor, page.items[0].id)


async def does(house, verb, inquiry, *args, actor=None, base=None):
    fence, by = Fence.organization(house.organization_id), actor or member(house)
    async with house.database.writing(fence, by) as session:
        await verb(session, inquiry.id, *args, base=inquiry.version if base is None else base)
    return await mine(house)


async def submitted(house, clock, words="The license was held.", receipts=()):
    return await does(house, inquiries.submit, await told(house, clock), words, receipts)


async def taken_up(house, clock):
    inquiry = await submitted(house, clock)
    clock(inquiry.due_at + timedelta(seconds=1))
    assert await run(house.database, take_up_inquiries) == 1
    return await the_case(house.database, Kind.INQUIRY, house)


async def recommended(house, clock, outcome, reasons=()):
    case = await act(house, ANALYST, use_cases.claim, await taken_up(house, clock))
    (line,) = await lines_of(house.database, case)
    case = await act(house, ANALYST, use_cases.override, case, line.id, outcome, reasons, because="I read it.")
    return await act(house, ANALYST, use_cases.recommend, case, "")


def receipt(house, inquiry, key=KEY, **more) -> str:
    about = {
        "organization_id": str(house.organization_id),
        "slot_id": str(inquiry.slot_id),
        "file_id": str(uuid4()),
        "sha256": "0" * 64,
        "size": 1,
        "received_at": inquiry.due_at.isoformat(),
    }
    return key.sign(about | more, "connexion-receipt")


async def know_key(house):
    async with as_system(house.database) as session:
        half = KEY.public()
        await note_key(
            session,
            kid=half.kid,
            use="receipt",
            issuer="documents",
            public_jwk=half.jwk(),
            not_before=machine_time.now(),
            not_after=None,
        )


def test_every_reason_has_words_for_the_bidder():
    assert set(WORDS) == set(Reason)


async def test_every_disqualified_bid_is_told_with_every_reason_once_all_bids_are_judged(house, clock):
    case = await approved(house, await disqualified(house, clock))
    (asked,) = await said(house, "notice-requested")
    reasons = [each["reason"] for bid in asked["fields"]["bids"] for each in bid["reasons"]]
    assert (case.state, asked["fields"]["notice_type"]) == (CaseState.DECIDED, "disqualification")
    assert set(reasons) == {"fin-doc-missing", "bond-missing"}
    assert await run(house.database, open_disqualifications) == 0


async def test_with_the_awards_the_notice_is_asked_for_again_to_go_out_at_once(house, clock):
    case = await approved(house, await disqualified(house, clock))
    async with as_system(house.database) as session:
        assert await tell_together(session, case.round_code, OFFICER.person_id) == 1
    first, again = await said(house, "notice-requested")
    assert (first["released_by"], again["released_by"]) == (None, str(OFFICER.person_id))
    assert (again["notice_id"], again["fields"]) == (first["notice_id"], first["fields"])


async def test_an_inquiry_waits_from_the_issue_of_the_notice_and_its_slot_is_open_until_then(house, clock):
    inquiry = await told(house, clock)
    slot = (await said(house, "slot-requested"))[-1]
    assert (inquiry.state, inquiry.due_at) == (InquiryState.NONE, house.after + timedelta(days=14))
    assert (slot["slot_id"], slot["slot_subject"]) == (str(inquiry.slot_id), f"inquiry:{inquiry.id}")
    assert slot["upload_permission"] == slot["read_permission"] == "inquiry.submit"
    file = BY_TYPE[DocumentReceived.TYPE]
    async with house.database.writing(Fence.organization(house.organization_id), SYSTEM) as session:
        await inquiries.take_file(session, inquiry.id, file)
    assert (await said(house, "file-taken"))[-1]["taken_by_subject"] == f"inquiry:{inquiry.id}"


async def test_an_end_user_who_files_an_inquiry_reads_of_no_reason_and_no_result(house, clock):
    case = await recommended(house, clock, Outcome.PASS)
    await act(house, OFFICER, use_cases.approve, case, by="staff.eligibility.decide")
    shown = (await mine(house)).model_dump_json()
    assert all(word not in shown for word in ("MISSING", "UPHELD", "DENIED", "missing", "upheld"))


async def test_a_draft_is_kept_and_never_counts(house, clock):
    inquiry = await does(house, inquiries.save_draft, await told(house, clock), "We had a license.")
    assert (inquiry.state, inquiry.draft, inquiry.entries) == (InquiryState.DRAFT, "We had a license.", [])
    clock(inquiry.due_at + timedelta(seconds=1))
    assert await run(house.database, take_up_inquiries) == 0
    assert await said(house, "notice-answered") == []


async def test_what_was_submitted_may_be_added_to_until_the_last_second_and_not_after_it(house, clock):
    inquiry = await submitted(house, clock)
    clock(inquiry.due_at + timedelta(milliseconds=999))
    assert await run(house.database, take_up_inquiries) == 0
    inquiry = await does(house, inquiries.submit, inquiry, "And the bond.", ())
    assert [entry.text for entry in inquiry.entries] == ["The license was held.", "And the bond."]
    assert len(await said(house, "notice-answered")) == 2
    clock(inquiry.due_at + timedelta(seconds=1))
    with pytest.raises(InquiryIsOver):
        await does(house, inquiries.submit, inquiry, "Too late.", ())
    assert (await mine(house)).allowed_actions == []


async def test_two_who_write_at_once_do_not_write_over_each_other(house, clock):
    inquiry = await told(house, clock)
    await does(house, inquiries.save_draft, inquiry, "One.")
    with pytest.raises(InquiryChanged):
        await does(house, inquiries.save_draft, inquiry, "Other.", base=inquiry.version)


async def test_an_inquiry_says_something_or_sends_something(house, clock):
    with pytest.raises(NothingSaid):
        await submitted(house, clock, "  ")


async def test_files_count_by_receipts_of_documents_svc_for_this_slot_received_in_time(house, clock):
    inquiry = await told(house, clock)
    await know_key(house)
    late = (inquiry.due_at + timedelta(seconds=1)).isoformat()
    for wrong in (
        receipt(house, inquiry, SigningKey.generate()),
        receipt(house, inquiry, slot_id=str(uuid4())),
        receipt(house, inquiry, organization_id=str(uuid4())),
        receipt(house, inquiry, received_at=late),
        "nothing",
    ):
        with pytest.raises(NotAReceiptForThis):
            await does(house, inquiries.submit, inquiry, "", [wrong])
    inquiry = await does(house, inquiries.submit, inquiry, "", [receipt(house, inquiry)])
    assert [len(entry.files) for entry in inquiry.entries] == [1]


async def test_another_organization_finds_no_inquiry(house, clock):
    inquiry = await told(house, clock)
    other = await open_house(house.database, "9000000002")
    async with other.reading() as session:
        with pytest.raises(NotFound):
            await inquiry_views.read_inquiry(session, member(other), inquiry.id)
    with pytest.raises(NotFound):
        async with other.acting() as session:
            await inquiries.save_draft(session, inquiry.id, "Mine?", base=1)


async def test_every_reason_is_looked_at_again_and_cms_decides(house, clock):
    case = await recommended(house, clock, Outcome.PASS)
    (line,) = await lines_of(house.database, case)
    assert (line.proposed, set(line.inputs["disqualified_for"])) == (None, {"FIN_DOC_MISSING", "BOND_MISSING"})
    with pytest.raises(DecidedBySomebodyElse):
        await act(house, REVIEWER, use_cases.approve, case)
    async with house.database.reading(Fence.staff()) as session:
        assert "approve" in (await read_case(session, OFFICER, case.id)).allowed_actions
        assert "approve" not in (await read_case(session, REVIEWER, case.id)).allowed_actions
        entries = await inquiry_views.submissions_of(session, OFFICER, case.id)
    assert [entry.text for entry in entries] == ["The license was held."]


async def test_an_upheld_inquiry_makes_the_bid_eligible_and_its_filers_may_see_the_result(house, clock):
    case = await recommended(house, clock, Outcome.PASS)
    await act(house, OFFICER, use_cases.approve, case, by="staff.eligibility.decide")
    bid = await the_bid(house.database, house.bid_id)
    result = (await said(house, "notice-requested"))[-1]["fields"]
    assert (bid.state, bid.reasons) == (BidState.ELIGIBLE, [])
    assert (result["outcome"], [row["upheld"] for row in result["rows"]]) == ("upheld-full", [True])
    assert len(result["worked_on_by"]) == 1
    assert (await said(house, "notice-decided"))[-1]["outcome"] == "satisfied"


async def test_a_denied_inquiry_leaves_the_bid_disqualified(house, clock):
    case = await recommended(house, clock, Outcome.FAIL, [Reason.FIN_DOC_MISSING])
    await act(house, OFFICER, use_cases.approve, case, by="staff.eligibility.decide")
    assert (await the_bid(house.database, house.bid_id)).state is BidState.DISQUALIFIED
    assert (await said(house, "notice-requested"))[-1]["fields"]["outcome"] == "denied"
    assert (await said(house, "notice-decided"))[-1]["outcome"] == "unsatisfied"


async def test_who_worked_on_the_inquiry_does_not_decide_it(house, clock):
    case = await recommended(house, clock, Outcome.PASS)
    promoted = Actor("staff", "NEWNAME01", person_id=ANALYST.person_id, permissions=OFFICER.permissions)
    with pytest.raises(SomebodyElseMust):
        await act(house, promoted, use_cases.approve, case, by="staff.eligibility.decide")


async def test_no_audit_row_repeats_what_was_written(house, clock):
    await submitted(house, clock, "A secret between us.")
    async with house.database.reading(Fence.system()) as session:
        rows = await session.scalars(text("select coalesce(after::text, '') from audit where entity = 'inquiry'"))
        assert all("secret" not in row for row in rows.all())
