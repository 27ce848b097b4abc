"""Waking the relay after a commit, never inside the business transaction (NOTIFY there halves commits)."""

import asyncio

import structlog

from chassis import direct

CHANNEL = "outbox"
EVERY = 0.005
RETRY_AFTER = 1.0

log = structlog.get_logger()


class Wake:
    """Pools wake-ups of one process: however many commits there are, at most one NOTIFY per 5 ms.

    A lost wake-up costs nothing but time: the relay looks every second anyway.
    """

    def __init__(self, url: str) -> None:
        """Take the address of the database; `run()` connects."""
        self._url = url
        self._asked = asyncio.Event()

    def __call__(self) -> None:
        """Ask for a wake-up; returns at once."""
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
            await connection.execute(f"notify {CHANNEL}")
            await asyncio.sleep(EVERY)
