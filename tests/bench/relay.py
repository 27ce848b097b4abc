"""B3: committed outbox rows of 1 KB, ordered by key, to the broker's acknowledgement.

÷ bare aiokafka producing the same bytes; ÷ faststream-outbox with its best documented settings.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

import asyncpg

from tests.bench.apart import Apart, nothing
from tests.bench.measuring import OURS, Goal, Plan, Row, take_turns
from tests.bench.relay_sides import (
    bare_producer,
    ids_told,
    other_outbox,
    our_relay,
    produce,
    relay_by_other,
    relay_rows,
)
from tests.bench.stage import Stage, stream

BARE, OTHER = "bare aiokafka", "faststream-outbox"
OURS_TOPIC, BARE_TOPIC, OTHER_TOPIC = (stream(f"bench.{side}") for side in ("ours", "bare", "other"))


def measure(stage: Stage, plan: Plan) -> Iterator[Row]:
    """Measure the relay."""
    database = stage.database("probe", "tests.probe")
    stage.topics(OURS_TOPIC, BARE_TOPIC, OTHER_TOPIC)
    servers = stage.kafka.bootstrap_servers
    count, few = plan.count(full=40_000, quick=6_000), plan.count(full=6_000, quick=500)
    admin_url = f"postgresql+asyncpg://{database.admin_url.removeprefix('postgresql://')}"
    with ExitStack() as stack:
        ours = stack.enter_context(
            Apart("relay-ours", our_relay, stage.with_broker(database), database.admin_url, OURS_TOPIC)
        )
        bare = stack.enter_context(Apart("relay-bare", bare_producer, servers))
        other = stack.enter_context(Apart("relay-other", other_outbox, admin_url, servers, OTHER_TOPIC.name))
        reader = stack.enter_context(Apart("relay-reader", nothing))
        sides = {
            OURS: lambda n=count: n / ours.ask(relay_rows, n).value,
            BARE: lambda n=count: n / bare.ask(produce, BARE_TOPIC.name, n).value,
            OTHER: lambda n=few: n / other.ask(relay_by_other, n).value,
        }
        warm = plan.count(full=5_000, quick=1_000)
        for run in sides.values():
            run(warm)
        samples = take_turns(plan.rounds, sides)
        told = Counter(reader.ask(ids_told, servers, OURS_TOPIC.name).value)
    said = stage.run(_said(database.admin_url))
    yield Row(
        "B3 relay",
        "/s",
        samples,
        goals={BARE: Goal(0.5), OTHER: Goal(5)},
        lost=len(said - told.keys()),
        doubled=sum(times - 1 for times in told.values()),
        words=[f"1 KB, {OURS_TOPIC.partitions} partitions, {count:,} rows a round"],
    )


async def _said(admin_url: str) -> set[str]:
    admin = await asyncpg.connect(admin_url)
    try:
        return {str(row["id"]) for row in await admin.fetch("select id from outbox")}
    finally:
        await admin.close()
