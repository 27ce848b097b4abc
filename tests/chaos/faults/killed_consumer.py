"""F3: a consumer dies when PostgreSQL has committed the effect and before the broker knows that it was heard."""

from tests.chaos.aside import Aside, aside
from tests.chaos.killings import Killings
from tests.chaos.proxy import Act, Statement
from tests.chaos.trial import Fault, Trial

INBOX = "insert into inbox"
"""How a handler's transaction begins."""
CONSUMERS = ("bidding-worker", "notices-worker")
KILLS = 3


async def kill_consumers(trial: Trial) -> None:
    """Kill one consumer after the other at random commits of its handlers, while files come in."""
    for name in CONSUMERS:
        async with aside(trial.stand, name) as consumer:
            await _kill(trial, consumer)
        trial.counts["kills"] = trial.counts.get("kills", 0) + consumer.kills


async def _kill(trial: Trial, consumer: Aside) -> None:
    kills = trial.scaled(KILLS)
    killings = Killings(consumer, kills, trial.dice, most_passed=5)

    async def kill(statement: Statement) -> Act:
        if not (statement.is_commit and statement.follows(INBOX) and killings.due()):
            return Act.PASS
        await statement.run()
        await killings.carry_out()
        return Act.CUT

    consumer.proxy.harm = kill
    for done in range(kills):
        await trial.send_all(trial.uploads(trial.scaled(60) // kills), at_once=6)
        await consumer.until_killed(done + 1)


FAULT = Fault("F3", "consumer killed between its commit and the broker's", uploads=120, run=kill_consumers)
