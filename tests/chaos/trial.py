"""What a fault works with: the platform, people and places to upload to, dice, and a ledger of what it was told."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field

from tests.chaos.documents import pdf
from tests.chaos.ledger import Ledger, Receipt
from tests.chaos.patience import GaveUpError
from tests.chaos.person import Person
from tests.chaos.sender import Form, RefusedError, Sending, Upload
from tests.chaos.stand import Stand
from tests.infrastructure.waiting import eventually


class NotRunError(Exception):
    """A fault that cannot be tried on this machine; the message says why."""


@dataclass(frozen=True)
class Fault:
    """A fault by the number it has in the house's table, with how many files it uploads and how it is done."""

    number: str
    title: str
    uploads: int
    run: Callable[["Trial"], Awaitable[None]]


Place = tuple[Person, str]
"""Somebody, and the id of a slot that takes one more file of theirs."""


@dataclass
class Trial:
    """One fault being tried."""

    fault: Fault
    stand: Stand
    people: list[Person]
    places: list[Place]
    ledger: Ledger
    dice: random.Random
    scale: float
    counts: dict[str, float] = field(default_factory=dict)
    """What the fault did, for its line."""
    problems: list[str] = field(default_factory=list)
    """What went wrong beside losing and doubling."""
    may_refuse: frozenset[str] = frozenset()
    """Problems with which the platform may refuse a submission for good, because the fault asks for it."""
    refusals: list[str] = field(default_factory=list)
    _numbered: int = 0

    @property
    def receipts(self) -> list[Receipt]:
        """What was receipted so far."""
        return self.ledger.of(self.fault.number)

    @property
    def submissions(self) -> int:
        """How many were begun."""
        return self._numbered

    def count(self, what: str) -> None:
        """Count one more of something, for the fault's line."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def scaled(self, count: int) -> int:
        """Return a count of the issue, made smaller where a run is only a look."""
        return max(1, round(count * self.scale))

    def uploads(self, count: int, *, size: int = 0) -> Iterator[Upload]:
        """Yield that many documents of about `size` bytes, each with a place to upload it to."""
        for _ in range(count):
            yield self.upload(self.places.pop(), size)

    def forms(self, count: int) -> Iterator[Form]:
        """Yield that many documents to be sent by the form without script."""
        for upload in self.uploads(count):
            yield Form(upload.person, upload.slot_id, upload.document)

    def upload(self, place: Place, size: int = 0) -> Upload:
        """Return a fresh document for a place."""
        self._numbered += 1
        person, slot_id = place
        return Upload(person, slot_id, pdf(f"{self.fault.number}-{self._numbered:05}", self.dice, size))

    async def send(self, sending: Sending) -> None:
        """See one document through to its receipt, and write that down."""
        try:
            receipted = await sending.until_receipted()
        except RefusedError as refused:
            self.refusals.append(refused.problem)
            if refused.problem not in self.may_refuse:
                self.problems.append(f"{sending.document.name}: {refused}")
            return
        except GaveUpError as trouble:
            self.problems.append(str(trouble))
            return
        self.ledger.note(
            Receipt(
                fault=self.fault.number,
                submission=sending.document.name,
                user_id=sending.person.user_id,
                slot_id=sending.slot_id,
                file_id=receipted.file_id,
                sha256=sending.document.digest,
                verdict=receipted.verdict,
                jws=receipted.jws,
            )
        )

    async def send_all(self, sendings: Iterable[Sending], *, at_once: int) -> None:
        """See all through, so many at the same time."""
        waiting = iter(sendings)

        async def one_after_the_other() -> None:
            for sending in waiting:
                await self.send(sending)

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(one_after_the_other())

    async def until_receipts(self, at_least: int, within: float = 300) -> None:
        """Wait until so many documents were receipted. Raises AssertionError when it takes too long."""
        await eventually(lambda: len(self.receipts) >= at_least, within, f"receipt {at_least} of {self.fault.number}")
