import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from chassis.actor import Actor
from chassis.audit_evidence import EVIDENCE, NO_HEAD, STATEMENT, chain, digest
from chassis.database import Database, Fence
from chassis.key_ring import KeyRing
from chassis.sealing import ROWS_PER_BATCH, seal, sealing
from chassis.signing import SigningKey, by_kid, verify
from chassis.sweeps import run_once
from chassis.tables import audit
from events.audit import BatchSealed, SigningKeyPublished
from tests.infrastructure.databases import ServiceDatabase

ACTOR = Actor(kind="person", user_id="U-1", organization_id=UUID(int=7), role="AO")
SYSTEM = Actor.system("probe-worker")
KEY = SigningKey.generate()
RING = KeyRing([KEY])

ROW = {
    "id": UUID("0193e3a4-0000-7000-8000-000000000001"),
    "position": 12,
    "at": datetime(2026, 1, 2, 3, 4, 5, 678, UTC),
    "machine_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "actor_kind": "person",
    "actor_id": "U-1",
    "person_id": None,
    "organization_id": UUID(int=7),
    "role": "AO",
    "session_id": None,
    "token_id": "",
    "action": "upload.finish",
    "entity": "upload",
    "entity_id": "u-1",
    "before": '{"state": "UPLOADING"}',
    "after": '{"state": "SCANNING"}',
    "reason": None,
    "trace_id": None,
}


async def act(probe: Database, count: int, *, first: int = 0) -> None:
    for number in range(first, first + count):
        async with probe.writing(Fence.organization(UUID(int=7)), ACTOR) as session:
            session.audit("upload.finish", f"u-{number}", before={"state": "UPLOADING"}, after={"size": number})


async def seal_once(probe: Database, limit: int = ROWS_PER_BATCH, ring: KeyRing = RING) -> int:
    async with probe.writing(Fence.system(), SYSTEM) as session:
        return await seal(session, "probe", ring, limit)


async def seal_and_fail(probe: Database) -> None:
    async with probe.writing(Fence.system(), SYSTEM) as session:
        await seal(session, "probe", RING)
        raise ZeroDivisionError


async def fetch(probe_database: ServiceDatabase, query: str) -> list[Any]:
    connection = await asyncpg.connect(probe_database.admin_url)
    rows = await connection.fetch(query)
    await connection.close()
    return [tuple(row) for row in rows]


async def heads(probe_database: ServiceDatabase) -> list[BatchSealed]:
    rows = await fetch(probe_database, f"select body from outbox where type = '{BatchSealed.TYPE}' order by position")
    return [BatchSealed.model_validate_json(body) for (body,) in rows]


def test_every_column_is_evidence_or_says_where_the_row_was_sealed() -> None:
    assert {*EVIDENCE, "batch", "ordinal"} == {column.name for column in audit.columns}


@pytest.mark.parametrize("name", EVIDENCE)
def test_the_digest_changes_with_every_field(name: str) -> None:
    other: dict[type, Any] = {
        UUID: UUID(int=9),
        int: 13,
        datetime: ROW["at"] + timedelta(microseconds=1) if isinstance(ROW["at"], datetime) else None,
        str: "other",
        type(None): "",
    }
    assert digest({**ROW, name: other[type(ROW[name])]}) != digest(ROW)


def test_the_digest_is_the_same_in_whatever_zone_a_time_is_read() -> None:
    moved = {**ROW, "at": datetime(2026, 1, 2, 3, 4, 5, 678, UTC).astimezone(None)}
    assert digest(moved) == digest(ROW)


def test_the_digest_of_a_known_row_never_changes() -> None:
    assert digest(ROW) == "0c984de31141ce6347c9d03670a95bddc1e0ee459fde18329f2c6759a10d1408"


def test_a_head_depends_on_the_head_before_the_number_and_the_order() -> None:
    one, two = "1" * 64, "2" * 64
    head = chain(NO_HEAD, 1, [one, two])
    assert len({head, chain(one, 1, [one, two]), chain(NO_HEAD, 2, [one, two]), chain(NO_HEAD, 1, [two, one])}) == 4


@pytest.mark.storage
async def test_unsealed_rows_become_a_batch_in_the_order_they_were_written(
    probe_database: ServiceDatabase, probe: Database
) -> None:
    await act(probe, 3)
    assert await seal_once(probe) == 3
    assert await fetch(probe_database, "select batch, ordinal, entity_id from audit order by position") == [
        (1, 1, "u-0"),
        (1, 2, "u-1"),
        (1, 3, "u-2"),
    ]
    assert await seal_once(probe) == 0


@pytest.mark.storage
async def test_batches_are_chained_numbered_and_limited(probe_database: ServiceDatabase, probe: Database) -> None:
    await act(probe, 5)
    assert [await seal_once(probe, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    batches = await fetch(probe_database, "select number, previous_head, head, rows from audit_batch order by number")
    assert [(number, rows) for number, _, _, rows in batches] == [(1, 2), (2, 2), (3, 1)]
    assert [previous for _, previous, _, _ in batches] == [NO_HEAD, batches[0][2], batches[1][2]]


@pytest.mark.storage
async def test_the_head_is_said_with_the_digest_of_each_row_and_signed(
    probe_database: ServiceDatabase, probe: Database
) -> None:
    await act(probe, 2)
    await seal_once(probe)
    (head,) = await heads(probe_database)
    assert (head.service, head.batch, head.previous_head) == ("probe", 1, None)
    ids = await fetch(probe_database, "select id from audit order by position")
    assert [row_id for row_id, _ in head.rows] == [row_id for (row_id,) in ids]
    assert head.head == chain(NO_HEAD, 1, (leaf for _, leaf in head.rows))
    signed = verify(head.signature, by_kid([KEY.public()]), STATEMENT)
    assert (signed["service"], signed["batch"], signed["head"], signed["rows"]) == ("probe", 1, head.head, 2)


@pytest.mark.storage
async def test_the_public_key_is_said_once_and_before_the_first_head(
    probe_database: ServiceDatabase, probe: Database
) -> None:
    for first in (0, 1):
        await act(probe, 1, first=first)
        await seal_once(probe)
    next_key = SigningKey.generate()
    await act(probe, 1, first=2)
    await seal_once(probe, ring=KeyRing([next_key]))
    said = await fetch(probe_database, "select type, body from outbox order by position")
    keys = [json.loads(body)["kid"] for kind, body in said if kind == SigningKeyPublished.TYPE]
    assert keys == [KEY.kid, next_key.kid]
    assert len(said) == 5


@pytest.mark.storage
async def test_many_replicas_make_one_chain_without_gap_or_double(
    probe_database: ServiceDatabase, probe: Database
) -> None:
    await act(probe, 60)
    replicas = [probe, *(Database(probe_database.login_url, "probe") for _ in range(3))]

    async def seal_all(replica: Database) -> None:
        while (await fetch(probe_database, "select 1 from audit where batch is null limit 1")) != []:
            await seal_once(replica, limit=4)

    await asyncio.gather(act(probe, 20, first=60), *(seal_all(replica) for replica in replicas))
    while await seal_once(probe):
        pass
    numbers = await fetch(probe_database, "select number, rows from audit_batch order by number")
    assert [number for number, _ in numbers] == list(range(1, len(numbers) + 1))
    assert sum(rows for _, rows in numbers) == 80
    assert await fetch(probe_database, "select count(distinct (batch, ordinal)) from audit") == [(80,)]
    assert [head.batch for head in await heads(probe_database)] == [number for number, _ in numbers]
    for replica in replicas[1:]:
        await replica.close()


@pytest.mark.storage
async def test_nothing_of_a_batch_stays_when_its_transaction_fails(
    probe_database: ServiceDatabase, probe: Database
) -> None:
    await act(probe, 2)
    with pytest.raises(ZeroDivisionError):
        await seal_and_fail(probe)
    assert await fetch(probe_database, "select count(*) from audit where batch is not null") == [(0,)]
    assert await fetch(probe_database, "select (select count(*) from audit_batch) + (select count(*) from outbox)") == [
        (0,)
    ]


@pytest.mark.storage
async def test_the_sweep_of_the_worker_seals(probe_database: ServiceDatabase, probe: Database) -> None:
    await act(probe, 2)
    assert await run_once(sealing("probe", RING), probe) == 2


@pytest.mark.storage
@pytest.mark.parametrize("change", ["update audit set reason = 'x'", "delete from audit", "delete from audit_batch"])
@pytest.mark.parametrize(
    "fence", [Fence.organization(UUID(int=7)), Fence.staff(), Fence.system()], ids=lambda f: f.kind
)
async def test_no_role_of_the_service_may_change_evidence(probe: Database, fence: Fence, change: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with probe.writing(fence, SYSTEM) as session:
            await session.execute(text(change))
