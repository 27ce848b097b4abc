from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from chassis.actor import Actor
from chassis.database import Fence
from chassis.errors import NotAllowedNow, NotFound
from events.requirements import (
    RequirementClosed,
    RequirementFulfilled,
    RequirementOpened,
    RequirementReopened,
    RequirementRescheduled,
)
from notices_svc.todos import use_cases
from notices_svc.todos.todo import Todo
from notices_svc.todos.views import count_todos, list_todos

pytestmark = pytest.mark.database
DUE = datetime(2026, 12, 20, 1, 59, 59, tzinfo=UTC)
MINE = uuid4()
REQUIREMENT = uuid4()
ABOUT = {"organization_id": MINE, "round_code": "R2028", "document": "business-credit-report"}


def an_official(*permissions: str, organization_id: UUID = MINE) -> Actor:
    return Actor("person", "DWHITLOCK01", organization_id=organization_id, permissions=frozenset(permissions))


def opened(requirement_id: UUID = REQUIREMENT, organization_id: UUID = MINE) -> RequirementOpened:
    return RequirementOpened(
        requirement_id=requirement_id,
        organization_id=organization_id,
        round_code="R2028",
        document="business-credit-report",
        label="Business credit report",
        covered=True,
        slot_id=uuid4(),
        permission="document.upload",
        due_at=DUE,
        cdrd_at=DUE - timedelta(days=30),
    )


async def heard(notices, use_case, event):
    async with notices.writing(Fence.organization(event.organization_id), Actor.system("test")) as session:
        await use_case(session, event)


async def seen(notices, actor, state=Todo.OPEN):
    async with notices.reading(Fence.of(actor)) as session:
        return (await list_todos(session, actor, state, None, 25)).items


FULFILLED = RequirementFulfilled(requirement_id=REQUIREMENT, fulfilled_at=DUE, **ABOUT)
REOPENED = RequirementReopened(requirement_id=REQUIREMENT, reopened_at=DUE, **ABOUT)


async def test_a_required_document_is_a_to_do_until_it_is_sent_and_again_when_it_is_rejected(notices):
    official = an_official("document.upload")
    await heard(notices, use_cases.ask_for_document, opened())
    (todo,) = await seen(notices, official)
    assert (todo.label, todo.due_at, todo.about) == ("Business credit report", DUE, f"requirement:{REQUIREMENT}")
    await heard(notices, use_cases.document_sent, FULFILLED)
    assert await seen(notices, official) == []
    assert [done.done_at for done in await seen(notices, official, Todo.DONE)] == [DUE]
    await heard(notices, use_cases.document_asked_again, REOPENED)
    assert len(await seen(notices, official)) == 1


async def test_a_to_do_is_neither_shown_nor_counted_without_its_permission(notices):
    await heard(notices, use_cases.ask_for_document, opened())
    for actor, count in ((an_official("document.upload"), 1), (an_official("todo.view"), 0)):
        assert len(await seen(notices, actor)) == count
        async with notices.reading(Fence.of(actor)) as session:
            assert (await count_todos(session, actor)).open == count


async def test_another_organization_sees_none_of_it_also_without_the_query_filter(notices):
    await heard(notices, use_cases.ask_for_document, opened())
    other = uuid4()
    assert await seen(notices, an_official("document.upload", organization_id=other)) == []
    async with notices.reading(Fence.organization(other)) as session:
        assert await session.scalar(text("select count(*) from todo")) == 0


async def test_a_to_do_is_done_once(notices):
    await heard(notices, use_cases.ask_for_document, opened())
    await heard(notices, use_cases.document_sent, FULFILLED)
    with pytest.raises(NotAllowedNow):
        await heard(notices, use_cases.document_sent, FULFILLED)


async def test_what_was_never_asked_for_cannot_be_done(notices):
    with pytest.raises(NotFound):
        await heard(notices, use_cases.document_sent, FULFILLED)


async def test_a_to_do_shows_the_later_close_once_the_window_was_extended(notices):
    later = DUE + timedelta(days=7)
    rescheduled = RequirementRescheduled(
        requirement_id=REQUIREMENT, due_at=later, cdrd_at=DUE - timedelta(days=30), rescheduled_at=DUE, **ABOUT
    )
    await heard(notices, use_cases.ask_for_document, opened())
    await heard(notices, use_cases.document_due_at_another_time, rescheduled)
    (todo,) = await seen(notices, an_official("document.upload"))
    assert todo.due_at == later


async def test_a_document_that_can_be_sent_no_more_is_no_to_do_any_more_and_one_that_was_sent_stays_done(notices):
    official, missing = (
        an_official("document.upload"),
        RequirementClosed(requirement_id=REQUIREMENT, outcome="missing", closed_at=DUE, **ABOUT),
    )
    await heard(notices, use_cases.ask_for_document, opened())
    await heard(notices, use_cases.document_asked_no_more, missing)
    assert await seen(notices, official) == []
    assert [todo.state for todo in await seen(notices, official, Todo.LAPSED)] == [Todo.LAPSED]
    sent = uuid4()
    await heard(notices, use_cases.ask_for_document, opened(sent))
    await heard(notices, use_cases.document_sent, FULFILLED.model_copy(update={"requirement_id": sent}))
    await heard(notices, use_cases.document_asked_no_more, missing.model_copy(update={"requirement_id": sent}))
    assert len(await seen(notices, official, Todo.DONE)) == 1
