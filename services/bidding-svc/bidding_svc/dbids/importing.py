"""A file that stands for the feed: each row is taken as the feed's report would be, in a transaction of its own."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

from pydantic import BaseModel

from bidding_svc.dbids import taking
from bidding_svc.dbids.table import Forms, table_of
from bidding_svc.form_a.use_cases import NotAPtan
from bidding_svc.rounds.round import Round
from chassis.actor import Actor
from chassis.csv_import import CsvImport, Numbered, Outcome, RowError, Written
from chassis.database import Database, Fence, ReadSession
from chassis.errors import PERMANENT, ConnexionError, NotFound
from chassis.ids import new_id
from events.dbids import BidEntered, FormAEntered

NO_COMPETITION = "The round has no such competition."


class Column(BaseModel):
    """A column of a file, and how its cells are written."""

    name: str
    how: str


async def columns_of(session: ReadSession, code: str, forms: Forms) -> list[Column]:
    """Return the columns of a file of a round. Raises `NotFound`, `NotEnteredInDbids`."""
    columns = table_of(forms, await _round(session, code)).columns
    return [Column(name=name, how=how) for name, how in columns.items()]


async def take_file(database: Database, actor: Actor, code: str, forms: Forms, chunks: AsyncIterator[bytes]) -> Outcome:
    """Take a file of forms entered in DBidS, which `actor` brings. What was taken already changes nothing.

    Staff see no form and no bid before the evaluation, so rows are taken behind the fence of the feed, and nothing they
    say is told back. Raises `NotFound`, `NotEnteredInDbids`, and what `CsvImport.take` raises.
    """
    async with database.reading(Fence.of(actor)) as session:
        table = table_of(forms, await _round(session, code))

    async def write(batch: Sequence[Numbered[Any]]) -> Written:
        (row,) = batch
        return await _take_row(database, actor, row)

    digest = hashlib.sha256()
    outcome = await CsvImport[Any](table, write, batch=1).take(_hashed(chunks, digest))
    counts = outcome.model_dump(include={"rows", "changed", "unchanged", "refused"})
    about = {"round": code, "forms": forms.value, "sha256": digest.hexdigest()}
    async with database.writing(Fence.system(), actor) as noting:
        noting.audit("dbids-import.take", new_id(), after=about | counts)
    return outcome


async def _take_row(database: Database, actor: Actor, row: Numbered[FormAEntered] | Numbered[BidEntered]) -> Written:
    try:
        async with database.writing(Fence.system(), actor) as session:
            is_news = await taking.take(session, row.row)
    except PERMANENT as refused:
        if isinstance(refused, taking.EnteredTooLate):
            async with database.writing(Fence.system(), actor) as session:
                taking.note_too_late(session, row.row)
        return Written(refused=_errors(row.line, refused))
    return Written(changed=1) if is_news else Written(unchanged=1)


async def _round(session: ReadSession, code: str) -> Round:
    round_ = await session.get(Round, code)
    if round_ is None:
        raise NotFound
    taking.require_entered_in_dbids(round_)
    return round_


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
