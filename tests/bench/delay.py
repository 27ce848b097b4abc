"""B4: from a commit in one service to the handler's own commit in another, at 200 a second, by one clock.

÷ the floor: a raw insert, a raw produce, a raw consume and a raw insert, on the same PostgreSQL and the same broker.
Four processes as in production: the edge that commits, its relay, the other service's worker; the floor has two.
"""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from chassis.database import Database, Fence
from chassis.kafka_clients import start_producer, stop_producer
from chassis.settings import ServiceSettings
from chassis.wake import Wake
from tests.bench.apart import Apart
from tests.bench.hearing import at_pace, heard_when, listening, note, until
from tests.bench.measuring import OURS, Fact, Goal, Plan, Row, quantile
from tests.bench.relay_sides import our_relay
from tests.bench.stage import Stage, stream
from tests.bench.write_tax import a_person
from tests.probe.thing import Thing, ThingMade

RATE = 200.0
FLOOR = "floor"
FLOOR_TOPIC = "connexion.bench.floor"


@dataclass
class Speaker:
    """An edge's half: a pool, and the wake-up after the commit."""

    database: Database
    wake: Wake


@asynccontextmanager
async def speaking(settings: ServiceSettings) -> AsyncIterator[Speaker]:
    """Be ready to commit."""
    database, wake = Database(settings.database_url, "probe"), Wake(settings.direct_database_url)
    waking = asyncio.create_task(wake.run())
    yield Speaker(database, wake)
    waking.cancel()
    with suppress(asyncio.CancelledError):
        await waking
    await database.close()


async def say(held: Speaker, seconds: float) -> dict[str, int]:
    """Commit things at the rate; return when each commit was done (nanoseconds, monotonic)."""
    person, committed = a_person(uuid4()), {}
    organization = person.organization_id
    assert organization

    async def one() -> None:
        async with held.database.writing(Fence.of(person), person) as session:
            thing = Thing(organization, "made")
            session.add(thing)
        committed[str(thing.id)] = time.monotonic_ns()
        held.wake()

    await at_pace(RATE, seconds, one)
    return committed


@dataclass
class RawSpeaker:
    """A pool and a producer, without anything between."""

    pool: asyncpg.Pool
    producer: AIOKafkaProducer


@asynccontextmanager
async def raw_speaking(admin_url: str, servers: str) -> AsyncIterator[RawSpeaker]:
    """Be ready to insert and to produce."""
    pool = await asyncpg.create_pool(admin_url, min_size=5, max_size=5)
    producer = await start_producer({"bootstrap_servers": servers, "client_id": "bench"})
    yield RawSpeaker(pool, producer)
    await stop_producer(producer)
    await pool.close()


async def raw_say(held: RawSpeaker, seconds: float) -> dict[str, int]:
    """Insert and produce at the rate; return when each insert was done."""
    committed: dict[str, int] = {}

    async def one() -> None:
        name = uuid4().hex
        await held.pool.execute("insert into floor_said (name) values ($1)", name)
        committed[name] = time.monotonic_ns()
        await held.producer.send(FLOOR_TOPIC, value=name.encode(), key=name.encode())

    await at_pace(RATE, seconds, one)
    return committed


@dataclass
class RawHeard:
    """When each message's insert was done."""

    committed: dict[str, int] = field(default_factory=dict)


@asynccontextmanager
async def raw_listening(admin_url: str, servers: str) -> AsyncIterator[RawHeard]:
    """Consume and insert, one message after another."""
    heard, connection = RawHeard(), await asyncpg.connect(admin_url)
    consumer = AIOKafkaConsumer(
        FLOOR_TOPIC,
        bootstrap_servers=servers,
        group_id="floor",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()

    async def hear() -> None:
        async for record in consumer:
            name = record.value.decode()
            await connection.execute("insert into floor_heard (name) values ($1)", name)
            heard.committed[name] = time.monotonic_ns()

    hearing = asyncio.create_task(hear())
    yield heard
    hearing.cancel()
    await consumer.stop()
    await connection.close()


async def raw_heard_when(held: RawHeard, count: int) -> dict[str, int]:
    """Wait until so many messages were handled; return when each was."""
    await until(lambda: len(held.committed) >= count)
    committed, held.committed = held.committed, {}
    return committed


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the delay."""
    said_in, heard_in = (stage.database("probe", "tests.probe") for _ in range(2))
    spoken = stream("probe")
    stage.topics(spoken, stream("bench.floor"), stream("probe.parked", partitions=3))
    speaking_settings, listening_settings = stage.with_broker(said_in), stage.with_broker(heard_in)
    servers, admin_url = stage.kafka.bootstrap_servers, said_in.admin_url
    stage.run(_floor_tables(admin_url))
    seconds = 8.0 if not plan.quick else 1.0
    delays: dict[str, list[list[float]]] = {OURS: [], FLOOR: []}
    lost = 0
    with ExitStack() as stack:
        listener = stack.enter_context(Apart("delay-worker", listening, listening_settings, ThingMade, note))
        raw_listener = stack.enter_context(Apart("delay-floor-consumer", raw_listening, admin_url, servers))
        relay = stack.enter_context(Apart("delay-relay", our_relay, speaking_settings, admin_url, spoken))
        speaker = stack.enter_context(Apart("delay-edge", speaking, speaking_settings))
        raw_speaker = stack.enter_context(Apart("delay-floor-producer", raw_speaking, admin_url, servers))
        relay.wait_until_ready()

        def ours(seconds: float) -> None:
            nonlocal lost
            said = speaker.ask(say, seconds).value
            heard = listener.ask(heard_when, len(said)).value
            lost += len(said.keys() - heard.keys())
            delays[OURS].append(_milliseconds(said, heard))

        def floor(seconds: float) -> None:
            said = raw_speaker.ask(raw_say, seconds).value
            delays[FLOOR].append(_milliseconds(said, raw_listener.ask(raw_heard_when, len(said)).value))

        for warm in (ours, floor):
            warm(min(seconds, 3.0))
        for rounds in delays.values():
            rounds.clear()
        for _ in range(plan.rounds):
            ours(seconds)
            floor(seconds)
    told, effects = stage.run(_counted(admin_url, heard_in.admin_url))
    middles = {side: [quantile(taken, 0.5) for taken in rounds] for side, rounds in delays.items()}
    tails = {side: statistics.median(quantile(taken, 0.99) for taken in rounds) for side, rounds in delays.items()}
    yield Row(
        "B4 delay",
        " ms p50",
        middles,
        goals={FLOOR: Goal(3, at_most=True)},
        facts=[
            Fact("p99", tails[OURS], " ms", Goal(25, at_most=True)),
            Fact("floor's p99", tails[FLOOR], " ms"),
        ],
        lost=lost + max(told - effects, 0),
        doubled=max(effects - told, 0),
        words=[f"{RATE:.0f}/s, edge, relay and worker each a process"],
        raw=delays,
    )


def _milliseconds(said: Mapping[str, int], heard: Mapping[str, int]) -> list[float]:
    return [(heard[name] - at) / 1e6 for name, at in said.items() if name in heard]


async def _floor_tables(admin_url: str) -> None:
    admin = await asyncpg.connect(admin_url)
    await admin.execute("create table floor_said (name text); create table floor_heard (name text)")
    await admin.close()


async def _counted(said_url: str, heard_url: str) -> Sequence[int]:
    counts = []
    for url in (said_url, heard_url):
        admin = await asyncpg.connect(url)
        counts.append(await admin.fetchval("select count(*) from thing"))
        await admin.close()
    return counts
