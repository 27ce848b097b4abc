from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from chassis.database import Database
from tests.notices.house import House


@pytest_asyncio.fixture
async def notices(database_for) -> AsyncIterator[Database]:
    """A new, migrated database of notices-svc, seen through its login role."""
    made = await database_for("notices")
    database = Database(made.login_url, "notices")
    yield database
    await database.close()


@pytest.fixture
def house(notices) -> House:
    """Notices-svc with its people and what other services say to it."""
    return House(notices)
