"""People at work while the platform is upgraded: they read and upload, and note every answer that failed them."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from tests.chaos.documents import pdf
from tests.chaos.patience import GaveUpError, patiently
from tests.chaos.person import Person, UnsureError
from tests.chaos.sender import RefusedError, Upload

READS = (
    "/home",
    "/documents",
    "/api/bidding/requirements",
    "/api/documents/files",
    "/api/notices/activity",
    "/api/notices/todos",
    "/api/identity/me",
    "/api/contracts/contracts",
)
A_FILE_EVERY = 10
"""One act in so many is an upload; the others are reads."""
FILES_OF_A_SLOT = 20
BREATH = 0.15
"""Seconds between two acts of one person: the load is that of people, not of a flood that the gateway would limit."""


@dataclass
class Load:
    """Who is at work, what was done, and what failed."""

    people: list[Person]
    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    receipts: list[tuple[Person, str, str]] = field(default_factory=list)

    async def gather(self) -> None:
        """Sign everybody in, before anything is counted."""
        for person in self.people:
            await patiently(person.sign_in, person.user_id)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Let everybody work while the body runs."""
        stop = asyncio.Event()
        at_work = [asyncio.create_task(self._work(person, stop)) for person in self.people]
        try:
            yield
        finally:
            stop.set()
            await asyncio.gather(*at_work)

    async def lost(self) -> list[str]:
        """Name the receipted files that their owner's list lacks, or has with another digest."""
        kept: set[tuple[str, str]] = set()
        for person in self.people:
            kept |= {(file["id"], file["sha256"]) async for file in person.pages("/api/documents/files")}
        return [file for _, file, digest in self.receipts if (file, digest) not in kept]

    async def _work(self, person: Person, stop: asyncio.Event) -> None:
        dice = random.Random(person.user_id)
        places = [slot["id"] async for slot in person.pages("/api/documents/slots") for _ in range(FILES_OF_A_SLOT)]
        while not stop.is_set():
            if dice.randrange(A_FILE_EVERY) or not places:
                path = dice.choice(READS)
                await self._note("reads", partial(_read, person, path))
            else:
                await self._note("uploads", partial(self._upload, person, places.pop(), dice))
            await asyncio.sleep(BREATH)

    async def _note(self, what: str, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
        except (UnsureError, GaveUpError, RefusedError) as failed:
            self.failed.append(str(failed))
        else:
            self.done[what] += 1

    async def _upload(self, person: Person, slot: str, dice: random.Random) -> None:
        """Upload a file; a try that failed counts, also where the next one came through."""
        document, troubles = pdf(f"upgrade-{dice.randrange(10**12):012}", dice, 20_000), person.troubles
        receipted = await Upload(person, slot, document).until_receipted()
        self.receipts.append((person, receipted.file_id, document.digest))
        if person.troubles > troubles:
            raise UnsureError("an upload came through only at another try")


async def _read(person: Person, path: str) -> None:
    answer = await person.ask("GET", path)
    if answer.status_code >= 400:
        raise UnsureError(f"GET {path} was answered with {answer.status_code}: {answer.text[:200]}")
