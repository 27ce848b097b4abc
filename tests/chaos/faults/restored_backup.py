"""F34: everything but a backup is lost: databases, files, broker. It is restored on the spot."""

import asyncio
import shutil
import time
from pathlib import Path

from deploy.local.backup import backup, heads_missing, restore
from tests.chaos.trial import Fault, Trial

BACK_WITHIN = 15 * 60.0
"""Seconds."""


async def restore_backup(trial: Trial) -> None:
    """Back up while the last of the submissions are still on their way through the services, and lose all the rest.

    What was receipted before the backup was begun must be there once more, with the audit heads of that moment.
    """
    stand, place = trial.stand, trial.stand.platform.place
    saved = place.folder.with_name("backup")
    await trial.send_all(trial.uploads(trial.scaled(150)), at_once=12)
    began = time.monotonic()
    made = await asyncio.to_thread(backup, place, saved)
    trial.counts["seconds for the backup"] = round(time.monotonic() - began, 1)
    lost = time.monotonic()
    await asyncio.to_thread(stand.lose_everything)
    await asyncio.to_thread(restore, place, saved)
    await asyncio.to_thread(stand.start_again)
    trial.counts["seconds until it answered again"] = round(back := time.monotonic() - lost, 1)
    if back > BACK_WITHIN:
        trial.problems.append(f"it took {back:.0f} s until the platform answered again")
    if missing := await heads_missing(place, made):
        trial.problems.append(f"the audit heads of {', '.join(missing)} are not those of the backup")
    trial.counts["audit heads as they were"] = len(made.heads)
    await asyncio.to_thread(shutil.rmtree, Path(saved))


FAULT = Fault("F34", "all lost but a backup, which is restored", uploads=150, run=restore_backup)
