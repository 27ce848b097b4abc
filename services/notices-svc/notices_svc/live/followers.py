"""Who follows what happens to their organization, in this process: one reader wakes all of them.

The reader listens to what the service's own processes tell PostgreSQL after each commit (`chassis.wake`). What it hears
is an organization and nothing else; what somebody may know of it is asked for behind their own fence.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

import structlog

from chassis import direct, metrics
from chassis.actor import Actor
from chassis.errors import NotAllowed, NotAllowedNow
from chassis.wake import SAID

RETRY_AFTER = 1.0
COMMAND_TIMEOUT = 5.0
TURNS = 2

log = structlog.get_logger()


class TooManyStreams(NotAllowedNow):
    """Live updates are open in too many places. Close other windows of Connexion; pages work without them."""


class Follower:
    """Somebody (`holder`) who is woken when something was said of what they follow: an organization, a chat."""

    def __init__(self, holder: UUID | None) -> None:
        self.holder = holder
        self._woken = asyncio.Event()
        self._woken.set()

    def wake(self) -> None:
        """Something may be new."""
        self._woken.set()

    async def woken(self, within: float) -> bool:
        """Return whether something may be new, after at most so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._woken.wait()
        was_woken = self._woken.is_set()
        self._woken.clear()
        return was_woken


class Followers:
    """The places of one process, at most so many for a person and in all."""

    def __init__(self, url: str, *, per_person: int, at_most: int) -> None:
        """Read nothing yet: `url` is the database's, past any pooler; the reader begins with the first follower."""
        self._url, self._per_person, self._at_most = url, per_person, at_most
        self._of: defaultdict[UUID, set[Follower]] = defaultdict(set)
        self._reader: asyncio.Task[None] | None = None
        self.turns = asyncio.Semaphore(TURNS)
        """So many look at once, however many were woken: requests find connections too."""

    @contextmanager
    def place(self, actor: Actor) -> Iterator[Follower]:
        """Take a place beside what is said of the actor's organization, until the block ends.

        Raises `NotAllowed` for somebody who acts for no organization, `TooManyStreams` where no place is left.
        """
        if actor.organization_id is None:
            raise NotAllowed
        with self.place_at(actor.person_id, actor.organization_id) as follower:
            yield follower

    @contextmanager
    def place_at(self, holder: UUID | None, *subjects: UUID) -> Iterator[Follower]:
        """Take a place beside these subjects, until the block ends. Raises `TooManyStreams` where no place is left."""
        everybody = {follower for place in self._of.values() for follower in place}
        if len(everybody) >= self._at_most or sum(each.holder == holder for each in everybody) >= self._per_person:
            raise TooManyStreams
        if self._reader is None:
            self._reader = asyncio.create_task(self._read(), name="wake followers")
        follower = Follower(holder)
        for subject in subjects:
            self._of[subject].add(follower)
        metrics.STREAMS_OPEN.inc()
        try:
            yield follower
        finally:
            metrics.STREAMS_OPEN.dec()
            for subject in subjects:
                self._of[subject].discard(follower)
                if not self._of[subject]:
                    del self._of[subject]

    async def close(self) -> None:
        """Listen no more."""
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader

    async def _read(self) -> None:
        """Listen until cancelled; after a lost connection everybody looks, for what was missed meanwhile."""
        while True:
            try:
                connection = await direct.connect(
                    self._url,
                    name="live",
                    command_timeout=COMMAND_TIMEOUT,
                    tcp_keepalives_idle="5",
                    tcp_keepalives_interval="2",
                    tcp_keepalives_count="3",
                )
            except direct.UNREACHABLE:
                await asyncio.sleep(RETRY_AFTER)
                continue
            ended = asyncio.Event()
            connection.add_termination_listener(lambda *_, ended=ended: ended.set())
            try:
                await connection.add_listener(SAID, self._heard)
                self._wake_everybody()
                await ended.wait()
                log.warning("live updates stopped, connecting again")
            except direct.UNREACHABLE as error:
                log.warning("live updates stopped, connecting again", error=type(error).__name__)
            finally:
                connection.terminate()

    def _heard(self, _connection: object, _pid: int, _channel: str, subject: str) -> None:
        for follower in self._of.get(UUID(subject), ()):
            follower.wake()

    def _wake_everybody(self) -> None:
        for places in self._of.values():
            for follower in places:
                follower.wake()
