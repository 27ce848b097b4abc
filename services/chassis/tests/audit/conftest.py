from collections.abc import AsyncIterator

import pytest_asyncio

from chassis.database import Database
from tests.infrastructure.databases import ServiceDatabase
from tests.probe.sealed_trail import Sealed, sealed_trail


@pytest_asyncio.fixture
async def sealed(probe_database: ServiceDatabase, probe: Database) -> AsyncIterator[Sealed]:
    """A sealed trail and a superuser's connection to it."""
    async with sealed_trail(probe_database, probe) as made:
        yield made
