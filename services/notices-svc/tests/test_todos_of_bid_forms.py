from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.actor import Actor
from chassis.database import Fence
from events.bidding import (
    BidLapsed,
    BidRemoved,
    BidSubmitted,
    BidVoided,
    BidWithdrawn,
    FormAApproved,
    FormALocked,
    FormAVoided,
)
from notices_svc.todos import bid_forms
from notices_svc.todos.todo import Todo
from notices_svc.todos.views import list_todos

pytestmark = pytest.mark.database
DUE = datetime(2026, 12, 20, 1, 59, 59, tzinfo=UTC)
EARLIER, LATER = DUE - timedelta(days=2), DUE - timedelta(days=1)
MINE = uuid4()
FORM = {"bidder_id": uuid4(), "organization_id": MINE, "round_code": "R2028"}
BID = FORM | {"bid_id": uuid4(), "category_code": "OTSK", "cba_code": "nationwide", "label": "OTS knee braces"}
FORM_VOIDED = FormAVoided(**FORM, permission="form_a.approve", due_at=DUE, voided_at=EARLIER)
BID_VOIDED = BidVoided(**BID, permission="form_b.certify", due_at=DUE, voided_at=EARLIER)


async def heard(notices, use_case, event):
    async with notices.writing(Fence.organization(MINE), Actor.system("test")) as session:
        await use_case(session, event)


async def seen(notices, *permissions, state=Todo.OPEN):
    actor = Actor("person", "DWHITLOCK01", organization_id=MINE, permissions=frozenset(permissions))
    async with notices.reading(Fence.of(actor)) as session:
        return [(todo.label, todo.due_at) for todo in (await list_todos(session, actor, state, None, 25)).items]


async def test_a_voided_approval_is_a_to_do_of_who_may_approve_until_it_is_given_again(notices):
    await heard(notices, bid_forms.form_a_approved, FormAApproved(**FORM, approved_at=EARLIER))
    assert await seen(notices, "form_a.approve") == []
    for _ in range(2):
        await heard(notices, bid_forms.approval_voided, FORM_VOIDED)
        assert await seen(notices, "form_a.approve") == [("Approve Form A again: it was changed", DUE)]
        assert await seen(notices, "form_b.edit") == []
        await heard(notices, bid_forms.form_a_approved, FormAApproved(**FORM, approved_at=LATER))
        assert await seen(notices, "form_a.approve") == []
    assert len(await seen(notices, "form_a.approve", state=Todo.DONE)) == 1


@pytest.mark.parametrize(
    ("use_case", "event"),
    [
        (bid_forms.bid_submitted, BidSubmitted(**BID, submitted_at=LATER)),
        (bid_forms.bid_withdrawn, BidWithdrawn(**BID, withdrawn_at=LATER)),
    ],
)
async def test_a_voided_certification_is_a_to_do_until_the_bid_is_certified_again_or_withdrawn(
    notices, use_case, event
):
    await heard(notices, bid_forms.certification_voided, BID_VOIDED)
    assert await seen(notices, "form_b.certify") == [("Certify again: OTS knee braces", DUE)]
    await heard(notices, use_case, event)
    assert await seen(notices, "form_b.certify") == []


@pytest.mark.parametrize(
    ("voided", "use_case", "event", "permission"),
    [
        (FORM_VOIDED, bid_forms.form_a_locked, FormALocked(**FORM, approved=False, locked_at=DUE), "form_a.approve"),
        (BID_VOIDED, bid_forms.bid_lapsed, BidLapsed(**BID, reason="not-certified", closed_at=DUE), "form_b.certify"),
        (BID_VOIDED, bid_forms.bid_removed, BidRemoved(**BID, removed_at=LATER), "form_b.certify"),
    ],
)
async def test_what_nobody_did_before_the_close_or_the_removal_is_to_do_no_more(
    notices, voided, use_case, event, permission
):
    ask = bid_forms.approval_voided if voided is FORM_VOIDED else bid_forms.certification_voided
    await heard(notices, ask, voided)
    for _ in range(2):
        await heard(notices, use_case, event)
        assert await seen(notices, permission) == await seen(notices, permission, state=Todo.DONE) == []
        assert len(await seen(notices, permission, state=Todo.LAPSED)) == 1


async def test_what_was_done_in_time_stays_done_at_the_close(notices):
    await heard(notices, bid_forms.approval_voided, FORM_VOIDED)
    await heard(notices, bid_forms.form_a_approved, FormAApproved(**FORM, approved_at=LATER))
    await heard(notices, bid_forms.form_a_locked, FormALocked(**FORM, approved=True, locked_at=DUE))
    assert len(await seen(notices, "form_a.approve", state=Todo.DONE)) == 1
