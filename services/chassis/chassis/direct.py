"""A connection of one's own to PostgreSQL, past any pooler: for advisory locks, LISTEN and NOTIFY."""

from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import make_url
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

Connection: TypeAlias = asyncpg.Connection

UNREACHABLE = (
    OSError,  # TimeoutError is one
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,  # shutting down, starting up
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.InternalClientError,  # the server's farewell met a statement just being sent
)
"""What a broken, refused or timed-out connection raises. A wrong statement is not among it."""


async def connect(url: str, *, name: str, command_timeout: float | None = None, **settings: str) -> Connection:
    """Open a connection.

    `url` is `postgresql+asyncpg://…`, with `ssl` in its query as for the pool; `name` is what the server shows for it;
    `command_timeout` is in seconds; `settings` are PostgreSQL's own. Raises one of `UNREACHABLE`.
    """
    _, options = PGDialect_asyncpg().create_connect_args(make_url(url))  # type: ignore[no-untyped-call]
    known: dict[str, Any] = {key: value for key, value in options.items() if key in _ADDRESS}
    return await asyncpg.connect(
        **known, command_timeout=command_timeout, server_settings={"application_name": name, **settings}
    )


_ADDRESS = {"host", "port", "user", "password", "database", "ssl", "timeout"}
