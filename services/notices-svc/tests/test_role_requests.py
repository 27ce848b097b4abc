"""A request for a role: a To-Do of those who decide it, and what is told of it to the members."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from chassis.actor import Actor
from chassis.database import Fence
from chassis.ids import new_id
from chassis.kafka import hearings
from events.envelope import Envelope, Event, source_of
from events.identity import STREAM, RoleGranted, RoleRejected, RoleRequested
from notices_svc.activity.views import list_activity
from notices_svc.app import SERVICE
from notices_svc.todos.todo import Todo
from notices_svc.todos.views import count_todos, list_todos

pytestmark = pytest.mark.database
AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
DUE = AT + timedelta(days=30)
MINE = uuid4()
(HEARING,) = [each for each in hearings("notices", SERVICE.hears) if each.topic == STREAM]


def about(**more) -> dict:
    return {"membership_id": uuid4(), "person_id": uuid4(), "organization_id": MINE, "role": "BAO"} | more


def requested(asked: dict, decided_with: str | None = "member.approve_bao") -> RoleRequested:
    return RoleRequested(**asked, decided_with=decided_with, requested_at=AT, due_at=DUE)


async def hear(notices, event: Event, times: int = 1) -> None:
    """Let the worker hear one message, delivered that many times."""
    envelope = Envelope.of(event, id=new_id(), time=AT, source=source_of("identity"))
    for _ in range(times):
        async with HEARING.first_time(notices, envelope.headers(), event.body()) as turn:
            if turn is not None:
                await turn.take()


def holder(*permissions: str, organization_id=MINE) -> Actor:
    return Actor("person", "DWHITLOCK01", organization_id=organization_id, permissions=frozenset(permissions))


async def todos(notices, actor: Actor, state: Todo = Todo.OPEN) -> list:
    async with notices.reading(Fence.of(actor)) as session:
        return (await list_todos(session, actor, state, None, 25)).items


async def activity(notices, actor: Actor) -> list:
    async with notices.reading(Fence.of(actor)) as session:
        return (await list_activity(session, actor, None, 25)).items


async def test_a_request_is_a_to_do_of_whoever_decides_it_until_it_is_decided(notices):
    asked = about()
    await hear(notices, requested(asked))
    (todo,) = await todos(notices, holder("member.approve_bao"))
    assert (todo.label, todo.about, todo.due_at) == (
        "A role request waits for you",
        f"role-request:{asked['membership_id']}",
        DUE,
    )
    await hear(notices, RoleGranted(**asked, granted_at=AT))
    assert await todos(notices, holder("member.approve_bao")) == []
    assert [done.done_at for done in await todos(notices, holder("member.approve_bao"), Todo.DONE)] == [AT]


async def test_whoever_may_not_decide_it_neither_sees_nor_counts_it(notices):
    await hear(notices, requested(about()))
    for actor in (holder("member.approve_eu", "todo.view"), holder("member.approve_bao", organization_id=uuid4())):
        assert await todos(notices, actor) == []
        async with notices.reading(Fence.of(actor)) as session:
            assert (await count_todos(session, actor)).open == 0


@pytest.mark.parametrize("outcome", ["rejected", "withdrawn", "expired"])
async def test_what_came_to_nothing_is_to_do_no_more(notices, outcome):
    asked = about()
    await hear(notices, requested(asked))
    await hear(notices, RoleRejected(**asked, outcome=outcome, rejected_at=AT))
    assert await todos(notices, holder("member.approve_bao")) == []


async def test_a_message_delivered_again_changes_nothing(notices):
    asked = about()
    await hear(notices, requested(asked), times=3)
    await hear(notices, RoleGranted(**asked, granted_at=AT), times=3)
    assert len(await todos(notices, holder("member.approve_bao"), Todo.DONE)) == 1
    assert len(await activity(notices, holder("member.view"))) == 2


async def test_a_role_that_nobody_here_decides_is_no_to_do(notices):
    official = about(role="AO")
    await hear(notices, requested(official, decided_with=None))
    await hear(notices, RoleGranted(**official, granted_at=AT))
    await hear(notices, RoleGranted(**about(), granted_at=AT))
    assert await todos(notices, holder("member.approve_bao", "member.approve_eu")) == []


async def test_members_read_what_happened_to_roles_and_others_do_not(notices):
    asked = about()
    await hear(notices, requested(asked))
    await hear(notices, RoleRejected(**asked, outcome="expired", rejected_at=DUE))
    told = await activity(notices, holder("member.view"))
    assert [(entry.kind, entry.label, entry.details) for entry in told] == [
        ("role-expired", "A role request expired", {"role": "BAO"}),
        ("role-requested", "A role was requested", {"role": "BAO"}),
    ]
    assert await activity(notices, holder("activity.view", "document.view")) == []
