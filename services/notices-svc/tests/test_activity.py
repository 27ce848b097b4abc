from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from chassis.actor import Actor
from chassis.database import Fence
from events.bidding import FinancialSummaryReleased
from events.documents import DocumentReceived, DocumentRejected
from events.requirements import RequirementReceived
from notices_svc.activity import use_cases
from notices_svc.activity.views import list_activity

pytestmark = pytest.mark.database
AT = datetime(2026, 12, 1, 12, tzinfo=UTC)
MINE = uuid4()
FENCE = Fence.organization(MINE)


def received(minute: int = 0) -> RequirementReceived:
    return RequirementReceived(
        requirement_id=uuid4(),
        organization_id=MINE,
        round_code="R2028",
        document="business-credit-report",
        label="Business credit report",
        file_id=uuid4(),
        received_at=AT + timedelta(minutes=minute),
        by_cdrd=False,
    )


async def heard(notices, use_case, event):
    async with notices.writing(FENCE, Actor.system("test")) as session:
        await use_case(session, event)


async def page(notices, *permissions, after=None, limit=25):
    actor = Actor("person", "U", organization_id=MINE, permissions=frozenset(permissions))
    async with notices.reading(FENCE) as session:
        return await list_activity(session, actor, after, limit)


async def test_activity_is_listed_latest_first_over_pages(notices):
    for minute in (1, 3, 2, 5, 4):
        await heard(notices, use_cases.record_received, received(minute))
    first = await page(notices, "document.view", limit=3)
    rest = await page(notices, "document.view", limit=3, after=first.next)
    assert [entry.occurred_at.minute for entry in first.items + rest.items] == [5, 4, 3, 2, 1]
    assert rest.next is None


async def test_without_the_permission_of_an_entry_it_is_not_there(notices):
    await heard(notices, use_cases.record_received, received())
    assert (await page(notices, "activity.view")).items == []


async def test_a_released_summary_is_noted_for_those_who_may_open_it_and_a_corrected_one_again(notices):
    for minute in (1, 2):
        released = FinancialSummaryReleased(
            bidder_id=MINE,
            organization_id=MINE,
            round_code="R2021",
            permission="financial_summary.view",
            corrected=minute == 2,
            released_at=AT + timedelta(minutes=minute),
        )
        await heard(notices, use_cases.record_summary, released)
    found = (await page(notices, "financial_summary.view")).items
    assert [entry.kind for entry in found] == ["summary-corrected", "summary-released"]
    assert (await page(notices, "document.view")).items == []


async def test_a_fact_has_one_entry(notices):
    event = received()
    await heard(notices, use_cases.record_received, event)
    with pytest.raises(IntegrityError):
        await heard(notices, use_cases.record_received, event)
    assert len((await page(notices, "document.view")).items) == 1


async def test_a_rejection_and_a_late_file_are_told(notices):
    of_file = {"file_id": uuid4(), "slot_id": uuid4(), "slot_subject": "requirement:x", "organization_id": MINE}
    late = DocumentReceived(
        **of_file, sha256="0" * 64, size=1, started_at=AT, received_at=AT, verdict="late", receipt="a.b.c"
    )
    reason = "The file has a password, so nobody can open it. Save it again without a password."
    rejected = DocumentRejected(**of_file, code="UPL-03", reason=reason, rejected_at=AT)
    await heard(notices, use_cases.record_late, late)
    await heard(notices, use_cases.record_rejected, rejected)
    found = (await page(notices, "document.view")).items
    assert {(entry.kind, entry.label) for entry in found} == {
        ("document-late", "File received after the close"),
        ("document-rejected", reason),
    }
