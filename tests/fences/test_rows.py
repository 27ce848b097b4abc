"""Row-level security of every table of every service, with the application's own filters removed.

Rows of two organizations are put into every table by the administrator; then each database role of the service looks
at the table with a bare `select *`. New tables are covered without a line here.
"""

import json
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import asyncpg
import pytest
import pytest_asyncio

from tests.infrastructure.databases import PACKAGES, ServiceDatabase

pytestmark = pytest.mark.storage

MINE, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
RECORD = {"outbox", "audit"}
"""Tables that carry an organization and that nobody who serves people may read at all."""


@dataclass(frozen=True)
class Fenced:
    """A service's database with a row of two organizations in every table that names one."""

    service: str
    admin: asyncpg.Connection
    login: asyncpg.Connection
    tables: dict[str, list[str]]  # table to its organization columns

    async def seen_by(self, kind: str | None, organization_id: uuid.UUID | None, table: str) -> set[uuid.UUID]:
        """The organizations whose rows a role sees, in a transaction of the login role."""
        column = self.tables[table][0]
        async with self.login.transaction():
            if kind:
                await self.login.execute("select set_config('role', $1, true)", f"{self.service}_{kind}")
            org = str(organization_id or "")
            await self.login.execute("select set_config('app.org', $1, true)", org)
            return {row[0] for row in await self.login.fetch(f'select "{column}" from public."{table}"')}


@pytest_asyncio.fixture(params=sorted(PACKAGES), scope="session")
async def fenced(request, database_for) -> AsyncIterator[Fenced]:
    made: ServiceDatabase = await database_for(request.param)
    admin = await asyncpg.connect(made.admin_url)
    login = await asyncpg.connect(made.login_url.replace("+asyncpg", ""))
    tables: dict[str, list[str]] = {}
    for row in await admin.fetch(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'public' and column_name like '%organization_id' order by 1, 2"
    ):
        tables.setdefault(row["table_name"], []).append(row["column_name"])
    await admin.execute("set session_replication_role = replica")  # rows without their parents
    for table, organizations in tables.items():
        for organization_id in (MINE, OTHER):
            await _insert(admin, table, organizations, organization_id)
    yield Fenced(request.param, admin, login, tables)
    await login.close()
    await admin.close()


async def _insert(admin: asyncpg.Connection, table: str, organizations: list[str], organization_id: uuid.UUID) -> None:
    columns = await admin.fetch(
        "select column_name, data_type from information_schema.columns where table_schema = 'public' "
        "and table_name = $1 and is_identity = 'NO' and is_generated = 'NEVER'",
        table,
    )
    values = {
        row["column_name"]: organization_id if row["column_name"] in organizations else _any(row["data_type"])
        for row in columns
    }
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    await admin.execute(f'insert into "{table}" ({names}) values ({marks})', *values.values())


def _any(kind: str) -> object:
    made = {
        "uuid": uuid.uuid4,
        "text": lambda: uuid.uuid4().hex,
        "character varying": lambda: uuid.uuid4().hex[:12],
        "jsonb": lambda: json.dumps({}),
        "boolean": lambda: False,
        "bigint": lambda: uuid.uuid4().int % 10**12,
        "integer": lambda: 1,
        "smallint": lambda: 1,
        "numeric": lambda: 1,
        "bytea": lambda: b"x",
        "date": lambda: date(2026, 1, 1),
        "timestamp with time zone": lambda: datetime(2026, 1, 1, tzinfo=UTC),
        "ARRAY": list,
    }
    return made[kind]()


async def test_an_organization_sees_its_own_rows_only(fenced):
    for table in fenced.tables.keys() - RECORD:
        try:
            seen = await fenced.seen_by("org", MINE, table)
        except asyncpg.InsufficientPrivilegeError:
            continue
        assert seen == {MINE}, table


@pytest.mark.parametrize("fenced", ["bidding"], indirect=True)
async def test_of_scores_and_evaluations_an_organization_may_read_its_own_released_summary_alone(fenced):
    readable = {
        row["table_name"]
        for row in await fenced.admin.fetch(
            "select table_name from information_schema.role_table_grants where grantee = 'bidding_org'"
        )
    }
    of_staff = {"financial_score", "scoring_run", "evaluation_run", "evaluation_competition", "evaluation_bid"}
    assert not readable & (of_staff | {"expected_units"})
    assert await fenced.seen_by("org", MINE, "score_summary") == {MINE}
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await fenced.seen_by("org", MINE, "financial_score")
    for table in of_staff - {"financial_score"}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with fenced.login.transaction():
                await fenced.login.execute("select set_config('role', 'bidding_org', true)")
                await fenced.login.execute("select set_config('app.org', $1, true)", str(MINE))
                await fenced.login.execute(f"select * from {table}")


async def test_naming_no_organization_shows_no_row(fenced):
    for table in fenced.tables.keys() - RECORD:
        try:
            assert await fenced.seen_by("org", None, table) == set(), table
        except asyncpg.InsufficientPrivilegeError:
            continue


async def test_with_no_role_taken_on_every_table_is_denied(fenced):
    for table in fenced.tables:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await fenced.seen_by(None, MINE, table)


async def test_nobody_who_serves_people_reads_the_outbox_or_the_audit_trail(fenced):
    for table in RECORD:
        for kind in ("org", "staff"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await fenced.seen_by(kind, MINE, table)


async def test_an_organization_cannot_insert_a_row_of_another_one(fenced):
    may_insert = await fenced.admin.fetch(
        "select table_name from information_schema.role_table_grants where grantee = $1 and privilege_type = 'INSERT'",
        f"{fenced.service}_org",
    )
    for table in {row[0] for row in may_insert} & fenced.tables.keys() - RECORD:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            async with fenced.login.transaction():
                await fenced.login.execute("select set_config('role', $1, true)", f"{fenced.service}_org")
                await fenced.login.execute("select set_config('app.org', $1, true)", str(MINE))
                await _insert(fenced.login, table, fenced.tables[table], OTHER)


async def test_every_table_that_names_an_organization_is_fenced_also_for_its_owner(fenced):
    rows = await fenced.admin.fetch(
        "select relname from pg_class where relkind = 'r' and relrowsecurity and relforcerowsecurity"
    )
    assert fenced.tables.keys() - RECORD <= {row["relname"] for row in rows}


async def test_the_login_role_has_no_right_of_its_own_and_inherits_none(fenced):
    login = f"{fenced.service}_login"
    granted = await fenced.admin.fetch("select 1 from information_schema.role_table_grants where grantee = $1", login)
    inherits = await fenced.admin.fetch(
        "select 1 from pg_auth_members m join pg_roles r on r.oid = m.member where r.rolname = $1 and m.inherit_option",
        login,
    )
    powers = await fenced.admin.fetchrow(
        "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb from pg_roles where rolname = $1", login
    )
    assert (granted, inherits, powers[0]) == ([], [], False)


async def test_a_service_cannot_take_on_the_roles_or_open_the_database_of_another(fenced):
    for other in PACKAGES.keys() - {fenced.service}:
        with pytest.raises(asyncpg.PostgresError):
            async with fenced.login.transaction():
                await fenced.login.execute("select set_config('role', $1, true)", f"{other}_system")
