"""B17: a round of Round 2021's real size, from stored bids to stored explained results; and the ranking of its bidders.

2,080 competitions, 49,000 bids. ÷ the same arrays in NumPy, with COPY of the same rows into a plain table: sorting,
capacity, pivotal bid and payment amount, and nothing of digests, kept inputs, small suppliers, savings or reasons. Both
sides read the bids from the database, and have to find the same payment amounts.
"""

import random
import resource
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg
import numpy as np
from sqlalchemy import func, select

from bidding_svc.evaluation import use_cases
from bidding_svc.evaluation.lifecycle import RunState
from bidding_svc.evaluation.run import EvaluatedBid, EvaluatedCompetition, EvaluationRun
from bidding_svc.evaluation.running import COLUMNS, go_on
from bidding_svc.rounds import reference
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.use_cases.loading import load_round
from bidding_svc.scores.credit import CreditReport
from bidding_svc.scores.distribution import Distribution
from bidding_svc.scores.figures import FIGURES, Figures
from bidding_svc.scores.methods import method_of
from bidding_svc.scores.ratios import RATIOS
from bidding_svc.scores.subject import Subject
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.ids import new_id
from events.bidding import EvaluationRequested
from tests.bench.apart import Apart
from tests.bench.measuring import OURS, Fact, Goal, Plan, Row, take_turns
from tests.bench.stage import Stage

ROUND = "R2021"
BENCH = Actor.system("bench")
BIDDERS = 1500
NUMPY = "NumPy and COPY"
AT_MOST = 5.0
_IN, _OUT = ("WINNING", "UP_TO_THE_PIVOTAL_BID"), ("NOT_SELECTED", "ABOVE_THE_PIVOTAL_BID")
DEMAND = 1000
SHARE = 200.0
STEP = 100
"""Competitions a transaction, as the worker takes them."""
PLAIN_ROWS = "evaluation_bid_plain"
MEBIBYTE = 1024


@dataclass
class Held:
    """The service's way to the database, and the administrator's, who knows no fence."""

    database: Database
    admin: asyncpg.Connection
    spas: dict[tuple[str, str], int] = field(default_factory=dict)


@asynccontextmanager
async def evaluating(login_url: str, admin_url: str) -> AsyncIterator[Held]:
    """Be ready for either side."""
    database, admin = Database(login_url, "bidding"), await asyncpg.connect(admin_url)
    yield Held(database, admin)
    await admin.close()
    await database.close()


async def fill(held: Held, areas: int, bids: int) -> tuple[int, int]:
    """Load the round and put eligible bids with passed scores into it; return how many competitions and bids stand."""
    told = reference.load("round-2021")
    cut = told.model_copy(update={"phase": Phase.EVALUATION, "made_up_cbas": areas - 1})
    async with held.database.writing(Fence.system(), BENCH) as session:
        await load_round(session, cut, date(2026, 1, 1))
        competitions = (await session.scalars(select(Competition))).all()
        for each in competitions:
            each.state, each.demand, each.bid_limit_cents = Contest.CLOSED, DEMAND, 100_000
        places = sorted((each.category_code, each.cba_code) for each in competitions)
    await held.admin.execute(_BIDDERS, ROUND, BIDDERS)
    bidders = [
        (row["id"], row["organization_id"]) for row in await held.admin.fetch("select * from bidder order by id")
    ]
    drawn, records = random.Random(2021), []
    for number in range(bids):
        bidder, organization = bidders[(number // len(places) * 7919 + number % len(places)) % BIDDERS]
        amount, capacity = drawn.randrange(20_000, 60_000), drawn.randrange(20, 400)
        records.append((new_id(), organization, bidder, *places[number % len(places)], amount, capacity))
    await held.admin.copy_records_to_table("bench_bid", records=records)
    await held.admin.execute(_BIDS, ROUND)
    await held.admin.execute(f"create table {PLAIN_ROWS} (like evaluation_bid including all)")
    await held.admin.execute("vacuum analyze")
    return len(places), len(records)


async def run_ours(held: Held) -> tuple[float, int]:
    """Request a run and go on until it is completed; return the seconds, and how many bids were explained."""
    began = time.perf_counter()
    async with held.database.writing(Fence.staff(), BENCH) as session:
        run = await use_cases.request_run(session, ROUND)
    async with held.database.writing(Fence.system(), BENCH) as session:
        event = EvaluationRequested(run_id=run.id, round_code=ROUND, requested_at=session.at)
        await use_cases.start_run(session, event)
    state = RunState.RUNNING
    while state is RunState.RUNNING:
        async with held.database.writing(Fence.system(), BENCH) as session:
            await go_on(session, session.at, STEP)
            state = (await session.get_one(EvaluationRun, run.id)).state
    seconds = time.perf_counter() - began
    async with held.database.reading(Fence.staff()) as session:
        stored = await session.scalar(select(func.count()).where(EvaluatedBid.run_id == run.id))
        if not held.spas:
            rows = await session.execute(
                select(
                    EvaluatedCompetition.category_code,
                    EvaluatedCompetition.cba_code,
                    EvaluatedCompetition.result["spa"].as_integer(),
                ).where(EvaluatedCompetition.run_id == run.id)
            )
            held.spas = {(category, cba): spa for category, cba, spa in rows}
    return seconds, int(stored or 0)


async def payment_amounts(held: Held) -> dict[tuple[str, str], int]:
    """What our first run found."""
    return held.spas


async def peak_memory(_: Held) -> float:
    """The most memory this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE


async def run_numpy(held: Held) -> tuple[float, int, dict[tuple[str, str], int]]:
    """Array, accumulate, select and price by NumPy, and COPY the same rows; return seconds, rows and amounts."""
    began, run = time.perf_counter(), uuid4()
    rows = await held.admin.fetch(_READ, ROUND)
    places = [(row["category_code"], row["cba_code"]) for row in rows]
    number_of = {place: at for at, place in enumerate(sorted(set(places)))}
    place = np.array([number_of[each] for each in places])
    amount = np.array([row["amount_cents"] for row in rows])
    counted = np.minimum(np.array([row["capacity"] for row in rows], dtype=float), SHARE)
    order = np.lexsort((amount, place))
    place, amount, counted = place[order], amount[order], counted[order]
    running = np.cumsum(counted)
    first = np.searchsorted(place, np.arange(len(number_of)))
    running -= (running[first] - counted[first])[place]
    short = np.where(running < DEMAND, np.arange(len(place)), first[place] - 1)
    last = np.minimum(np.maximum.reduceat(short, first) + 1, np.append(first[1:], len(place)) - 1)
    spa = amount[last]
    winning = amount <= spa[place]
    rank = np.arange(len(place)) - first[place] + 1
    by_number = list(number_of)
    records = [
        (run, rows[at]["id"], *by_number[number], rows[at]["number"], int(nth), int(cents), Decimal(int(units)),
         Decimal(int(total)), *(_IN if wins else _OUT))
        for at, number, nth, cents, units, total, wins in zip(
            order.tolist(), place.tolist(), rank.tolist(), amount.tolist(), counted.tolist(), running.tolist(),
            winning.tolist(), strict=True)
    ]  # fmt: skip
    await held.admin.copy_records_to_table(PLAIN_ROWS, records=records, columns=COLUMNS)
    return time.perf_counter() - began, len(records), dict(zip(by_number, spa.tolist(), strict=True))


async def rank_ours(_: Held, count: int) -> float:
    """Rank so many bidders by ten ratios, score and explain each; return the seconds."""
    rules, subjects = reference.load("round-2021").rule_set, list(_subjects(count))
    began = time.perf_counter()
    method = method_of(rules, Distribution.over(subjects, rules.scoring))
    for subject in subjects:
        method.score(subject, rules)
    return time.perf_counter() - began


async def rank_numpy(_: Held, count: int) -> float:
    """Rank the same ratios, computed before, in floating point; return the seconds."""
    rules = reference.load("round-2021").rule_set
    ratios = [RATIOS[key] for key in rules.scoring.ratios]
    measured = [[subject.measure(ratio).value or 0 for subject in _subjects(count)] for ratio in ratios]
    values = np.array(measured, dtype=float)
    began = time.perf_counter()
    group = -(-count // 10)
    for ratio, row in zip(ratios, values, strict=True):
        rank = np.empty(count)
        rank[np.argsort(-row if ratio.better == "higher" else row)] = np.arange(1, count + 1)
        most = float(ratio.maximum)
        np.clip(most - (most - 1) * (rank - group) / (count - 2 * group + 1), 1, most)
    return time.perf_counter() - began


def _subjects(count: int) -> Iterator[Subject]:
    drawn = random.Random(80)
    for number in range(count):
        figures = {name: Decimal(drawn.randrange(50_000, 5_000_000)) for name in FIGURES}
        figures["revenue_adjustments"] = Decimal(0)
        credit = CreditReport("paydex", str(drawn.randrange(1, 101)))
        yield Subject(str(number), figures=Figures(**figures), credit=credit)


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure a whole run, and the ranking."""
    made = stage.database("bidding", "bidding_svc")
    stage.run(_prepare(made.admin_url))
    areas, bids = plan.count(130, 4), plan.count(49_000, 1_500)
    lost, amounts = 0, {}
    with ExitStack() as stack:
        ours = stack.enter_context(Apart("evaluation-ours", evaluating, made.login_url, made.admin_url))
        plain = stack.enter_context(Apart("evaluation-numpy", evaluating, made.login_url, made.admin_url))
        competitions, bids = ours.ask(fill, areas, bids).value

        def run_one() -> float:
            nonlocal lost
            seconds, stored = ours.ask(run_ours).value
            lost += abs(bids - stored)
            return float(seconds)

        def run_plain() -> float:
            nonlocal lost, amounts
            seconds, stored, amounts = plain.ask(run_numpy).value
            lost += abs(bids - stored)
            return float(seconds)

        samples = take_turns(plan.count(3, 2), {OURS: run_one, NUMPY: run_plain})
        found: dict[Any, int] = ours.ask(payment_amounts).value
        lost += sum(found.get(place) != spa for place, spa in amounts.items())
        yield Row(
            f"B17 evaluation of {competitions:,} competitions and {bids:,} bids",
            " s",
            samples,
            goals={NUMPY: Goal(AT_MOST, at_most=True)},
            facts=[
                Fact("memory", ours.ask(peak_memory).value, " MiB at most"),
                Fact("NumPy's", plain.ask(peak_memory).value, " MiB"),
            ],
            lost=lost,
            words=["both found the same payment amounts"],
        )
        count = plan.count(BIDDERS, 150)
        sides = {OURS: lambda: ours.ask(rank_ours, count).value, "NumPy": lambda: plain.ask(rank_numpy, count).value}
        ranked = {side: [each * 1000 for each in taken] for side, taken in take_turns(plan.rounds, sides).items()}
        yield Row(
            f"B17 ranking of {count:,} bidders by ten ratios",
            " ms",
            ranked,
            words=["exact fractions, scored and explained ÷ ranked in floating point"],
        )


async def _prepare(admin_url: str) -> None:
    admin = await asyncpg.connect(admin_url)
    await admin.execute(_STAGING)
    await admin.close()


_STAGING = """
    create table bench_bid (id uuid, organization_id uuid, bidder_id uuid, category text, cba text, amount bigint,
                            capacity bigint)
"""
_BIDDERS = """
    with made as (
        insert into bidder (id, organization_id, round_code, number, numbered_at)
        select gen_random_uuid(), gen_random_uuid(), $1, (2840000 + n)::text, now() from generate_series(1, $2::int) n
        returning *
    )
    insert into financial_score (id, organization_id, bidder_id, bidder_number, member, round_code, state, version,
                                 sheet, outcome, earlier, changed_at)
    select gen_random_uuid(), organization_id, id, number, '', round_code, 'SCORED', 1, '{}', 'PASSED', '[]', now()
      from made
"""
_BIDS = """
    insert into bid (id, organization_id, bidder_id, round_code, category_code, cba_code, label, state, form, version,
                     kept, amount_cents, capacity, reasons, changed_at, findings)
    select id, organization_id, bidder_id, $1, category, cba, category || ' ' || cba, 'ELIGIBLE', 'LOCKED', 1, '{}',
           amount, capacity, '[]', now(), '{}'
      from bench_bid
"""
_READ = """
    select bid.id, category_code, cba_code, number, amount_cents, capacity
      from bid join bidder on bidder.id = bid.bidder_id
     where bid.round_code = $1 and bid.state = 'ELIGIBLE' order by bid.id
"""
