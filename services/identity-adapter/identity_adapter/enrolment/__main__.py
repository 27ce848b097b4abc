"""Enrolment records, for operators.

    python -m identity_adapter.enrolment import FILE

takes a CSV file (its columns: the service's README) into the mirror, prints what became of its rows, and, on the
standard error, why some were not taken. Exit code 1 when there are any. Reads the service's settings from the
environment.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from chassis import program_time
from chassis.actor import Actor
from chassis.csv_import import Outcome
from chassis.database import Database
from chassis.errors import ConnexionError
from chassis.settings import load
from identity_adapter.enrolment.imports import take_file
from identity_adapter.enrolment.officials import OfficialDigests
from identity_adapter.settings import IdentitySettings

CHUNK = 64 * 1024
OPERATOR = Actor.system("identity-operator")


async def import_file(settings: IdentitySettings, database: Database, file: Path, actor: Actor = OPERATOR) -> Outcome:
    """Take a file into the mirror. Raises OSError, and what `take_file` raises."""
    digests = OfficialDigests.load(settings.official_digest_key_file)
    return await take_file(database, actor, digests, _chunks(file))


async def _chunks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


async def _run(file: Path) -> Outcome:
    settings = load(IdentitySettings)
    program_time.use_file(settings.program_time_file)
    database = Database(settings.database_url, "identity")
    try:
        return await import_file(settings, database, file)
    finally:
        await database.close()


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m identity_adapter.enrolment")
    commands = parser.add_subparsers(dest="command", required=True)
    importing = commands.add_parser("import", help="take a CSV file into the mirror")
    importing.add_argument("file", type=Path)
    try:
        outcome = asyncio.run(_run(parser.parse_args(arguments).file))
    except (ConnexionError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    for error in outcome.errors:
        print(f"line {error.line}{f', {error.column}' if error.column else ''}: {error.message}", file=sys.stderr)
    if outcome.errors_left_out:
        print(f"and {outcome.errors_left_out} more", file=sys.stderr)
    print(
        f"{outcome.rows} rows: {outcome.added} locations are new, {outcome.changed} changed, "
        f"{outcome.unchanged} stand as they did, {outcome.refused} rows were not taken"
    )
    return 1 if outcome.refused else 0


if __name__ == "__main__":
    sys.exit(main())
