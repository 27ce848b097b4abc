from collections.abc import AsyncIterator

import pytest_asyncio

from chassis.database import Database


@pytest_asyncio.fixture
async def bidding(database_for) -> AsyncIterator[Database]:
    """A new, migrated database of bidding-svc, seen through its login role."""
    made = await database_for("bidding")
    database = Database(made.login_url, "bidding")
    yield database
    await database.close()
