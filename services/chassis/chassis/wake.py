"""Waking the relay after a commit, never inside the business transaction (NOTIFY there halves commits).

Whoever follows what happens to an organization (an edge with live updates) listens on `SAID`.
"""

import asyncio
from collections.abc import Collection
from uuid import UUID

import structlog

from chassis import direct

CHANNEL = "outbox"
SAID = "said"
"""The payload is an organization of which something was said."""
EVERY = 0.005
RETRY_AFTER = 1.0

_NOTIFY = "select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as told(channel, payload)"

log = structlog.get_logger()


class Wake:
    """Pools wake-ups of one process: however many commits there are, at most one NOTIFY per 5 ms.

    A lost wake-up costs nothing but time: the relay looks every second anyway, and so does whoever listens, now and
    then.
    """

    def __init__(self, url: str) -> None:
        """Take the address of the database; `run()` connects."""
        self._url = url
        self._asked = asyncio.Event()
        self._spoken_of: set[UUID] = set()

    def __call__(self, spoken_of: Collection[UUID] = ()) -> None:
        """Ask for a wake-up; returns at once. `spoken_of`: the organizations of which something was said."""
        self._spoken_of.update(spoken_of)
        self._asked.set()

    async def run(self) -> None:
        """Send wake-ups until cancelled, on a connection of its own."""
        while True:
            try:
                connection = await direct.connect(self._url, name="wake", command_timeout=5)
            except direct.UNREACHABLE:
                await asyncio.sleep(RETRY_AFTER)
                continue
            try:
                await self._send(connection)
            except direct.UNREACHABLE as error:
                log.warning("wake-ups stopped, connecting again", error=type(error).__name__)
            finally:
                connection.terminate()

    async def _send(self, connection: direct.Connection) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            spoken_of, self._spoken_of = self._spoken_of, set()
            await connection.execute(_NOTIFY, [CHANNEL, *(SAID for _ in spoken_of)], ["", *map(str, spoken_of)])
            await asyncio.sleep(EVERY)
