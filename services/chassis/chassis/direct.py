"""A connection of one's own to PostgreSQL, past any pooler (advisory locks, LISTEN, NOTIFY); and whether it is away."""

import socket
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import make_url
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

Connection: TypeAlias = asyncpg.Connection

_BROKEN = (
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,  # shutting down, starting up
    asyncpg.exceptions.InsufficientResourcesError,
    asyncpg.exceptions.InternalClientError,  # the server's farewell met a statement just being sent
)
UNREACHABLE = (OSError, *_BROKEN)  # TimeoutError is an OSError
"""What a broken, refused or timed-out connection raises. A wrong statement is not among it."""

_AWAY = (ConnectionError, TimeoutError, socket.gaierror, InterfaceError, OperationalError, PoolTimeoutError, *_BROKEN)
_AWAY_STATES = (
    "08",  # connection
    "40",  # serialization, deadlock
    "53",  # out of resources
    "55",  # in use, lock not available
    "57",  # shutting down, starting up, cancelled
)


def is_away(error: BaseException) -> bool:
    """Whether an error of a session says that the database cannot do it now, and may in a moment.

    A disk that fails is not among it, and neither is a statement that is wrong.
    """
    if isinstance(error, _AWAY):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return error.connection_invalidated or state.startswith(_AWAY_STATES)


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
