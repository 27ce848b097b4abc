import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from structlog.testing import capture_logs

from chassis import machine_time, program_time
from chassis.actor import Actor
from chassis.aggregate import Aggregate
from chassis.database import COLUMN_TYPES, Database, Fence, Session, service_metadata
from chassis.ids import new_id
from chassis.sweeps import Sweep, due, each, run_once, sweeping
from tests.infrastructure.databases import ServiceDatabase
from tests.infrastructure.waiting import eventually

pytestmark = pytest.mark.storage

START = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 7


class Base(DeclarativeBase):
    metadata = service_metadata()
    type_annotation_map = COLUMN_TYPES


class Offer(Aggregate, Base):
    """Something that lapses: the smallest thing a sweep can move."""

    __tablename__ = "offer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    lapsed_at: Mapped[datetime | None]
    poisoned: Mapped[bool] = mapped_column(default=False)

    def lapse(self) -> None:
        """Lapse as of the due time, however late the sweep comes."""
        self.lapsed_at = self.due_at
        self.audit("offer.lapse")
        if self.poisoned:
            raise RuntimeError("this one cannot lapse")


async def lapse_offers(session: Session, as_of: datetime, limit: int) -> int:
    offers = await due(session, Offer, Offer.due_at, as_of, limit, Offer.lapsed_at.is_(None))
    return await each(session, offers, Offer.lapse)


LAPSE = Sweep("lapse offers", every_seconds=0.02, move=lapse_offers, limit=LIMIT)


@pytest_asyncio.fixture
async def offers(probe_database: ServiceDatabase) -> ServiceDatabase:
    connection = await asyncpg.connect(probe_database.admin_url)
    await connection.execute(
        "create table offer (id uuid primary key, due_at timestamptz not null, lapsed_at timestamptz,"
        " poisoned boolean not null); grant select, update on offer to probe_system"
    )
    await connection.close()
    return probe_database


async def add(offers: ServiceDatabase, count: int, *, first: datetime = START, poisoned: bool = False) -> None:
    connection = await asyncpg.connect(offers.admin_url)
    rows = [(new_id(), first + timedelta(seconds=n), poisoned) for n in range(count)]
    await connection.executemany("insert into offer (id, due_at, poisoned) values ($1, $2, $3)", rows)
    await connection.close()


async def fetch(offers: ServiceDatabase, query: str) -> list[Any]:
    connection = await asyncpg.connect(offers.admin_url)
    rows = await connection.fetch(query)
    await connection.close()
    return [row[0] for row in rows]


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


async def test_what_is_due_is_moved_as_of_its_due_time_in_due_order(offers: ServiceDatabase, probe: Database) -> None:
    await add(offers, LIMIT + 3)
    assert await run_once(LAPSE, probe) == LIMIT
    assert await fetch(offers, "select lapsed_at from offer where lapsed_at is not null order by due_at") == [
        START + timedelta(seconds=n) for n in range(LIMIT)
    ]
    assert await run_once(LAPSE, probe) == 3
    assert await run_once(LAPSE, probe) == 0
    assert await fetch(offers, "select count(*) from offer where lapsed_at = due_at") == [LIMIT + 3]


async def test_what_is_not_due_stays(offers: ServiceDatabase, probe: Database) -> None:
    await add(offers, 2, first=program_time.now() + timedelta(hours=1))
    assert await run_once(LAPSE, probe) == 0


async def test_a_sweep_acts_as_the_system_and_leaves_an_audit_row(offers: ServiceDatabase, probe: Database) -> None:
    await add(offers, 1)
    await run_once(LAPSE, probe)
    assert await fetch(offers, "select actor_kind || ' ' || actor_id || ' ' || action from audit") == [
        "system probe-worker offer.lapse"
    ]


async def test_two_replicas_never_move_the_same_thing(offers: ServiceDatabase, probe: Database) -> None:
    await add(offers, 200)
    replicas = [probe, *(Database(offers.login_url, "probe") for _ in range(3))]

    async def sweep_all(replica: Database) -> int:
        moved = 0
        while found := await run_once(LAPSE, replica):
            moved += found
        return moved

    moved = await asyncio.gather(*(sweep_all(replica) for replica in replicas))
    assert sum(moved) == 200
    assert await fetch(offers, "select count(distinct entity_id) from audit") == [200]
    assert await fetch(offers, "select count(*) from audit") == [200]
    for replica in replicas[1:]:
        await replica.close()


async def test_what_somebody_else_holds_is_not_waited_for(offers: ServiceDatabase, probe: Database) -> None:
    await add(offers, 3)
    async with probe.writing(Fence.system(), Actor.system("test")) as session:
        await session.execute(text("select id from offer order by due_at limit 1 for update"))
        async with asyncio.timeout(5):
            assert await run_once(LAPSE, probe) == 2
    assert await run_once(LAPSE, probe) == 1


async def test_one_that_cannot_be_moved_does_not_keep_the_others_and_leaves_no_trace(
    offers: ServiceDatabase, probe: Database
) -> None:
    before = counted("connexion_sweep_left_total", kind="Offer")
    await add(offers, 1, poisoned=True)
    await add(offers, 3)
    assert await run_once(LAPSE, probe) == 3
    assert await fetch(offers, "select count(*) from offer where lapsed_at is null and poisoned") == [1]
    assert await fetch(offers, "select count(*) from audit") == [3]
    assert counted("connexion_sweep_left_total", kind="Offer") == before + 1


async def test_sweeps_run_while_the_worker_runs_and_end_with_it(offers: ServiceDatabase, probe: Database) -> None:
    async def all_lapsed() -> bool:
        return await fetch(offers, "select count(*) from offer where lapsed_at is null") == [0]

    async with sweeping([LAPSE], probe):
        await add(offers, 3 * LIMIT)
        await eventually(all_lapsed)
        await add(offers, 1)
        await eventually(all_lapsed)
    await add(offers, 1)
    assert not await all_lapsed()
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("sweep ")]


async def test_a_sweep_goes_on_after_an_error_and_the_error_is_counted(
    offers: ServiceDatabase, probe: Database
) -> None:
    runs: list[bool] = []

    async def fail_twice(session: Session, as_of: datetime, limit: int) -> int:
        runs.append(True)
        if len(runs) <= 2:
            await session.execute(text("select 1/0"))
        return 0

    async def third_run() -> bool:
        return len(runs) >= 3

    before = counted("connexion_sweep_failed_total", sweep="fail twice")
    with capture_logs() as lines:
        async with sweeping([Sweep("fail twice", every_seconds=0.01, move=fail_twice)], probe):
            await eventually(third_run)
    assert [line["sweep"] for line in lines if line["log_level"] == "error"] == ["fail twice", "fail twice"]
    assert counted("connexion_sweep_failed_total", sweep="fail twice") == before + 2
    assert counted("connexion_sweep_last_success_timestamp_seconds", sweep="fail twice") > 0


async def test_a_sweep_that_never_ends_well_falls_behind_from_its_start_on(probe: Database) -> None:
    runs = []

    async def fail(_session: Session, _as_of: datetime, _limit: int) -> int:
        runs.append(machine_time.now().timestamp())
        msg = "always"
        raise RuntimeError(msg)

    async def second_run() -> bool:
        return len(runs) >= 2

    async with sweeping([Sweep("fail always", every_seconds=0.01, move=fail)], probe):
        await eventually(second_run)
    assert 0 < counted("connexion_sweep_last_success_timestamp_seconds", sweep="fail always") <= runs[0]
    assert counted("connexion_sweep_every_seconds", sweep="fail always") == 0.01


async def test_a_sweep_never_runs_beside_itself_and_is_not_cut_off_at_the_end(probe: Database) -> None:
    running, most, finished = 0, 0, 0
    begun = asyncio.Event()
    go_on = asyncio.Event()

    async def slow(_session: Session, _as_of: datetime, _limit: int) -> int:
        nonlocal running, most, finished
        running += 1
        most = max(most, running)
        begun.set()
        await go_on.wait()
        running -= 1
        finished += 1
        return 0

    async with sweeping([Sweep("slow", every_seconds=0, move=slow)], probe):
        await begun.wait()
        asyncio.get_running_loop().call_later(0.1, go_on.set)
    assert (running, most) == (0, 1)
    assert finished >= 1
