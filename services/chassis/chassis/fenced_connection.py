"""The driver's connection, as `chassis.database` opens it: a transaction begins behind a fence, in one message.

asyncpg sends a statement and waits for its answer; BEGIN, taking on the role, and the inbox row of a heard event would
be three such waits. PostgreSQL takes several statements without parameters in one message, and runs them in order.
"""

from typing import Any
from uuid import UUID

import asyncpg

OPENING = "-- the opening statement, which travelled with BEGIN"
"""Executed in its place, to begin the transaction where none is begun, and to learn how many rows it touched."""


class FencedConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection whose transactions begin behind a fence."""

    _fence = ""
    _opening = ""
    _opened = ""

    def stand_behind(self, role: str, organization_id: UUID | None) -> None:
        """Put the next transaction behind this database role, and name its organization in `app.org`."""
        organization = organization_id or ""
        self._fence = f"select set_config('role', '{role}', true), set_config('app.org', '{organization}', true)"

    def open_with(self, statement: str) -> None:
        """Let the next transaction begin with this statement, behind the fence. `OPENING` tells what came of it."""
        self._opening, self._opened = f"; {statement}", ""

    def forget_fence(self) -> None:
        """Nothing of a fence that no transaction has used may reach the next user of this connection."""
        self._fence = self._opening = ""

    async def execute(self, query: str, *arguments: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109
        """Run a statement, as asyncpg does; to the one that begins a transaction, add the fence.

        A connection that could not take on its role is closed: nobody knows what it would let through.
        """
        if not (self._fence and query.startswith("BEGIN")):
            return str(await super().execute(query, *arguments, timeout=timeout))
        behind = f"{self._fence}{self._opening}"
        self.forget_fence()
        try:
            self._opened = str(await super().execute(f"{query} {behind}", timeout=timeout))
        except BaseException:
            self.terminate()
            raise
        return self._opened

    async def prepare(self, query: str, **options: Any) -> Any:
        """Prepare a statement, as asyncpg does; `OPENING` has travelled already."""
        return _Opened(self) if query == OPENING else await super().prepare(query, **options)


class _Opened:
    """What stands for `OPENING` where a prepared statement is expected."""

    def __init__(self, connection: FencedConnection) -> None:
        self._connection = connection

    def get_attributes(self) -> tuple[()]:
        return ()

    async def fetch(self) -> list[Any]:
        return []

    def get_statusmsg(self) -> str:
        return self._connection._opened  # noqa: SLF001 - a part of it
