"""A file of enrolment records taken into the mirror: streamed, in batches, each batch a transaction of its own."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from chassis import program_time
from chassis.actor import Actor
from chassis.database import Database, Fence
from chassis.ids import new_id
from events.enrolment import RecordReported
from identity_adapter.enrolment.lines import Line, lines_of
from identity_adapter.enrolment.officials import OfficialDigests
from identity_adapter.enrolment.table import FileIsEmpty, RowError, RowRefused, Table, columns_of
from identity_adapter.enrolment.use_cases import Taken, take_over
from identity_adapter.members.officials import recheck_officials

BATCH = 250
MOST_ERRORS_TOLD = 1_000
TWICE = "This PTAN stands on an earlier line of the file, which was taken. Keep one of the two."


@dataclass
class Outcome:
    """What became of a file: its rows in numbers, and why some of them were not taken."""

    rows: int = 0
    taken: Taken = field(default_factory=Taken)
    refused: int = 0
    errors: list[RowError] = field(default_factory=list)
    errors_left_out: int = 0

    def refuse(self, errors: list[RowError]) -> None:
        """Count a row that is not taken, and keep its errors while there are not too many to read."""
        self.refused += 1
        room = MOST_ERRORS_TOLD - len(self.errors)
        self.errors += errors[:room]
        self.errors_left_out += len(errors[room:])


class EnrolmentImport:
    """One file on its way into the mirror. A row that is wrong is told and left out; the others are taken.

    A file broken off leaves what was taken of it; the same file again changes nothing that it changed before.
    """

    def __init__(self, database: Database, actor: Actor, digests: OfficialDigests) -> None:
        """Take where the mirror is, who brings the file, and what turns officials into digests."""
        self._database, self._actor, self._digests = database, actor, digests
        self._outcome = Outcome()
        self._seen: set[int] = set()  # numbers: ten megabytes for a hundred thousand
        self._batch: list[RecordReported] = []

    async def take(self, chunks: AsyncIterator[bytes]) -> Outcome:
        """Take the file. Raises `FileIsEmpty`, `NotUtf8` or `HeaderIncomplete`, before anything was taken."""
        digest = hashlib.sha256()
        lines = lines_of(_hashed(chunks, digest))
        header = await anext(lines, None)
        if header is None:
            raise FileIsEmpty
        table = Table(columns_of(header), self._digests, program_time.now())
        async for line in lines:
            self._read(table, line)
            if len(self._batch) >= BATCH:
                await self._write()
        await self._write()
        await self._note(digest.hexdigest())
        return self._outcome

    def _read(self, table: Table, line: Line) -> None:
        self._outcome.rows += 1
        try:
            record = table.record(line)
        except RowRefused as refused:
            self._outcome.refuse(refused.errors)
            return
        if int(record.ptan) in self._seen:
            self._outcome.refuse([RowError(line.number, "ptan", TWICE)])
            return
        self._seen.add(int(record.ptan))
        self._batch.append(record)

    async def _write(self) -> None:
        if self._batch:
            async with self._database.writing(Fence.system(), self._actor) as session:
                self._outcome.taken += await take_over(session, self._batch)
                await recheck_officials(session, *(record.ptan for record in self._batch))
            self._batch = []

    async def _note(self, sha256: str) -> None:
        counts = {"rows": self._outcome.rows, "refused": self._outcome.refused, **vars(self._outcome.taken)}
        async with self._database.writing(Fence.system(), self._actor) as session:
            session.audit("enrolment-import.take", new_id(), after=counts | {"sha256": sha256})


async def _hashed(chunks: AsyncIterator[bytes], digest: "hashlib._Hash") -> AsyncIterator[bytes]:
    async for chunk in chunks:
        digest.update(chunk)
        yield chunk
