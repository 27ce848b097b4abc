"""F3: a consumer dies when PostgreSQL has committed the effect and before the broker knows that it was heard."""

import asyncio

from tests.chaos.aside import Aside, aside
from tests.chaos.proxy import Act, Harm, Statement
from tests.chaos.trial import Fault, Trial

INBOX = "INSERT INTO inbox"
"""How a handler's transaction begins."""
CONSUMERS = ("bidding-worker", "notices-worker")
KILLS = 3


async def kill_consumers(trial: Trial) -> None:
    """Kill one consumer after the other at random commits of its handlers, while files come in."""
    kills = trial.scaled(KILLS)
    for name in CONSUMERS:
        async with aside(trial.stand, name) as consumer:
            consumer.proxy.harm = _killing(trial, consumer, kills)
            for done in range(kills):
                await trial.send_all(trial.uploads(trial.scaled(60) // kills), at_once=6)
                await consumer.until_killed(done + 1)
        trial.counts["kills"] = trial.counts.get("kills", 0) + consumer.kills


def _killing(trial: Trial, consumer: Aside, kills: int) -> Harm:
    commits_to_pass = trial.dice.randint(0, 5)

    async def kill(statement: Statement) -> Act:
        nonlocal commits_to_pass
        if not (statement.is_commit and statement.follows(INBOX)) or consumer.kills >= kills:
            return Act.PASS
        if commits_to_pass > 0:
            commits_to_pass -= 1
            return Act.PASS
        commits_to_pass = trial.dice.randint(0, 5)
        await statement.run()
        await asyncio.to_thread(consumer.kill)
        return Act.CUT

    return kill


FAULT = Fault("F3", "consumer killed between its commit and the broker's", uploads=120, run=kill_consumers)
