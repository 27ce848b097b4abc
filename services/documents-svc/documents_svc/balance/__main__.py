"""Strike the balance for operators: `python -m documents_svc.balance`. Exit status 1 when something is not in order."""

import asyncio

from chassis import program_time
from chassis.database import Database, Fence
from chassis.settings import load
from documents_svc.balance.balance import Balance, Limits, balance_at
from documents_svc.settings import Settings


async def strike(settings: Settings) -> Balance:
    """Strike the balance of the service's database."""
    program_time.use_file(settings.program_time_file)
    database = Database(settings.database_url, "documents", pool_size=1)
    try:
        async with database.reading(Fence.staff()) as session:
            return await balance_at(session, program_time.now(), Limits.of(settings))
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
