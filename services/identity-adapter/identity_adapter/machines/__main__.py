"""Machines, for operators.

    python -m identity_adapter.machines list
    python -m identity_adapter.machines register CLIENT_ID NAME SCOPE [SCOPE ...]
    python -m identity_adapter.machines next-secret CLIENT_ID [--overlap-days 7]
    python -m identity_adapter.machines end-secret CLIENT_ID SECRET_ID

A secret is printed when it is made, and never again. Reads the service's settings from the environment.
"""

import argparse
import asyncio
import sys
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.errors import ConnexionError, NotFound
from chassis.settings import ServiceSettings, load
from identity_adapter.machines import use_cases
from identity_adapter.machines.machine import Machine
from identity_adapter.machines.views import view

OPERATOR = Actor.system("identity-operator")


async def show_all(database: Database) -> str:
    """Return every machine as a line of JSON."""
    async with database.reading(Fence.system()) as session:
        machines = await session.scalars(select(Machine).order_by(Machine.client_id))
        return "\n".join(view(each).model_dump_json() for each in machines) or "no machine is registered"


async def change(database: Database, options: argparse.Namespace) -> str:
    """Do what the command says, and return what to print. Raises ConnexionError."""
    async with database.writing(Fence.system(), OPERATOR) as session:
        if options.command == "register":
            shown = await use_cases.register_machine(session, options.client_id, options.name, options.scopes)
            return _told(shown)
        machine = await use_cases.find_machine(session, options.client_id)
        if machine is None:
            raise NotFound
        if options.command == "next-secret":
            overlap = timedelta(days=options.overlap_days)
            return _told(await use_cases.give_next_secret(session, machine.id, overlap))
        await use_cases.end_secret(session, machine.id, options.secret_id)
        return f"the secret {options.secret_id} is good no more"


def _told(shown: use_cases.Shown) -> str:
    return f"secret {shown.kept.id} of {shown.machine.client_id}, shown this once:\n{shown.secret}"


async def _run(options: argparse.Namespace) -> str:
    database = Database(load(ServiceSettings).database_url, "identity")
    try:
        return await show_all(database) if options.command == "list" else await change(database, options)
    finally:
        await database.close()


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m identity_adapter.machines")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="print the machines, without their secrets")
    registration = commands.add_parser("register", help="register a machine and print its first secret")
    registration.add_argument("client_id")
    registration.add_argument("name")
    registration.add_argument("scopes", nargs="+")
    change_of_secret = commands.add_parser("next-secret", help="print a machine's next secret")
    change_of_secret.add_argument("client_id")
    change_of_secret.add_argument("--overlap-days", type=int, choices=range(91), metavar="DAYS", default=7)
    ending = commands.add_parser("end-secret", help="let a secret be good no more")
    ending.add_argument("client_id")
    ending.add_argument("secret_id", type=UUID)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    try:
        print(asyncio.run(_run(parse(arguments))))
    except ConnexionError as problem:
        print(problem.detail, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
