from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest_asyncio

from chassis.database import Database
from tests.documents.house import House, house_settings, publish_token_key, running_edge


@pytest_asyncio.fixture
async def open_house(database_for, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[House]]]:
    """Open a documents-svc with its own database and folders, and as many edges as asked for."""
    async with AsyncExitStack() as stack:

        async def open_one(*, edges: int = 1, **more: Any) -> House:
            made = await database_for("documents")
            database = Database(made.login_url, "documents")
            stack.push_async_callback(database.close)
            await publish_token_key(database)
            settings = house_settings(tmp_path, made.login_url, **more)
            house = House(database, settings, made.admin_url)
            for _ in range(edges):
                house.edges.append(await stack.enter_async_context(running_edge(settings)))
            return house

        yield open_one


@pytest_asyncio.fixture
async def house(open_house) -> House:
    """A documents-svc with one edge and no malware scanner."""
    return await open_house()
