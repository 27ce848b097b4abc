"""What a contract supplier has to do: Form C reports that are awaited, questions about what it filed."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.actor import Actor
from chassis.database import Fence
from events.form_c import FormCClosed, FormCOpened, FormCReopened, FormCSubmitted
from events.information import InformationRequested, InformationSettled
from notices_svc.todos import form_c, questions
from notices_svc.todos.todo import Todo
from notices_svc.todos.views import list_todos

pytestmark = pytest.mark.database
DUE = datetime(2028, 1, 15, 1, 59, 59, tzinfo=UTC)
EARLIER, LATER = DUE - timedelta(days=5), DUE + timedelta(days=10)
MINE, CHANGE, REPORT = uuid4(), uuid4(), uuid4()
FILED = {"filing": "location-change", "filing_id": CHANGE, "organization_id": MINE}
ASKED = InformationRequested(
    **FILED, label="Answer", permission="location_change.submit", due_at=DUE, requested_at=EARLIER
)
AWAITED = FormCOpened(
    report_id=REPORT,
    contract_id=uuid4(),
    organization_id=MINE,
    round_code="R2028",
    contract_number="R2028-000001",
    label="Form C: back braces",
    permission="form_c.submit",
    due_at=DUE,
    opened_at=EARLIER,
)


async def heard(notices, use_case, event):
    async with notices.writing(Fence.organization(MINE), Actor.system("test")) as session:
        await use_case(session, event)


async def seen(notices, permission, state=Todo.OPEN):
    actor = Actor("person", "DWHITLOCK01", organization_id=MINE, permissions=frozenset({permission}))
    async with notices.reading(Fence.of(actor)) as session:
        todos = (await list_todos(session, actor, state, None, 25)).items
        return [(todo.label, todo.about, todo.due_at) for todo in todos]


async def test_a_question_is_to_do_for_who_may_answer_until_it_is_answered_and_each_time_it_is_asked(notices):
    for due in (DUE, LATER):
        await heard(notices, questions.asked, ASKED.model_copy(update={"due_at": due}))
        assert await seen(notices, "location_change.submit") == [("Answer", f"location-change:{CHANGE}", due)]
        assert await seen(notices, "subcontract.submit") == []
        for _ in range(2):  # said again it changes nothing more
            await heard(notices, questions.settled, InformationSettled(**FILED, answered=True, settled_at=DUE))
        assert await seen(notices, "location_change.submit") == []
    assert len(await seen(notices, "location_change.submit", Todo.DONE)) == 1


async def test_a_question_that_nobody_answered_in_time_is_to_do_no_more_and_was_not_done(notices):
    await heard(notices, questions.asked, ASKED)
    await heard(notices, questions.settled, InformationSettled(**FILED, answered=False, settled_at=DUE))
    assert await seen(notices, "location_change.submit") == []
    assert len(await seen(notices, "location_change.submit", Todo.LAPSED)) == 1


async def test_a_report_is_to_do_until_it_is_certified_again_when_it_is_opened_and_no_more_once_it_is_handed_on(
    notices,
):
    await heard(notices, form_c.report_opened, AWAITED)
    assert await seen(notices, "form_c.submit") == [("Form C: back braces", f"form-c:{REPORT}", DUE)]
    told = {"report_id": REPORT, "organization_id": MINE}
    await heard(notices, form_c.report_submitted, FormCSubmitted(**told, late=False, submitted_at=EARLIER))
    assert await seen(notices, "form_c.submit") == []
    returned = FormCReopened(**told, because="returned", due_at=LATER, reopened_at=DUE)
    await heard(notices, form_c.report_reopened, returned)
    assert [due for _, _, due in await seen(notices, "form_c.submit")] == [LATER]
    await heard(notices, form_c.report_closed, FormCClosed(**told, closed_at=LATER))
    assert await seen(notices, "form_c.submit") == []
    assert len(await seen(notices, "form_c.submit", Todo.LAPSED)) == 1
