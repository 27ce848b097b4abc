"""A run: one platform, the faults one after the other, and the checker after each."""

import asyncio
import json
import math
import random
import time
import traceback
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.quiet import until_quiet
from tests.chaos.checker import Judgement, judge, unreceipted
from tests.chaos.evidence import gather
from tests.chaos.ledger import Ledger
from tests.chaos.patience import patiently
from tests.chaos.person import Person
from tests.chaos.stand import Stand
from tests.chaos.trial import Fault, NotRunError, Place, Trial

FILES_OF_A_SLOT = 20
SLOTS_OF_AN_ORGANIZATION = 3
SETTLED_WITHIN = 180.0
PROGRESS_EVERY = 10.0
SHOWN = 20


def organizations_for(faults: Sequence[Fault], scale: float) -> int:
    """Return how many organizations hold slots enough for what these faults upload, with some to spare."""
    files = sum(max(1, round(fault.uploads * scale)) for fault in faults)
    return 2 + math.ceil(1.1 * files / (FILES_OF_A_SLOT * SLOTS_OF_AN_ORGANIZATION))


@dataclass
class Run:
    """What is shared by the faults of a run."""

    stand: Stand
    seed: int
    scale: float
    ledger: Ledger
    people: list[Person] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    repeats: int = 0

    async def prepare(self) -> None:
        """Sign in one person of each organization, and find the places there are once all registrations are through."""
        if not await until_quiet(self.stand.database_urls, self.stand.platform.kafka, SETTLED_WITHIN):
            raise AssertionError(f"the registrations are still on their way after {SETTLED_WITHIN:.0f} s")
        async with asyncio.TaskGroup() as group:
            for person in self.people:
                group.create_task(patiently(person.sign_in, f"sign-in of {person.user_id}"))
        for person in self.people:
            slots = [slot async for slot in person.pages("/api/documents/slots")]
            if len(slots) != SLOTS_OF_AN_ORGANIZATION:
                raise AssertionError(f"{person.user_id} has {len(slots)} slots: has the round's rule set changed?")
            self.places += [(person, slot["id"]) for slot in slots for _ in range(FILES_OF_A_SLOT)]
        random.Random(self.seed).shuffle(self.places)

    async def try_fault(self, fault: Fault) -> bool:
        """Try a fault and judge it; print its line. Return whether all was well."""
        dice = random.Random(f"{self.seed} {fault.number}")
        trial = Trial(fault, self.stand, self.people, self.places, self.ledger, dice, self.scale)
        began = time.monotonic()
        progress = asyncio.create_task(_tell(trial))
        try:
            await fault.run(trial)
        except NotRunError as why:
            print(f"{fault.number:<4} not run: {why}")
            return False
        except Exception as failed:  # the other faults are tried all the same
            traceback.print_exc()
            trial.problems.append(f"{type(failed).__name__}: {failed}")
        finally:
            progress.cancel()
        judgement = await self._judge(trial)
        self._print(trial, judgement, time.monotonic() - began)
        return not (judgement.lost or judgement.doubled or trial.problems)

    async def _judge(self, trial: Trial) -> Judgement:
        """Wait until all has arrived everywhere, then look at it from outside."""
        if not await until_quiet(self.stand.database_urls, self.stand.platform.kafka, SETTLED_WITHIN):
            trial.problems.append(f"the platform was not quiet {SETTLED_WITHIN:.0f} s later")
        seen = await gather(self.stand, self.people)
        judgement = judge(trial.receipts, seen)
        strays = unreceipted(self.ledger.receipts, seen)
        if strays:
            trial.problems.append(f"{len(strays)} files are kept for which nobody got a receipt: {strays[:SHOWN]}")
        if len(trial.receipts) + len(trial.refusals) != trial.submissions:
            trial.problems.append(f"{trial.submissions} submissions, {len(trial.receipts)} receipts")
        trial.counts["said again"] = seen.repeats - self.repeats
        self.repeats = seen.repeats
        trial.problems += await self._imbalance()
        return judgement

    async def _imbalance(self) -> list[str]:
        """Strike the platform's own balance, as an operator does."""
        struck = await asyncio.to_thread(self.stand.run, "documents_svc.balance", as_process="documents-edge")
        try:
            balance = json.loads(struck.stdout)
        except ValueError:
            return [f"the balance could not be struck: {struck.stderr[-500:]}"]
        unscanned = "CONNEXION_CLAMD_ADDRESS" not in self.stand.environment_of("documents-worker")
        findings = [each for each in balance["findings"] if not (unscanned and each["kind"] == "not checked")]
        if balance["waiting"] or balance["holes"] or findings:
            return [f"the balance is not zero: {balance | {'findings': findings[:SHOWN]}}"]
        return []

    def _print(self, trial: Trial, judgement: Judgement, seconds: float) -> None:
        counts = {"submissions": trial.submissions, "receipts": judgement.receipts} | trial.counts
        told = ", ".join(f"{what} {number:,}" for what, number in counts.items())
        print(
            f"{trial.fault.number:<4} {trial.fault.title}: {told}, {seconds:.0f} s: "
            f"lost {judgement.lost} doubled {judgement.doubled}"
        )
        for sentence in (*trial.problems, *judgement.sentences[:SHOWN]):
            print(f"     {sentence}")


@asynccontextmanager
async def a_run(stand: Stand, seed: int, scale: float, folder: Path) -> AsyncIterator[Run]:
    """Prepare a run on a platform: one signed-in official of each organization."""
    officials = [user for user in stand.platform.description["users"] if user["role"] == "AO"]
    people = [Person(stand.platform.gateway, user["user_id"], user["password"]) for user in officials]
    run = Run(stand, seed, scale, Ledger(folder / "ledger.jsonl"), people)
    try:
        await run.prepare()
        yield run
    finally:
        for person in people:
            await person.close()


async def _tell(trial: Trial) -> None:
    """Say every few seconds how far it is."""
    began = time.monotonic()
    while True:
        await asyncio.sleep(PROGRESS_EVERY)
        counts = "".join(f", {what} {number:,}" for what, number in trial.counts.items())
        seconds = time.monotonic() - began
        print(f"     … {trial.fault.number} {seconds:.0f} s: {len(trial.receipts):,} receipts{counts}", flush=True)
