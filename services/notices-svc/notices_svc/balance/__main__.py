"""Strike the balance for operators: `python -m notices_svc.balance`. Exit status 1 when something is not in order."""

import asyncio
from datetime import timedelta

from chassis import program_time
from chassis.database import Database, Fence
from chassis.settings import load
from notices_svc.balance.balance import Balance, balance_at
from notices_svc.settings import Settings


async def strike(settings: Settings) -> Balance:
    """Strike the balance of the service's database."""
    program_time.use_file(settings.program_time_file)
    database = Database(settings.database_url, "notices", pool_size=1)
    now = program_time.now()
    try:
        async with database.reading(Fence.system()) as session:
            return await balance_at(session, now, said_since=now - timedelta(days=settings.outbox_keep_days))
    finally:
        await database.close()


def main() -> None:
    """Print the balance as JSON."""
    balance = asyncio.run(strike(load(Settings)))
    print(balance.model_dump_json(indent=2))
    if balance.holes or balance.findings:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
