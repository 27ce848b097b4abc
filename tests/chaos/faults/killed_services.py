"""F1: any process of ours may end at any moment, as by a power cut."""

import asyncio

from tests.chaos.trial import Fault, Trial

GROUPS = {"edges", "workers"}
"""The supervisor's groups whose processes are ours: edges, portal and gateway; workers."""


async def kill_services(trial: Trial) -> None:
    """Kill random processes at random moments of many submissions, each one before any other one twice."""
    submissions, kills = trial.scaled(1_000), trial.scaled(20)
    moments = sorted(trial.dice.sample(range(submissions), kills))
    killing = asyncio.create_task(_kill_at(trial, moments))
    await trial.send_all(trial.uploads(submissions), at_once=12)
    await killing


async def _kill_at(trial: Trial, moments: list[int]) -> None:
    ours = [state.name for state in trial.stand.platform.supervisor.states() if state.group in GROUPS]
    killed: list[str] = []
    for moment in moments:
        await trial.until_receipts(moment)
        spared = [name for name in ours if name not in killed] or ours
        killed.append(trial.dice.choice(spared))
        await asyncio.to_thread(trial.stand.kill, killed[-1])
        trial.counts["kills"] = len(killed)
    trial.counts["processes"] = len(set(killed))


FAULT = Fault("F1", "kill -9 of random processes of ours", uploads=1_000, run=kill_services)
