"""Row-level security by database roles, tried without any filter of the application's own."""

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.migrate import drift
from tests.probe.thing import Thing

pytestmark = pytest.mark.storage
SYSTEM = Actor.system("test")


async def made(probe, organization_id, name="one"):
    async with probe.writing(Fence.organization(organization_id), SYSTEM) as session:
        session.add(Thing(organization_id, name))


async def test_an_organization_sees_only_its_own_rows(probe):
    mine, other = uuid4(), uuid4()
    await made(probe, mine)
    await made(probe, other)
    async with probe.reading(Fence.organization(mine)) as session:
        assert (await session.scalars(text("select organization_id from thing"))).all() == [mine]


async def test_staff_and_system_see_every_row_and_the_public_none(probe):
    await made(probe, uuid4())
    await made(probe, uuid4())
    for fence, seen in ((Fence.staff(), 2), (Fence.system(), 2), (Fence.public(), 0)):
        async with probe.reading(fence) as session:
            assert await session.scalar(text("select count(*) from thing")) == seen


async def test_an_organization_cannot_write_a_row_of_another(probe):
    with pytest.raises(DBAPIError, match="row-level security"):
        await probe_write(probe, Fence.organization(uuid4()))


async def probe_write(probe, fence):
    async with probe.writing(fence, SYSTEM) as session:
        session.add(Thing(uuid4(), "foreign"))


async def test_an_organization_cannot_change_or_move_a_row_of_another(probe):
    mine, other = uuid4(), uuid4()
    await made(probe, other)
    async with probe.writing(Fence.organization(mine), SYSTEM) as session:
        assert (await session.execute(text("update thing set name = 'changed'"))).rowcount == 0
    await made(probe, mine)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with probe.writing(Fence.organization(mine), SYSTEM) as session:
            await session.execute(text("update thing set organization_id = :other"), {"other": other})


async def test_with_no_role_taken_on_access_is_denied(probe):
    with pytest.raises(DBAPIError):
        async with probe.engine.begin() as connection:
            await connection.execute(text("select * from public.thing"))


@pytest.mark.parametrize("fence", [Fence.staff(), Fence.organization(uuid4())])
@pytest.mark.parametrize(
    "statement",
    [
        "select * from outbox",
        "delete from outbox",
        "update outbox set body = ''",
        "select * from audit",
        "update audit set action = ''",
        "delete from audit",
        "insert into audit_batch values (1, '', '', 0, '', now())",
        "delete from revocation",
        "delete from thing",
    ],
)
async def test_roles_that_serve_people_may_add_to_the_record_and_never_read_or_change_it(probe, fence, statement):
    with pytest.raises(DBAPIError, match="permission denied"):
        async with probe.writing(fence, SYSTEM) as session:
            await session.execute(text(statement))


async def test_a_fence_ends_with_its_transaction(probe):
    mine = uuid4()
    await made(probe, mine)
    async with probe.engine.connect() as connection:
        async with connection.begin():
            await connection.execute(text("select set_config('role', 'probe_org', true)"))
            await connection.execute(text("select set_config('app.org', :org, true)"), {"org": str(mine)})
            assert await connection.scalar(text("select count(*) from thing")) == 1
        async with connection.begin():
            assert await connection.scalar(text("select current_user")) == "probe_login"
            assert not await connection.scalar(text("select current_setting('app.org', true)"))


async def test_a_fence_that_no_transaction_used_does_not_reach_the_next_user_of_the_connection(probe_database):
    database = Database(probe_database.login_url, "probe", pool_size=1)
    async with database.reading(Fence.system()) as session:
        await session.connection()
    async with database.engine.begin() as connection:
        assert await connection.scalar(text("select current_user")) == "probe_login"
    await database.close()


async def test_a_connection_that_cannot_take_on_its_role_is_closed_and_the_next_request_gets_another(probe_database):
    database = Database(probe_database.login_url, "nowhere", pool_size=1)
    with pytest.raises(DBAPIError, match="nowhere_system"):
        await pid_of(database)
    database.service = "probe"
    assert await pid_of(database)
    await database.close()


async def test_a_transaction_may_begin_with_a_statement_that_stands_behind_its_fence_too(probe):
    mine, row = uuid4(), "insert into inbox (consumer, key, organization_id) values ('probe', '{}', '{}')"
    claim = f"{row.format('1', mine)} on conflict do nothing"
    for touched in (1, 0):
        async with probe.writing(Fence.organization(mine), SYSTEM) as session:
            assert await session.open_with(claim) == touched
            assert await session.scalar(text("select current_user")) == "probe_org"
    with pytest.raises(DBAPIError, match="row-level security"):
        async with probe.writing(Fence.organization(mine), SYSTEM) as session:
            await session.open_with(row.format("2", uuid4()))
    with pytest.raises(RuntimeError, match="begun"):
        async with probe.writing(Fence.organization(mine), SYSTEM) as session:
            await session.execute(text("select 1"))
            await session.open_with(claim)
    async with probe.writing(Fence.organization(mine), SYSTEM) as session:
        assert await session.scalar(text("select count(*) from inbox")) == 1


async def test_what_a_transaction_opened_with_is_undone_with_it(probe):
    claim = "insert into inbox (consumer, key) values ('probe', 'undone') on conflict do nothing"
    with pytest.raises(ConnectionError):
        async with probe.writing(Fence.system(), SYSTEM) as session:
            await session.open_with(claim)
            raise ConnectionError
    async with probe.writing(Fence.system(), SYSTEM) as session:
        assert await session.open_with(claim) == 1


async def pid_of(database):
    async with database.reading(Fence.system()) as session:
        return await session.scalar(text("select pg_backend_pid()"))


async def test_a_reading_session_cannot_write(probe):
    with pytest.raises(DBAPIError, match="read-only transaction"):
        async with probe.reading(Fence.system()) as session:
            await session.execute(text("delete from thing"))


async def test_the_owner_of_the_tables_is_fenced_too(probe_database, probe):
    from sqlalchemy.ext.asyncio import create_async_engine

    await made(probe, uuid4())
    engine = create_async_engine(probe_database.migrator_url)
    async with engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from thing")) == 0
    await engine.dispose()


async def test_the_migrated_database_agrees_with_the_mapped_classes(probe_database):
    assert await drift("tests.probe", probe_database.migrator_url) == []
