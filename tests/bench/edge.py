"""B1: a signed-in GET of a list with one ORM read, through the real door.

÷ the same route and read without token check and row-level security, in plain FastAPI on the same server, with the
same pool; bare FastAPI JSON beside it. The fences' share is taken against the platform's own edge without them.
"""

import statistics
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid4

import asyncpg

from chassis.ids import new_id
from tests.bench.apart import Answer, Apart, nothing
from tests.bench.edge_apps import JSON, LISTED, MAY_VIEW, fenced, plain, port_of, serving, unfenced
from tests.bench.generator import Load, get, keep_busy, keep_pace
from tests.bench.measuring import OURS, Fact, Goal, Plan, Row, quantile, take_turns
from tests.bench.people import token
from tests.bench.stage import Stage

ORGANIZATIONS, EACH = 500, 10
LINES = 16
LOADED = 0.7


@dataclass
class _Target:
    server: Apart
    port: int
    request: bytes


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the edge."""
    database = stage.database("probe", "tests.probe")
    mine = stage.run(_fill(database.admin_url))
    settings, plain_url = stage.settings(database), stage.plain_url(database)
    with ExitStack() as stack:
        generator = stack.enter_context(Apart("edge-generator", nothing))
        servers = {
            "ours": Apart("edge-fenced", serving, fenced, settings),
            "unfenced": Apart("edge-unfenced", serving, unfenced, settings, plain_url, mine),
            "plain": Apart("edge-plain", serving, plain, settings, plain_url, mine),
        }
        for server in servers.values():
            stack.push(server)
        ports = {name: server.ask(port_of).value for name, server in servers.items()}
        signed_in = get(LISTED, token(mine, MAY_VIEW, "document.view", "document.upload"))
        targets = {
            OURS: _Target(servers["ours"], ports["ours"], signed_in),
            "the same without fences": _Target(servers["unfenced"], ports["unfenced"], signed_in),
            "plain FastAPI, same read": _Target(servers["plain"], ports["plain"], get(LISTED)),
            "plain FastAPI, JSON only": _Target(servers["plain"], ports["plain"], get(JSON)),
        }
        loads: dict[str, list[Answer[Load]]] = {side: [] for side in targets}

        def run(side: str, seconds: float = plan.seconds) -> float:
            target = targets[side]
            answer = generator.ask(keep_busy, target.port, target.request, LINES, seconds)
            loads[side].append(answer)
            return answer.value.per_second

        for side in targets:
            run(side, plan.warm_up)
            loads[side].clear()
        samples = take_turns(plan.rounds, {side: partial(run, side) for side in targets})
        failures = sum(answer.value.failures for answers in loads.values() for answer in answers)
        rate = LOADED * statistics.median(samples[OURS])
        tails = [
            quantile(_paced(generator, targets[OURS], rate, plan.seconds).latencies, 0.99) for _ in range(plan.rounds)
        ]
        unfenced_samples = samples.pop("the same without fences")
        middles = [quantile(answer.value.latencies, 0.5) for answer in loads[OURS]]
        share = max(answer.cpu_share for answers in loads.values() for answer in answers)
        raw = {"loads": {side: _raw(answers) for side, answers in loads.items()}, "p99 at 70 % load, ms": tails}
        yield Row(
            "B1 edge",
            "/s",
            samples,
            goals={"plain FastAPI, same read": Goal(0.7)},
            facts=[
                Fact("p50 under full load", statistics.median(middles), " ms"),
                Fact("p99 at 70 % load", statistics.median(tails), " ms", Goal(10, at_most=True)),
            ],
            lost=failures,
            words=[f"{EACH} rows a list", f"generator at most {share:.0%} of a core"],
            raw=raw,
        )
        shares = [1 - ours / without for ours, without in zip(samples[OURS], unfenced_samples, strict=True)]
        yield Row(
            "B1 fences",
            "/s",
            {OURS: samples[OURS], "without token check and row-level security": unfenced_samples},
            facts=[Fact("share of a request", statistics.median(shares) * 100, " %", Goal(25, at_most=True))],
            lost=failures,
        )


def _paced(generator: Apart, target: _Target, rate: float, seconds: float) -> Load:
    return generator.ask(keep_pace, target.port, target.request, rate, seconds).value


def _raw(answers: list[Answer[Load]]) -> list[dict[str, object]]:
    return [
        {
            "per_second": answer.value.per_second,
            "generator_cpu": answer.cpu_share,
            "latencies_ms": [round(latency, 3) for latency in answer.value.latencies],
        }
        for answer in answers
    ]


async def _fill(admin_url: str) -> UUID:
    """Things of many organizations, and an index as a service would have it; return one of the organizations."""
    organizations = [uuid4() for _ in range(ORGANIZATIONS)]
    rows = [(new_id(), organization, f"thing {n}") for n in range(EACH) for organization in organizations]
    admin = await asyncpg.connect(admin_url)
    await admin.copy_records_to_table("thing", records=rows, columns=["id", "organization_id", "name"])
    await admin.execute("create index on thing (organization_id, id)")
    await admin.execute("vacuum analyze thing")
    await admin.close()
    return organizations[ORGANIZATIONS // 2]
