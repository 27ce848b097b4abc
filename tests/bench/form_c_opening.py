"""B21: a reporting period of 5,000 contracts with two competitions each is opened: reports, events, audit.

÷ one bare set-based INSERT of the same report rows into a table with the same indexes, and nothing told or audited.
No goal is published for it: it tells what the events, the audit and the prefilled content of each report cost.
"""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import asyncpg
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from chassis.actor import Actor
from chassis.database import Database, Fence
from contracts_svc.contracts.contract import Contract
from contracts_svc.contracts.lifecycle import ACTIVE
from contracts_svc.form_c.opening import open_reports
from contracts_svc.form_c.period import ReportingPeriod, Span
from events.form_c import FormCOpened
from tests.bench.apart import Apart
from tests.bench.measuring import OURS, Fact, Plan, Row, take_turns
from tests.bench.stage import Stage
from tests.contracts.form_c_house import OPENED
from tests.contracts.house import AREAS, accepted_line

LINES = 2
AT_ONCE = 100
"""Contracts a transaction, as the worker takes them."""
BARE = "one bare INSERT"
SYSTEM = Actor.system("bench")
PERIOD = Span(date(2028, 1, 1), date(2028, 6, 30), date(2027, 12, 31))
DUE, ESCALATES = date(2028, 1, 14), date(2028, 2, 13)


@dataclass
class Held:
    """The service's way to the database, and the administrator's, who knows no fence."""

    database: Database
    admin: asyncpg.Connection


@asynccontextmanager
async def opening(login_url: str, admin_url: str) -> AsyncIterator[Held]:
    """Be ready for either side."""
    database, admin = Database(login_url, "contracts"), await asyncpg.connect(admin_url)
    yield Held(database, admin)
    await admin.close()
    await database.close()


async def prepare(held: Held, count: int) -> None:
    """Make active contracts with a planned period, and the table of the bare side."""
    organization_id = uuid4()
    async with held.database.writing(Fence.organization(organization_id), SYSTEM) as session:
        for _ in range(count):
            bidder_id = uuid4()
            lines = [accepted_line(organization_id, bidder_id, area) for area in AREAS[:LINES]]
            contract = Contract(lines[0])
            for told in lines:
                contract.take_line(told)
            for line in contract.lines:
                line.sent, line.since_version = True, 1
            contract.state, contract.version = ACTIVE, 1
            session.add(contract)
    async with held.database.writing(Fence.system(), SYSTEM) as session:
        for made in await session.scalars(select(Contract).options(lazyload(Contract.lines))):
            session.add(ReportingPeriod(made, PERIOD, DUE, ESCALATES))
    await held.admin.execute("create table bare_report (like form_c_report including all)")


async def open_period(held: Held) -> float:
    """Open every report by the sweep; return how many seconds it took."""
    await held.admin.execute("delete from form_c_report")
    await held.admin.execute("update form_c_period set opened_version = null")
    began, moved = time.perf_counter(), 1
    while moved:
        async with held.database.writing(Fence.system(), SYSTEM, at=OPENED) as session:
            moved = await open_reports(session, OPENED, AT_ONCE)
    return time.perf_counter() - began


async def insert_bare(held: Held) -> float:
    """Insert the rows that the sweep made, as they are; return how many seconds it took."""
    await held.admin.execute("truncate bare_report")
    began = time.perf_counter()
    await held.admin.execute("insert into bare_report select * from form_c_report")
    return time.perf_counter() - began


async def count_made(held: Held) -> tuple[int, int]:
    """Return how many reports there are, and how many were told in all rounds."""
    reports = await held.admin.fetchval("select count(*) from form_c_report")
    told = await held.admin.fetchval("select count(*) from outbox where type = $1", FormCOpened.TYPE)
    return int(reports), int(told)


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the opening; lost and doubled count reports that are not there or not told once a round."""
    database = stage.database("contracts", "contracts_svc")
    contracts = plan.count(full=5_000, quick=200)
    reports = contracts * LINES
    with Apart("period-opening", opening, database.login_url, database.admin_url) as held:
        held.ask(prepare, contracts)
        samples = take_turns(
            plan.rounds,
            {
                OURS: lambda: reports / held.ask(open_period).value,
                BARE: lambda: reports / held.ask(insert_bare).value,
            },
        )
        made, told = held.ask(count_made).value
    off = [made - reports, told - reports * plan.rounds]
    yield Row(
        "B21 Form C opening",
        "/s",
        samples,
        facts=[Fact("reports", reports, "")],
        lost=-sum(min(each, 0) for each in off),
        doubled=sum(max(each, 0) for each in off),
        words=[f"{contracts:,} contracts of {LINES} lines, {AT_ONCE} a transaction"],
    )
