"""F2: the relay dies when the broker has acknowledged events and before it has marked them in its outbox."""

from tests.chaos.aside import aside
from tests.chaos.killings import Killings
from tests.chaos.proxy import Act, Statement
from tests.chaos.trial import Fault, Trial

MARK = "update outbox set sent_at = $2"
"""How the relay marks what the broker has acknowledged."""
KILLS = 5


async def kill_relay(trial: Trial) -> None:
    """Kill the documents worker at the next mark of its relay, again and again, while files come in.

    A relay that starts again says in one go what waited, and marks it at once: there may be no second moment.
    """
    kills = trial.scaled(KILLS)
    async with aside(trial.stand, "documents-worker") as relay:
        killings = Killings(relay, kills, trial.dice, most_passed=0)

        async def kill(statement: Statement) -> Act:
            if MARK not in statement.text or not killings.due():
                return Act.PASS
            await killings.carry_out()
            return Act.CUT

        relay.proxy.harm = kill
        for done in range(kills):
            await trial.send_all(trial.uploads(trial.scaled(100) // kills), at_once=6)
            await relay.until_killed(done + 1)
    trial.counts["kills"] = relay.kills


FAULT = Fault("F2", "relay killed between the broker's answer and its own mark", uploads=100, run=kill_relay)
