"""A file of enrolment records taken into the mirror (`chassis.csv_import`), and noted with its digest."""

import hashlib
from collections.abc import AsyncIterator, Sequence

from chassis import program_time
from chassis.actor import Actor
from chassis.csv_import import CsvImport, Numbered, Outcome, Written
from chassis.database import Database, Fence
from chassis.ids import new_id
from events.enrolment import RecordReported
from identity_adapter.enrolment.officials import OfficialDigests
from identity_adapter.enrolment.table import table
from identity_adapter.enrolment.use_cases import take_over
from identity_adapter.members.officials import recheck_officials


async def take_file(
    database: Database, actor: Actor, digests: OfficialDigests, chunks: AsyncIterator[bytes]
) -> Outcome:
    """Take a file that `actor` brings. Raises what `CsvImport.take` raises, before anything was taken.

    The officials of every location reported are checked again with it: who is no longer one must not act as one.
    """

    async def write(batch: Sequence[Numbered[RecordReported]]) -> Written:
        records = [row for _, row in batch]
        async with database.writing(Fence.system(), actor) as session:
            taken = await take_over(session, records)
            await recheck_officials(session, *(record.ptan for record in records))
        return Written(taken.added, taken.changed, taken.unchanged)

    digest = hashlib.sha256()
    outcome = await CsvImport(table(digests, program_time.now()), write).take(_hashed(chunks, digest))
    counts = outcome.model_dump(include={"rows", "added", "changed", "unchanged", "refused"})
    async with database.writing(Fence.system(), actor) as session:
        session.audit("enrolment-import.take", new_id(), after=counts | {"sha256": digest.hexdigest()})
    return outcome


async def _hashed(chunks: AsyncIterator[bytes], digest: "hashlib._Hash") -> AsyncIterator[bytes]:
    async for chunk in chunks:
        digest.update(chunk)
        yield chunk
