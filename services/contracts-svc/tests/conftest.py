from collections.abc import AsyncIterator

import pytest_asyncio

from chassis.database import Database
from tests.contracts.house import Supplier


@pytest_asyncio.fixture(scope="module")
async def database(database_for) -> AsyncIterator[Database]:
    """A migrated database of contracts-svc for the tests of a module, seen through its login role."""
    made = await database_for("contracts")
    opened = Database(made.login_url, "contracts")
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def supplier(database) -> Supplier:
    """A contract supplier that nobody else knows."""
    return Supplier(database)
