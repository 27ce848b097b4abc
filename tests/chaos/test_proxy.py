"""The fault proxy before a real PostgreSQL: what passes, and what is cut where."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.chaos.proxy import Act, fault_proxy, no_harm

pytestmark = pytest.mark.storage
LOST = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError)


@asynccontextmanager
async def through(proxy, url: str) -> AsyncIterator[asyncpg.Connection]:
    parts = urlsplit(url)
    connection = await asyncpg.connect(
        user=parts.username, password=parts.password, host="127.0.0.1", port=proxy.port, database=parts.path.strip("/")
    )
    try:
        yield connection
    finally:
        connection.terminate()


@pytest.fixture
async def direct(postgres):
    connection = await asyncpg.connect(postgres.admin_url)
    await connection.execute("drop table if exists kept; create table kept (what text)")
    yield connection
    await connection.execute("drop table kept")
    await connection.close()


@pytest.fixture
async def proxy(postgres):
    async with fault_proxy(urlsplit(postgres.admin_url).port) as proxy:
        yield proxy


async def insert(connection: asyncpg.Connection, what: str) -> None:
    async with connection.transaction():
        await connection.execute("insert into kept values ($1)", what)


async def test_without_harm_everything_passes(postgres, proxy, direct):
    async with through(proxy, postgres.admin_url) as connection:
        await insert(connection, "one")
        assert await connection.fetchval("select repeat('x', 1000000)") == "x" * 1_000_000
    assert await direct.fetchval("select count(*) from kept") == 1


async def test_cut_before_a_commit_nothing_is_kept(postgres, proxy, direct):
    async def cut(statement):
        return Act.CUT if statement.is_commit and statement.follows("insert into kept") else Act.PASS

    proxy.harm = cut
    async with through(proxy, postgres.admin_url) as connection:
        with pytest.raises(LOST):
            await insert(connection, "one")
    assert await direct.fetchval("select count(*) from kept") == 0
    assert proxy.cut == 1


async def test_cut_after_a_commit_it_is_kept_and_nobody_is_told(postgres, proxy, direct):
    async def cut(statement):
        if statement.is_commit:
            await statement.run()
            return Act.CUT
        return Act.PASS

    proxy.harm = cut
    async with through(proxy, postgres.admin_url) as connection:
        with pytest.raises(LOST):
            await insert(connection, "one")
    assert await direct.fetchval("select count(*) from kept") == 1


async def test_a_prepared_statement_is_known_by_its_text_each_time_it_runs(postgres, proxy, direct):
    seen = []

    async def look(statement):
        seen.append(statement.text)
        return Act.PASS

    proxy.harm = look
    async with through(proxy, postgres.admin_url) as connection:
        prepared = await connection.prepare("insert into kept values ($1)")
        for what in ("one", "two"):
            await prepared.fetch(what)
    assert seen.count("insert into kept values ($1)") == 2


async def test_statements_of_an_earlier_transaction_are_forgotten(postgres, proxy, direct):
    followed = []

    async def look(statement):
        if statement.is_commit:
            followed.append(statement.follows("insert into kept"))
        return Act.PASS

    proxy.harm = look
    async with through(proxy, postgres.admin_url) as connection:
        await insert(connection, "one")
        async with connection.transaction():
            await connection.fetch("select 1")
    assert followed == [True, False]


async def test_a_server_that_is_away_is_a_closed_line():
    from deploy.local.ports import free_port

    async with fault_proxy(free_port()) as proxy:
        assert proxy.harm is no_harm
        with pytest.raises(LOST):
            async with asyncio.timeout(10):
                await asyncpg.connect(user="nobody", host="127.0.0.1", port=proxy.port, database="none")
