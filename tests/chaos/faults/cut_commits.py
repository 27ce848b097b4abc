"""F7: the line to PostgreSQL is cut while a commit is under way, so that nobody knows whether it happened."""

from tests.chaos.aside import aside
from tests.chaos.proxy import Act, Harm, Statement
from tests.chaos.trial import Fault, Trial

WRITES = ("INSERT", "UPDATE", "insert into")
CUT_SHARE = 0.15


async def cut_commits(trial: Trial) -> None:
    """Cut every seventh commit of the documents edge, half of them before and half after PostgreSQL has it."""
    cuts = {"before": 0, "after": 0}
    async with aside(trial.stand, "documents-edge") as edge:
        edge.proxy.harm = _cutting(trial, cuts)
        await trial.send_all([*trial.uploads(trial.scaled(100)), *trial.forms(trial.scaled(60))], at_once=6)
    trial.counts["commits cut before PostgreSQL had them"] = cuts["before"]
    trial.counts["after"] = cuts["after"]


def _cutting(trial: Trial, cuts: dict[str, int]) -> Harm:
    async def cut(statement: Statement) -> Act:
        writes = any(statement.follows(word) for word in WRITES)
        if not (statement.is_commit and writes and trial.dice.random() < CUT_SHARE):
            return Act.PASS
        if trial.dice.random() < 0.5:
            cuts["before"] += 1
            return Act.CUT
        await statement.run()
        cuts["after"] += 1
        return Act.CUT

    return cut


FAULT = Fault("F7", "line to PostgreSQL cut during commits", uploads=160, run=cut_commits)
