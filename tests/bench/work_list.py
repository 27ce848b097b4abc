"""B18: a page of the staff's work list of reviews, at 1,000, at 10,000 and at 100,000 cases.

The first page in its order, the one in the middle, what is still open by urgency, and the cases of one bidder, as the
edge reads them behind the staff's fence. The time of a page must not grow with the list: 100,000 ÷ the shorter ones.
"""

import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date

import asyncpg

from bidding_svc.reviews.kinds import APPROVE, VIEW, WORK
from bidding_svc.reviews.lifecycle import CaseState
from bidding_svc.reviews.views import Filter, Sort, list_cases
from bidding_svc.rounds import reference
from bidding_svc.rounds.use_cases.loading import load_round
from chassis.actor import Actor
from chassis.database import Database, Fence
from tests.bench.apart import Apart
from tests.bench.measuring import OURS, Goal, Plan, Row, quantile, take_turns
from tests.bench.stage import Stage

SIZES = {OURS: 100_000, "10,000 cases": 10_000, "1,000 cases": 1_000}
GROWS_AT_MOST = 1.25
ROUND = "R2021"
ANALYST = Actor(
    "staff", "PANALYST01", permissions=frozenset({VIEW, WORK, APPROVE, "staff.bid_price.view", "staff.bid_price.edit"})
)
PAGE = 25


@dataclass
class Held:
    """The service's way to the database, and the administrator's, who knows no fence."""

    database: Database
    admin: asyncpg.Connection


@dataclass(frozen=True)
class Look:
    """A page somebody looks at; `filled`: whether it holds as many cases as a page takes."""

    wanted: Filter
    sort: Sort
    after: str | None = None
    filled: bool = True


@asynccontextmanager
async def reviewing(login_url: str, admin_url: str) -> AsyncIterator[Held]:
    """Be ready to read the list."""
    database, admin = Database(login_url, "bidding"), await asyncpg.connect(admin_url)
    yield Held(database, admin)
    await admin.close()
    await database.close()


async def fill(held: Held, count: int) -> str:
    """Put so many cases into the list, one a minute, every tenth of them open; return the link to their middle."""
    async with held.database.writing(Fence.system(), Actor.system("bench")) as session:
        await load_round(session, reference.load("round-2021"), date(2026, 1, 1))
    await held.admin.execute(_BIDDERS, ROUND, count)
    await held.admin.execute(_CASES)
    await held.admin.execute("vacuum analyze")
    row = await held.admin.fetchrow("select due_at, id from review_case order by due_at, id offset $1", count // 2)
    return base64.urlsafe_b64encode(json.dumps([str(row["due_at"]), str(row["id"])]).encode()).decode().rstrip("=")


async def read_pages(held: Held, look: Look, times: int) -> float:
    """Read the same page so many times; return the median in milliseconds."""
    taken = []
    for _time in range(times):
        began = time.perf_counter()
        async with held.database.reading(Fence.staff()) as session:
            page = await list_cases(session, ANALYST, look.wanted, look.sort, after=look.after, limit=PAGE)
        taken.append((time.perf_counter() - began) * 1000)
        if len(page.items) != (PAGE if look.filled else 1):
            msg = "the page does not show what it should"
            raise ValueError(msg)
    return quantile(taken, 0.5)


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure each kind of page at each length of the list."""
    with ExitStack() as stack:
        lists, middles = {}, {}
        for side, count in SIZES.items():
            made = stage.database("bidding", "bidding_svc")
            lists[side] = stack.enter_context(Apart(f"work-list-{count}", reviewing, made.login_url, made.admin_url))
            middles[side] = lists[side].ask(fill, count).value
        times = plan.count(full=100, quick=20)
        looks = {
            "first page": lambda _: Look(Filter(), Sort.DUE),
            "page in the middle": lambda side: Look(Filter(), Sort.DUE, middles[side]),
            "open, urgent first": lambda _: Look(Filter(state=CaseState.OPEN), Sort.URGENT),
            "one bidder": lambda _: Look(Filter(bidder_number="B500"), Sort.DUE, filled=False),
        }
        for name, look in looks.items():

            def page(side: str, look_at: Look) -> float:
                return float(lists[side].ask(read_pages, look_at, times).value)

            asked = {side: look(side) for side in lists}
            for side in lists:
                page(side, asked[side])
            samples = take_turns(
                plan.rounds, {side: lambda of=side, what=asked[side]: page(of, what) for side in lists}
            )
            goals = {side: Goal(GROWS_AT_MOST, at_most=True) for side in lists if side != OURS}
            yield Row(f"B18 work list of 100,000 cases, {name}", " ms p50", samples, goals=goals)


_BIDDERS = """
    insert into bidder (id, organization_id, round_code, number, numbered_at)
    select gen_random_uuid(), gen_random_uuid(), $1, 'B' || n, now() from generate_series(1, $2::int) as n
"""
_CASES = """
    insert into review_case (id, kind, number, organization_id, bidder_id, bidder_number, round_code, state, version,
                             priority, due_at, opened_at, overdue, asked)
    select gen_random_uuid(), 'completeness', 1, organization_id, id, number, round_code,
           case when n % 10 = 0 then 'OPEN' else 'DECIDED' end, 1, 1 + n % 3, now() + n * interval '1 minute', now(),
           false, false
      from (select *, row_number() over (order by id) as n from bidder) as numbered
"""
