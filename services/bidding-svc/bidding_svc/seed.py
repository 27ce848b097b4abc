"""Load the reference data of the rounds: `python -m bidding_svc.seed`. Running it again changes nothing.

CONNEXION_FIRST_RUN (YYYY-MM-DD, default: today in New York) is the day from which Round 2028's dates are counted.
"""

import asyncio
import os
from datetime import date

from bidding_svc.rounds import reference
from bidding_svc.rounds.use_cases.loading import load_round
from bidding_svc.rounds.use_cases.moving import move_due_rounds
from chassis import program_time
from chassis.actor import Actor
from chassis.calendar import eastern_day
from chassis.database import Database, Fence
from chassis.settings import ServiceSettings, load

ROUNDS = ("round-2021", "round-2028")


async def seed(database: Database, first_run: date) -> list[str]:
    """Load what is missing, let the calendar move it to where it stands today, and return the codes loaded."""
    loaded = []
    for name in ROUNDS:
        async with database.writing(Fence.system(), Actor.system("bidding-seed")) as session:
            if await load_round(session, reference.load(name), first_run):
                loaded.append(name)
    moved = 1
    while moved:
        async with database.writing(Fence.system(), Actor.system("bidding-seed")) as session:
            moved = await move_due_rounds(session, session.at, len(ROUNDS))
    return loaded


async def _main() -> None:
    settings = load(ServiceSettings)
    program_time.use_file(settings.program_time_file)
    database = Database(settings.database_url, "bidding")
    given = os.environ.get("CONNEXION_FIRST_RUN")
    first_run = date.fromisoformat(given) if given else eastern_day(program_time.now())
    try:
        loaded = await seed(database, first_run)
    finally:
        await database.close()
    print("Loaded: " + (", ".join(loaded) or "nothing, all rounds stand"))


if __name__ == "__main__":
    asyncio.run(_main())
