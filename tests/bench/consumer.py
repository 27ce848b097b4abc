"""B6: at-least-once hearing, inbox and effect in one transaction, one message each.

The handler is a real one's shape: lock the aggregate, change it, say it, leave the audit row. ÷ the bare SQL of the
same transaction on one asyncpg connection, one message after another, without Kafka, ORM or framework; beside it the
same without fence and inbox, and the bulk projection that only rebuilds use.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text

from chassis.database import Database, Session
from chassis.ids import new_id
from chassis.kafka_clients import start_producer, stop_producer
from chassis.rebuild import rebuild
from events.envelope import Envelope
from tests.bench.apart import Apart, nothing
from tests.bench.hearing import NOTED, ThingNoted, heard_so_many, listening, rename
from tests.bench.measuring import OURS, Fact, Goal, Plan, Row, take_turns
from tests.bench.stage import Stage, stream

THINGS = 500
ORGANIZATION = UUID(int=77)
WORDS = "w" * 900
SAME = "bare SQL, same transaction"
HANDLER = "bare SQL of the handler alone"

_FENCE = "select set_config('role', 'probe_org', true), set_config('app.org', $1, true)"
_INBOX = "insert into inbox (consumer, key, organization_id) values ('bench', $1, $2) on conflict do nothing"
_LOCK = "select id, organization_id, name from thing where id = $1 for update"
_UPDATE = "update thing set name = $1 where id = $2"
_RECORD = """
    with said as (insert into outbox (id, topic, key, type, subject, source, organization_id, occurred_at, body)
        values ($1, 'connexion.probe', $2, 'connexion.probe.thing-renamed.v1', $2, '/connexion/probe', $3, $4, $5))
    insert into audit (id, at, machine_at, actor_kind, actor_id, organization_id, role, token_id, action, entity,
        entity_id, before, after)
        values ($6, $4, $4, 'system', 'probe-worker', $3, '', $7, 'thing.rename', 'thing', $2, $8, $8)
"""


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the consumer."""
    database = stage.database("probe", "tests.probe")
    bare_database = stage.database("probe", "tests.probe")
    things = [new_id() for _ in range(THINGS)]
    for made in (database, bare_database):
        stage.run(_fill(made.admin_url, things))
    topic = stream("bench.noted")
    stage.topics(topic, stream("probe.parked", partitions=3))
    settings, servers = stage.with_broker(database), stage.kafka.bootstrap_servers
    count = plan.count(full=2_000, quick=200)
    with ExitStack() as stack:
        teller = stack.enter_context(Apart("consumer-teller", nothing))
        worker = stack.enter_context(Apart("consumer-ours", listening, settings, ThingNoted, rename))
        bare = stack.enter_context(Apart("consumer-bare", connected, bare_database.login_url))
        plain = stack.enter_context(Apart("consumer-plain", connected, stage.plain_url(bare_database)))

        def ours(count: int = count) -> float:
            teller.ask(tell, servers, things, count)
            committed = worker.ask(heard_so_many, count).value
            return _pace(committed)

        sides = {
            OURS: ours,
            SAME: lambda n=count: n / bare.ask(repeat, things, n, True).value,
            HANDLER: lambda n=count: n / plain.ask(repeat, things, n, False).value,
        }
        for run in sides.values():
            run(max(count // 5, 100))
        samples = take_turns(plan.rounds, sides)
    told = plan.rounds * count + max(count // 5, 100)
    inbox, renames = stage.run(_found(database.admin_url))
    bulk = stage.run(_rebuilt(settings.database_url, servers))
    yield Row(
        "B6 consumer",
        "/s",
        samples,
        goals={SAME: Goal(0.7)},
        facts=[Fact("bulk projection for rebuilds", bulk, "/s")],
        lost=max(told - inbox, 0) + max(told - renames, 0),
        doubled=max(renames - told, 0),
        words=["1 KB, one worker process, one message a transaction"],
    )


def _pace(committed: Sequence[int]) -> float:
    """Events a second between the first tenth and the end: what comes before is the way to the consumer."""
    first = len(committed) // 10
    return (len(committed) - 1 - first) / ((committed[-1] - committed[first]) / 1e9)


async def tell(_: None, servers: str, things: Sequence[UUID], count: int) -> None:
    """Produce events as a relay does."""
    producer = await start_producer({"bootstrap_servers": servers, "client_id": "bench"})
    sent = []
    for number in range(count):
        event = ThingNoted(thing_id=things[number % THINGS], organization_id=ORGANIZATION, words=f"{number:06}{WORDS}")
        envelope = Envelope.of(event, id=new_id(), time=datetime.now(UTC), source="/connexion/probe")
        headers = [(name, value.encode()) for name, value in envelope.headers().items()]
        sent.append(await producer.send(NOTED, value=event.body(), key=event.key.encode(), headers=headers))
    await asyncio.gather(*sent)
    await stop_producer(producer)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """One connection of asyncpg's own."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    yield connection
    await connection.close()


async def repeat(connection: asyncpg.Connection, things: Sequence[UUID], count: int, whole: bool) -> float:
    """Run the handler's transaction again and again; return the seconds. `whole`: with fence and inbox row."""
    if whole:
        await connection.execute("set role probe_org")  # who prepares must see the tables
    prepare = connection.prepare
    lock, update, record = await prepare(_LOCK), await prepare(_UPDATE), await prepare(_RECORD)
    fence, inbox = await prepare(_FENCE), await prepare(_INBOX)
    await connection.execute("reset role")
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(count):
        thing, now, event_id = things[number % THINGS], datetime.now(UTC), str(new_id())
        body = json.dumps({"thing_id": str(thing), "organization_id": str(ORGANIZATION)})
        name = f"{number:06}{WORDS}"[:20]
        state = json.dumps({"name": name})
        async with connection.transaction():
            if whole:
                await fence.fetch(str(ORGANIZATION))
                await inbox.fetch(event_id, ORGANIZATION)
            await lock.fetch(thing)
            await update.fetch(name, thing)
            await record.fetch(new_id(), str(thing), ORGANIZATION, now, body, new_id(), event_id, state)
    return loop.time() - began


async def _fill(admin_url: str, things: Sequence[UUID]) -> None:
    admin = await asyncpg.connect(admin_url)
    rows = [(thing, ORGANIZATION, "new") for thing in things]
    await admin.copy_records_to_table("thing", records=rows, columns=["id", "organization_id", "name"])
    await admin.execute("vacuum analyze thing")
    await admin.close()


async def _found(admin_url: str) -> tuple[int, int]:
    admin = await asyncpg.connect(admin_url)
    try:
        return (
            await admin.fetchval("select count(*) from inbox"),
            await admin.fetchval("select count(*) from audit where action = 'thing.rename'"),
        )
    finally:
        await admin.close()


async def _rebuilt(url: str, servers: str) -> float:
    """Project the same topic in bulk: upserts in order, no inbox."""
    database = Database(url, "probe")

    async def project(session: Session, events: Sequence[Any]) -> None:
        latest = {event.thing_id: event.words[:20] for event in events}
        await session.execute(
            text(
                "update thing set name = given.name from unnest(cast(:ids as uuid[]), cast(:names as text[]))"
                " as given(id, name) where thing.id = given.id"
            ),
            {"ids": list(latest), "names": list(latest.values())},
        )

    loop = asyncio.get_running_loop()
    began = loop.time()
    options = {"bootstrap_servers": servers, "client_id": "bench"}
    count = await rebuild(database, options, [ThingNoted], project)
    taken = loop.time() - began
    await database.close()
    return count / taken
