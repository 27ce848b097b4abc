"""B5: business row, outbox, audit and idempotency key in one commit, by eight writers.

÷ bare insert and commit on the same stack: the same mapped class through SQLAlchemy and asyncpg, as a plain role.
"""

import asyncio
import hashlib
import itertools
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.actor import Actor
from chassis.database import COLUMN_TYPES, Database, Fence
from chassis.ids import new_id
from chassis.recording import KeptAnswer
from tests.bench.apart import Apart
from tests.bench.measuring import OURS, Fact, Goal, Plan, Row, quantile, take_turns
from tests.bench.stage import Stage
from tests.probe.thing import Thing

WRITERS = 8
ANSWER = '{"id": "0198d0f2-0000-7000-8000-000000000000", "state": "RECEIVED", "allowed_actions": []}'


class PlainBase(DeclarativeBase):
    type_annotation_map = COLUMN_TYPES


class PlainThing(PlainBase):
    """The same row without what an aggregate says and leaves."""

    __tablename__ = "thing"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    name: Mapped[str]


@dataclass
class Pools:
    """Both ways to write, warm."""

    database: Database
    plain: async_sessionmaker[AsyncSession]
    numbers: Iterator[int] = field(default_factory=itertools.count)


@asynccontextmanager
async def pools(login_url: str, plain_url: str) -> AsyncIterator[Pools]:
    """Open both."""
    database = Database(login_url, "probe", pool_size=WRITERS)
    engine = create_async_engine(plain_url, pool_size=WRITERS)
    yield Pools(database, async_sessionmaker(engine, expire_on_commit=False))
    await database.close()
    await engine.dispose()


def a_person(organization: UUID) -> Actor:
    """Somebody as a token tells of them."""
    return Actor(
        kind="person",
        user_id="DWHITLOCK01",
        person_id=uuid4(),
        organization_id=organization,
        role="AO",
        permissions=frozenset({"thing.make"}),
        session_id=uuid4(),
        token_id=uuid4().hex,
    )


async def write_ours(held: Pools, count: int) -> list[float]:
    """Commit `count` things that say and leave what they must; return each commit's milliseconds."""
    person = a_person(uuid4())
    assert person.organization_id
    fence, organization = Fence.of(person), person.organization_id

    async def one() -> None:
        digest = hashlib.sha256(str(next(held.numbers)).encode()).hexdigest()
        async with held.database.writing(fence, person) as session:
            session.add(Thing(organization, "made"))
            session.keep(KeptAnswer(digest, digest, 201, ANSWER, organization))

    return await _by_writers(count, one)


async def write_plain(held: Pools, count: int) -> list[float]:
    """Commit `count` bare rows."""
    organization = uuid4()

    async def one() -> None:
        async with held.plain() as session, session.begin():
            session.add(PlainThing(id=new_id(), organization_id=organization, name="made"))

    return await _by_writers(count, one)


async def _by_writers(count: int, one: Callable[[], Awaitable[None]]) -> list[float]:
    loop, left = asyncio.get_running_loop(), iter(range(count))
    taken: list[float] = []

    async def write() -> None:
        for _ in left:
            began = loop.time()
            await one()
            taken.append((loop.time() - began) * 1000)

    await asyncio.gather(*(write() for _ in range(WRITERS)))
    return taken


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the write tax."""
    database = stage.database("probe", "tests.probe")
    count = plan.count(full=4_000, quick=400)
    latencies: dict[str, list[float]] = {OURS: [], "plain": []}
    with Apart("writers", pools, database.login_url, stage.plain_url(database)) as writers:

        def ours(count: int = count) -> float:
            answer = writers.ask(write_ours, count)
            latencies[OURS] += answer.value
            return count / answer.seconds

        def plain(count: int = count) -> float:
            answer = writers.ask(write_plain, count)
            latencies["plain"] += answer.value
            return count / answer.seconds

        ours(count // 4)
        plain(count // 4)
        for taken in latencies.values():
            taken.clear()
        samples = take_turns(plan.rounds, {OURS: ours, "bare insert + commit": plain})
    written = plan.rounds * count + count // 4
    found = stage.run(_found(database.admin_url))
    things = found.pop("thing")
    short = 2 * written - things
    yield Row(
        "B5 write tax",
        "/s",
        samples,
        goals={"bare insert + commit": Goal(0.5)},
        facts=[
            Fact("p50", statistics.median(latencies[OURS]), " ms"),
            Fact("p99", quantile(latencies[OURS], 0.99), " ms"),
        ],
        lost=max(short, 0) + sum(max(written - rows, 0) for rows in found.values()),
        doubled=max(-short, 0) + sum(max(rows - written, 0) for rows in found.values()),
        words=[f"{WRITERS} writers in one process"],
        raw={side: [round(ms, 3) for ms in taken] for side, taken in latencies.items()},
    )


async def _found(admin_url: str) -> dict[str, int]:
    admin = await asyncpg.connect(admin_url)
    try:
        counts = {"thing": "thing", "outbox": "outbox", "audit": "audit", "keys": "inbox where consumer = 'http'"}
        return {name: await admin.fetchval(f"select count(*) from {table}") for name, table in counts.items()}
    finally:
        await admin.close()
