"""Make a service's database and its roles: `python -m chassis.provision <short name>`.

Run by an administrator of the PostgreSQL server, once and as often as you like. Reads CONNEXION_ADMIN_DATABASE_URL
(postgresql://…, a superuser or CREATEROLE + CREATEDB), CONNEXION_MIGRATOR_PASSWORD and CONNEXION_LOGIN_PASSWORD.
Needs PostgreSQL 16 or later (memberships without inheritance).
"""

import asyncio
import os
import sys

import asyncpg

from chassis.fences import role

KINDS = ("org", "staff", "system")


async def provision(
    admin_url: str, service: str, *, migrator_password: str, login_password: str, database: str | None = None
) -> str:
    """Create what is missing and return the database's name (`connexion_<service>` unless named).

    The migrator owns the database and its tables. The login role has no right of its own: it may take on the
    org, staff and system roles, whose rights it does not inherit (`with inherit false`).
    """
    database = database or f"connexion_{service}"
    migrator, login = role(service, "migrator"), role(service, "login")
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute("select pg_advisory_lock(hashtext('connexion provisioning'))")
        for name, password in ((migrator, migrator_password), (login, login_password)):
            await _role(connection, name, password)
        for kind in KINDS:
            await _role(connection, role(service, kind), None)
            await connection.execute(f"grant {role(service, kind)} to {login} with inherit false, set true")
        if not await connection.fetchval("select 1 from pg_database where datname = $1", database):
            await connection.execute(f'create database "{database}" owner {migrator}')
        await connection.execute(f'revoke all on database "{database}" from public')
        await connection.execute(f'grant connect on database "{database}" to {login}')
    finally:
        await connection.close()
    await _close_schema(admin_url, database, service)
    return database


async def _role(connection: asyncpg.Connection, name: str, password: str | None) -> None:
    if not await connection.fetchval("select 1 from pg_roles where rolname = $1", name):
        await connection.execute(f"create role {name} noinherit")
    if password is not None:
        quoted = await connection.fetchval("select quote_literal($1)", password)
        await connection.execute(f"alter role {name} login password {quoted}")


async def _close_schema(admin_url: str, database: str, service: str) -> None:
    connection = await asyncpg.connect(admin_url, database=database)
    try:
        await connection.execute("revoke all on schema public from public")
        await connection.execute(f"grant all on schema public to {role(service, 'migrator')}")
        for kind in KINDS:
            await connection.execute(f"grant usage on schema public to {role(service, kind)}")
    finally:
        await connection.close()


def main() -> None:
    """Provision the services named on the command line."""
    for service in sys.argv[1:]:
        database = asyncio.run(
            provision(
                os.environ["CONNEXION_ADMIN_DATABASE_URL"],
                service,
                migrator_password=os.environ["CONNEXION_MIGRATOR_PASSWORD"],
                login_password=os.environ["CONNEXION_LOGIN_PASSWORD"],
            )
        )
        print(f"{database} is ready")


if __name__ == "__main__":
    main()
