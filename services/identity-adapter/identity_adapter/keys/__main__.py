"""The keys of platform tokens, for operators.

    python -m identity_adapter.keys rotate [--starts 2026-12-01T00:00:00Z]   make the next key and publish it now
    python -m identity_adapter.keys publish                                  say what the folder holds and was not said
    python -m identity_adapter.keys show                                     the published keys that are in use

A rotation needs nothing else: the next key is heard by every service long before it signs (by default a day), and
the one before stays published until its last token has died. `python -m chassis.key_ring retire` then removes the
old private half. Reads the service's settings from the environment.
"""

import argparse
import asyncio
import json
import sys
from datetime import datetime, timedelta

from chassis import key_ring, machine_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.key_ring import KeyRing
from chassis.settings import load
from identity_adapter.keys.token_keys import publish_keys, usable_keys
from identity_adapter.settings import IdentitySettings

AHEAD = timedelta(days=1)
LEAST_AHEAD = timedelta(minutes=1)


async def rotate(settings: IdentitySettings, database: Database, starts: datetime | None = None) -> str:
    """Make the next key and publish it; return its id. It signs from `starts` on (default: in a day).

    Raises ValueError when keys are one file instead of a folder, or `starts` leaves no time for it to be heard.
    """
    starts = starts or machine_time.now() + AHEAD
    if not settings.token_signing_key_file.is_dir():
        raise ValueError(f"{settings.token_signing_key_file} is one key; rotation needs a folder of them")
    if starts < machine_time.now() + LEAST_AHEAD:
        raise ValueError("a key must start at least a minute from now, so that every service has heard of it")
    made = key_ring.new(settings.token_signing_key_file, starts)
    await publish(settings, database)
    return made.kid


async def publish(settings: IdentitySettings, database: Database) -> list[str]:
    """Say the keys that were not said yet and return their ids."""
    async with database.writing(Fence.system(), Actor.system("identity-operator")) as session:
        return await publish_keys(session, KeyRing.load(settings.token_signing_key_file))


async def show(database: Database) -> str:
    """Return the published keys in use, as JSON."""
    async with database.reading(Fence.system()) as session:
        return json.dumps([key.jwk() for key in await usable_keys(session)], indent=2)


async def _run(options: argparse.Namespace) -> str:
    settings = load(IdentitySettings)
    database = Database(settings.database_url, "identity")
    try:
        if options.command == "rotate":
            return await rotate(settings, database, options.starts)
        if options.command == "publish":
            return "\n".join(await publish(settings, database)) or "nothing to say"
        return await show(database)
    finally:
        await database.close()


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m identity_adapter.keys")
    commands = parser.add_subparsers(dest="command", required=True)
    rotation = commands.add_parser("rotate", help="make the next key and publish it")
    rotation.add_argument("--starts", type=datetime.fromisoformat, help="with offset; default: in a day")
    commands.add_parser("publish", help="say keys that were not said yet")
    commands.add_parser("show", help="print the published keys in use")
    try:
        print(asyncio.run(_run(parser.parse_args(arguments))))
    except (ValueError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
