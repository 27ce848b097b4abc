from collections.abc import AsyncIterator

import pytest_asyncio

from chassis.database import Database
from tests.infrastructure.databases import ServiceDatabase


@pytest_asyncio.fixture
async def probe_database(database_for) -> ServiceDatabase:
    """A new database of the probe service (`tests/probe`)."""
    return await database_for("probe", package="tests.probe")


@pytest_asyncio.fixture
async def probe(probe_database) -> AsyncIterator[Database]:
    """The probe's database, seen through its login role."""
    database = Database(probe_database.login_url, "probe")
    yield database
    await database.close()
