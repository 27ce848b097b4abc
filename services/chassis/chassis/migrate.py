"""Bring a service's database to its newest schema: `python -m chassis.migrate <package>`.

Runs as the migrator (CONNEXION_MIGRATION_DATABASE_URL, postgresql+asyncpg://…). A service keeps plain Alembic
revisions in `<package>/migrations/versions`; there is no env.py, this module is it. With `--check-drift` nothing is
changed: it compares the migrated database with the mapped classes and exits 1 when they differ.
"""

import asyncio
import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from chassis import tables

T = TypeVar("T")

LOCK_WITHIN = "5s"
"""A migration that cannot have a table's lock by then gives up and is tried again: whoever waits for a lock makes all
that come after it wait too."""


async def migrate(package: str, url: str, revision: str = "head") -> None:
    """Apply every revision up to `revision`, all in one transaction, one process at a time."""
    await _run(url, lambda connection: _upgrade(package, revision, connection))


def revisions(package: str, *, after: str) -> list[str]:
    """Return a service's revisions that follow `after`, oldest first. Raises alembic's CommandError for no such one."""
    return [script.revision for script in _scripts(package).iterate_revisions("head", after)][::-1]


async def drift(package: str, url: str) -> list[Any]:
    """Return what differs between the database and the mapped classes; empty when they agree."""
    return await _run(url, lambda connection: _compare(package, connection))


async def _run(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(url, poolclass=NullPool, hide_parameters=True)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _upgrade(package: str, revision: str, connection: Connection) -> None:
    connection.exec_driver_sql("select pg_advisory_xact_lock(hashtext('connexion migration'))")
    connection.exec_driver_sql(f"set local lock_timeout = '{LOCK_WITHIN}'")
    scripts = _scripts(package)
    with EnvironmentContext(
        _config(package),
        scripts,
        fn=lambda current, _context: scripts._upgrade_revs(revision, current),  # noqa: SLF001  Alembic's own way, without an env.py
    ) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()


def _compare(package: str, connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    differences: list[Any] = compare_metadata(context, _metadata(package))
    return differences


def _metadata(package: str) -> Any:
    """The chassis' tables and the service's own, as one: `<package>.base.Base` after every slice is imported."""
    importlib.import_module(f"{package}.app")
    own: MetaData = importlib.import_module(f"{package}.base").Base.metadata
    return [tables.metadata, own]


def _config(package: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_migrations(package)))
    return config


def _scripts(package: str) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(package))


def _migrations(package: str) -> Path:
    module = importlib.import_module(package)
    return Path(str(module.__file__)).parent / "migrations"


def main() -> None:
    """Migrate, or check for drift."""
    check = "--check-drift" in sys.argv
    url = os.environ["CONNEXION_MIGRATION_DATABASE_URL"]
    for package in (word for word in sys.argv[1:] if not word.startswith("--")):
        if not check:
            asyncio.run(migrate(package, url))
            continue
        if differences := asyncio.run(drift(package, url)):
            print(f"{package}: the mapped classes and the migrations differ:", *differences, sep="\n  ")
            raise SystemExit(1)


if __name__ == "__main__":
    main()
