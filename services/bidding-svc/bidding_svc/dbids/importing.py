"""A file that stands for the feed: each row is taken as the feed's report would be, in a transaction of its own."""

import hashlib
from collections.abc import AsyncIterator, Sequence

from bidding_svc.dbids import taking
from bidding_svc.dbids.table import Forms, table_of
from bidding_svc.form_a.use_cases import NotAPtan
from bidding_svc.rounds.round import Round
from chassis.actor import Actor
from chassis.csv_import import CsvImport, Numbered, Outcome, RowError, Written
from chassis.database import Database, Fence
from chassis.errors import PERMANENT, ConnexionError, NotFound
from chassis.ids import new_id
from events.dbids import BidEntered, FormAEntered

NO_COMPETITION = "The round has no such competition."


async def take_file(database: Database, actor: Actor, code: str, forms: Forms, chunks: AsyncIterator[bytes]) -> Outcome:
    """Take a file of forms entered in DBidS, which `actor` brings. What was taken already changes nothing.

    Staff see no form and no bid before the evaluation, so rows are taken behind the fence of the feed, and nothing they
    say is told back. Raises `NotFound`, `NotEnteredInDbids`, and what `CsvImport.take` raises.
    """
    async with database.reading(Fence.system()) as session:
        round_ = await session.get(Round, code)
        if round_ is None:
            raise NotFound
        taking.require_entered_in_dbids(round_)
        table = table_of(forms, round_)

    async def write(batch: Sequence[Numbered[FormAEntered | BidEntered]]) -> Written:
        ((line, report),) = batch
        try:
            async with database.writing(Fence.system(), actor) as session:
                is_news = await taking.take(session, report)
        except PERMANENT as refused:
            if isinstance(refused, taking.EnteredTooLate):
                async with database.writing(Fence.system(), actor) as session:
                    taking.note_too_late(session, report)
            return Written(refused=_errors(line, refused))
        return Written(changed=1) if is_news else Written(unchanged=1)

    digest = hashlib.sha256()
    outcome = await CsvImport(table, write, batch=1).take(_hashed(chunks, digest))
    counts = outcome.model_dump(include={"rows", "changed", "unchanged", "refused"})
    async with database.writing(Fence.system(), actor) as session:
        about = {"round": code, "forms": forms.value, "sha256": digest.hexdigest()}
        session.audit("dbids-import.take", new_id(), after=about | counts)
    return outcome


def _errors(line: int, refused: ConnexionError) -> list[RowError]:
    """Say why a row was not taken, and in which column, where it is one."""
    match refused:
        case taking.NoSuchBidder():
            column, message = "bidder_number", refused.detail
        case NotFound():
            column, message = "category", NO_COMPETITION
        case taking.EnteredTooLate():
            column, message = "entered_at", refused.detail
        case NotAPtan():
            column, message = refused.fields[0].path, refused.detail
        case _ if refused.fields:
            column, message = refused.fields[0].path, refused.fields[0].message
        case _:
            return [RowError(line, None, refused.detail)]
    return [RowError(line, column, message)]


async def _hashed(chunks: AsyncIterator[bytes], digest: "hashlib._Hash") -> AsyncIterator[bytes]:
    async for chunk in chunks:
        digest.update(chunk)
        yield chunk
