"""Members, for operators.

    python -m identity_adapter.members tell-contacts

says again, to notices-svc alone, where everybody is reached and what they may see; after an upgrade that reads more of
it, or when e-mail does not reach people who are members. Said twice, it changes nothing. Reads the service's settings
from the environment.
"""

import argparse
import asyncio
from uuid import UUID

from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.settings import ServiceSettings, load
from identity_adapter.members.contacts import tell_contacts

OPERATOR = Actor.system("identity-operator")
AT_ONCE = 200


async def tell_all(database: Database, at_once: int = AT_ONCE) -> None:
    """Say the contacts of everybody, so many persons in a transaction."""
    last: UUID | None = None
    while True:
        async with database.writing(Fence.system(), OPERATOR) as session:
            last = await tell_contacts(session, last, at_once)
        if last is None:
            return


async def _run(settings: ServiceSettings) -> None:
    database = Database(settings.database_url, "identity", pool_size=1)
    try:
        await tell_all(database)
    finally:
        await database.close()


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m identity_adapter.members")
    parser.add_subparsers(dest="command", required=True).add_parser("tell-contacts")
    parser.parse_args()
    asyncio.run(_run(load(ServiceSettings)))


if __name__ == "__main__":
    main()
