"""What an end user may not see, an end user meets nowhere: no list, no count, no error, no header shows any of it.

The published table keeps breach notices, disqualifications, offers, financial scores, location changes and transfers
from end users, who still file inquiries and answer other notices (domain/roles.md 1.4). Every permission that an
authorized official holds and an end user does not is put on a row of every kind that carries one. A new kind of row
gets its line in `CARRIERS` and is covered.
"""

import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import httpx
import pytest

from chassis import program_time
from chassis.actor import Actor
from chassis.database import Fence, Session
from contracts_svc.contracts.entry import ContractEntry
from documents_svc.settlement.use_cases import open_slot
from events.bidding import NoticeRequested
from events.notice_fields import GeneralFields, NoticeSubject
from events.requirements import SlotRequested
from identity_adapter.roles.table import role_table
from notices_svc.activity.activity import ActivityEntry
from notices_svc.notices.notice import Notice
from notices_svc.notices.use_cases.drafting import draft as draft_notice
from notices_svc.todos.todo import TodoItem
from tests.access.conftest import Edge
from tests.access.edges import Route, routes
from tests.access.examples import BODIES, COMMITS
from tests.access.standing import Asker, Standing
from tests.documents.house import Person
from tests.documents.pdfs import pdf

pytestmark = pytest.mark.database
OFFICIAL, END_USER = Asker("AO", "supplier"), Asker("EU", "supplier")
HIDDEN = sorted(OFFICIAL.permissions - END_USER.permissions)
STATES: dict[str, list[dict[str, str]]] = {"GET /api/notices/todos": [{"state": "OPEN"}, {"state": "DONE"}]}
"""Lists that show one state at a time."""


def marker(permission: str) -> str:
    """Words that stand on the rows of this permission and nowhere else."""
    return f"only for {permission}"


async def open_todo(edge: Edge, permission: str) -> dict[str, Any]:
    async with as_worker(edge) as session:
        session.add(a_todo(edge, permission, session))
    return {}


async def done_todo(edge: Edge, permission: str) -> dict[str, Any]:
    async with as_worker(edge) as session:
        session.add(done := a_todo(edge, permission, session))
        done.do(session.at)
    return {}


async def activity(edge: Edge, permission: str) -> dict[str, Any]:
    about = {"kind": "trap", "about": f"trap:{uuid.uuid4()}", "label": marker(permission)}
    async with as_worker(edge) as session:
        told = {"permission": permission, "occurred_at": session.at, "details": {"reason": marker(permission)}}
        session.add(ActivityEntry(organization_id=edge.organization_id, **about, **told))
    return {}


async def slot_with_a_file_and_an_upload(edge: Edge, permission: str) -> dict[str, Any]:
    now = program_time.now()
    asked = SlotRequested(
        slot_id=uuid.uuid4(),
        slot_subject=f"trap:{permission}",
        organization_id=edge.organization_id,
        upload_permission=permission,
        read_permission=permission,
        staff_read_permission="staff.document.view",
        label=marker(permission),
        accepted_types=("application/pdf",),
        max_bytes=1_000_000,
        max_files=20,
        opens_at=now - timedelta(days=1),
        closes_at=now + timedelta(days=1),
    )
    async with as_worker(edge) as session:
        await open_slot(session, asked, edge.app.state.documents.keys)
    headers = {"Authorization": f"Bearer {token_of(OFFICIAL, edge)}"}
    async with httpx.AsyncClient(transport=edge.client._transport, base_url="http://edge", headers=headers) as client:
        official = Person(client, edge.organization_id)
        file_id = await official.file(asked.slot_id, pdf(), filename=f"{marker(permission)}.pdf")
        under_way = await official.begun(asked.slot_id, 100, filename=f"{marker(permission)}.pdf")
    return {"slot_id": asked.slot_id, "file_id": file_id, "upload_id": under_way.rsplit("/", 1)[1]}


async def entry_of_a_contract(edge: Edge, permission: str) -> dict[str, Any]:
    organization_id = edge.organization_id
    about = {"label": marker(permission), "permission": permission}
    async with as_worker(edge) as session:
        session.add(
            ContractEntry(
                edge.parameters["contract_id"],
                organization_id,
                f"trap-{permission}",
                occurred_at=session.at,
                details={"reason": marker(permission)},
                **about,
            )
        )
    return {}


async def notice(edge: Edge, permission: str) -> dict[str, Any]:
    asked = NoticeRequested(
        notice_id=uuid.uuid4(),
        organization_id=edge.organization_id,
        round_code="R2021",
        about=NoticeSubject(kind="trap", id=uuid.uuid4()),
        requested_by=uuid.uuid4(),
        requested_at=program_time.now(),
        fields=GeneralFields(heading=marker(permission), paragraphs=(marker(permission),)),
    )
    async with as_worker(edge) as session:
        await draft_notice(session, asked)
        planted = await session.get_one(Notice, asked.notice_id)
        planted.permission = permission
        planted.approve(session.at)
        planted.issue(session.at, None)
        planted.open(session.at)
    return {"notice_id": asked.notice_id}


CARRIERS: dict[str, list[Callable[[Edge, str], Awaitable[dict[str, Any]]]]] = {
    "contracts": [entry_of_a_contract],
    "notices": [open_todo, done_todo, activity, notice],
    "documents": [slot_with_a_file_and_an_upload],
}


def as_worker(edge: Edge) -> Any:
    organization_id = edge.organization_id
    actor = Actor.system("access-tests", organization_id)
    return edge.app.state.database.writing(Fence.organization(organization_id), actor)


def a_todo(edge: Edge, permission: str, session: Session) -> TodoItem:
    return TodoItem(
        organization_id=edge.organization_id,
        kind="trap",
        about=f"trap:{uuid.uuid4()}",
        label=marker(permission),
        permission=permission,
        at=session.at,
        due_at=None,
    )


def token_of(asker: Asker, edge: Edge) -> str:
    about = {"organization_id": edge.organization_id, "session_id": edge.session_id, "ticket_id": edge.ticket_id}
    return asker.token(Standing.OWN, **about)


async def told(edge: Edge, asker: Asker, route: Route, path: str) -> AsyncIterator[str]:
    """All that one route tells: status line aside, every header and every page."""
    given = dict(BODIES.get(route.name, {}))
    headers = given.pop("headers", {}) | {"Authorization": f"Bearer {token_of(asker, edge)}"}
    for state in STATES.get(route.name, [{}]):
        query = dict(given.pop("params", {})) | state
        while True:
            answer = await edge.client.request(route.method.upper(), path, params=query, headers=headers, **given)
            yield f"{answer.headers} {answer.text}"
            following = answer.json().get("next") if route.is_list and answer.is_success else None
            if not following:
                break
            query["after"] = following


async def all_that_is_told(
    edge: Edge, asker: Asker, service: str, planted: list[dict[str, Any]], methods: set[str]
) -> dict[str, str]:
    """What each route tells, by its name."""
    words: dict[str, str] = {}
    for route in (known for known in routes() if known.service == service and known.method in methods):
        with nullcontext() if route.name in COMMITS else edge.undoing():
            for parameters in planted if route.names_a_resource else [{}]:
                path = route.path.format(**edge.parameters | parameters)
                words[route.name] = "\n".join(
                    [words.get(route.name, ""), *[each async for each in told(edge, asker, route, path)]]
                )
    return words


@pytest.mark.parametrize("service", sorted(CARRIERS))
async def test_what_an_end_user_may_not_see_is_told_nowhere(edges, service):
    edge = edges[service]
    planted = [await carrier(edge, permission) for permission in HIDDEN for carrier in CARRIERS[service]]
    seen = "".join((await all_that_is_told(edge, OFFICIAL, service, planted, {"get"})).values())
    assert [permission for permission in HIDDEN if marker(permission) not in seen] == [], "a plant that shows nowhere"
    everything = {"get", "head", "post", "put", "patch", "delete"}
    leaked = await all_that_is_told(edge, END_USER, service, planted, everything)
    secrets = {marker(permission) for permission in HIDDEN} | {str(each) for row in planted for each in row.values()}
    assert {name for name, words in leaked.items() if any(secret in words for secret in secrets)} == set()


async def test_a_count_counts_what_the_list_shows_and_nothing_else(edges):
    edge = edges["notices"]
    for permission in HIDDEN:
        await open_todo(edge, permission)
    counted = {}
    for asker in (OFFICIAL, END_USER):
        headers = {"Authorization": f"Bearer {token_of(asker, edge)}"}
        listed = (await edge.client.get("/api/notices/todos", params={"limit": 100}, headers=headers)).json()
        counted[asker.role] = (await edge.client.get("/api/notices/todos/count", headers=headers)).json()["open"]
        assert counted[asker.role] == len(listed["items"]), json.dumps(listed)
    assert counted["AO"] - counted["EU"] >= len(HIDDEN)


def test_the_traps_of_the_role_table_stand_in_it():
    assert {"notice.breach.view", "notice.breach.respond", "notice.disqualification.view", "offer.view"} <= set(HIDDEN)
    assert {"financial_summary.view", "location_change.view", "transfer.view", "transfer.submit"} <= set(HIDDEN)
    may = role_table().permissions_of("EU")
    assert {"inquiry.submit", "subcontract.submit", "form_c.submit"} <= may
