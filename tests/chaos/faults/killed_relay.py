"""F2: the relay dies when the broker has acknowledged events and before it has marked them in its outbox."""

import asyncio

from tests.chaos.aside import Aside, aside
from tests.chaos.proxy import Act, Harm, Statement
from tests.chaos.trial import Fault, Trial

MARK = "update outbox set sent_at = $2"
"""How the relay marks what the broker has acknowledged."""
KILLS = 5


async def kill_relay(trial: Trial) -> None:
    """Kill the documents worker at random marks of its relay, while files come in."""
    kills = trial.scaled(KILLS)
    async with aside(trial.stand, "documents-worker") as relay:
        relay.proxy.harm = _killing(trial, relay, kills)
        for done in range(kills):
            await trial.send_all(trial.uploads(trial.scaled(100) // kills), at_once=6)
            await relay.until_killed(done + 1)
    trial.counts["kills"] = relay.kills


def _killing(trial: Trial, relay: Aside, kills: int) -> Harm:
    marks_to_pass = trial.dice.randint(0, 3)

    async def kill(statement: Statement) -> Act:
        nonlocal marks_to_pass
        if MARK not in statement.text or relay.kills >= kills:
            return Act.PASS
        if marks_to_pass > 0:
            marks_to_pass -= 1
            return Act.PASS
        marks_to_pass = trial.dice.randint(0, 3)
        await asyncio.to_thread(relay.kill)
        return Act.CUT

    return kill


FAULT = Fault("F2", "relay killed between the broker's answer and its own mark", uploads=100, run=kill_relay)
