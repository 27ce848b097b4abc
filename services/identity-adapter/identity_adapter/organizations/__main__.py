"""Who acts for whom, for operators.

    python -m identity_adapter.organizations remove USER_ID [PTAN]

takes somebody out of the organization with that PTAN, or, without one, out of the program's own staff. Every service
refuses the person's tokens within two seconds. Reads the service's settings from the environment.
"""

import argparse
import asyncio
import sys

from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.errors import ConnexionError, NotFound
from chassis.settings import ServiceSettings, load
from identity_adapter.members.use_cases import person_of, remove_member
from identity_adapter.organizations.organization import Organization


async def remove(database: Database, user_id: str, ptan: str | None) -> None:
    """Remove a person. Raises NotFound when either is unknown, or the person has no role there."""
    async with database.writing(Fence.system(), Actor.system("identity-operator")) as session:
        person = await person_of(session, user_id)
        organization_id = await session.scalar(select(Organization.id).where(Organization.ptan == ptan))
        if person is None or (ptan and organization_id is None):
            raise NotFound
        await remove_member(session, person.id, organization_id)


async def _run(options: argparse.Namespace) -> None:
    database = Database(load(ServiceSettings).database_url, "identity")
    try:
        await remove(database, options.user_id, options.ptan)
    finally:
        await database.close()


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m identity_adapter.organizations")
    commands = parser.add_subparsers(dest="command", required=True)
    removal = commands.add_parser("remove", help="take a person out of an organization")
    removal.add_argument("user_id")
    removal.add_argument("ptan", nargs="?")
    try:
        asyncio.run(_run(parser.parse_args(arguments)))
    except ConnexionError as problem:
        print(problem.detail, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
