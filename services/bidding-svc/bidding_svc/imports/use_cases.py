"""Taking a file of reference data: each batch in a transaction of its own, compared with what stands.

What is bid on is completed before the window opens (`BiddingHasBegun` after that); what belongs to no round may come at
any time.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from sqlalchemy import select, tuple_

from bidding_svc.bonds.surety import Surety
from bidding_svc.deadlines.closing import Closing
from bidding_svc.imports import tables
from bidding_svc.imports.fee import Fee
from bidding_svc.imports.tables import (
    CategoryRow,
    CbaRow,
    ClosingRow,
    CompetitionRow,
    FeeRow,
    Kind,
    LeadItemRow,
    SuretyRow,
)
from bidding_svc.rounds.category import RoundCategory, RoundCba
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.round import Round
from chassis.actor import Actor
from chassis.csv_import import CsvImport, Numbered, Outcome, Row, RowError, Table, Written
from chassis.database import Database, Fence, Session
from chassis.errors import NotFound
from chassis.ids import new_id

Chunks = AsyncIterator[bytes]

NO_CATEGORY = "The round has no such category. Import the categories first."
NO_AREA = "The round has no such area. Import the areas first."
REMOVED = "This was taken out of the round, and stays out. Leave the row away."


class Put(Written):
    """What became of a batch, and the names of what is another one now."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def count(self, name: str, *, is_new: bool, is_changed: bool) -> None:
        """Count a row that was taken."""
        if not (is_new or is_changed):
            self.unchanged += 1
            return
        self.added, self.changed = self.added + is_new, self.changed + (not is_new)
        self.names.append(name)

    def refuse(self, line: int, column: str, message: str) -> None:
        """Leave a row away that does not fit what stands."""
        self.refused.append(RowError(line, column, message))


@dataclass(frozen=True)
class RoundFile(Generic[Row]):
    """A kind of file that completes a round: how it is written, and what puts a batch of it into the round."""

    table: Table[Row]
    put: Callable[[Session, Round, Sequence[Numbered[Row]]], Awaitable[Put]]


async def take_file_of_round(database: Database, actor: Actor, code: str, kind: Kind, chunks: Chunks) -> Outcome:
    """Take a file of what is bid on in a round. Raises `NotFound`, `BiddingHasBegun`, and what `CsvImport` raises."""
    file = FILES[kind]

    async def write(batch: Sequence[Numbered[Any]]) -> Written:
        async with database.writing(Fence.of(actor), actor) as session:
            round_ = await _round(session, code)
            put = await file.put(session, round_, batch)
            if put.names:
                round_.note_import(kind, put.names, session.at)
            return put

    async with database.writing(Fence.of(actor), actor) as session:
        await _round(session, code)
    return await CsvImport(file.table, write).take(chunks)


async def take_fees(database: Database, actor: Actor, chunks: Chunks) -> Outcome:
    """Take a file of fee schedule amounts. Raises what `CsvImport.take` raises."""

    async def write(batch: Sequence[Numbered[FeeRow]]) -> Written:
        async with database.writing(Fence.of(actor), actor) as session:
            keys = [tables.FEES.key(row) for _, row in batch]
            found = await session.scalars(select(Fee).where(tuple_(Fee.year, Fee.item, Fee.state).in_(keys)))
            stands = {(each.year, each.item, each.state): each for each in found}
            put = Put()
            for _, row in batch:
                fee = stands.get((row.year, row.item, row.state))
                changed = fee is not None and fee.amount_cents != row.amount
                if fee is None:
                    session.add(Fee(year=row.year, item=row.item, state=row.state, amount_cents=row.amount))
                else:
                    fee.amount_cents = row.amount
                put.count(f"{row.year} {row.item} {row.state}", is_new=fee is None, is_changed=changed)
            _note(session, "fees", put)
            return put

    return await CsvImport(tables.FEES, write).take(chunks)


async def take_closings(database: Database, actor: Actor, chunks: Chunks) -> Outcome:
    """Take a file of closings. Due dates that were told stay. Raises what `CsvImport.take` raises."""

    async def write(batch: Sequence[Numbered[ClosingRow]]) -> Written:
        async with database.writing(Fence.of(actor), actor) as session:
            days = [row.day for _, row in batch]
            stands = {each.day: each for each in await session.scalars(select(Closing).where(Closing.day.in_(days)))}
            put = Put()
            for _, row in batch:
                closing = stands.get(row.day)
                changed = closing is not None and closing.reason != row.reason
                if closing is None:
                    session.add(Closing(day=row.day, reason=row.reason))
                else:
                    closing.reason = row.reason
                put.count(row.day.isoformat(), is_new=closing is None, is_changed=changed)
            _note(session, "closings", put)
            return put

    return await CsvImport(tables.CLOSINGS, write).take(chunks)


async def take_sureties(database: Database, actor: Actor, chunks: Chunks) -> Outcome:
    """Take a file of the Treasury's certified sureties. Raises what `CsvImport.take` raises."""

    async def write(batch: Sequence[Numbered[SuretyRow]]) -> Written:
        async with database.writing(Fence.of(actor), actor) as session:
            keys = [tables.SURETIES.key(row) for _, row in batch]
            found = await session.scalars(select(Surety).where(tuple_(Surety.naic, Surety.name).in_(keys)))
            stands, put = {(each.naic, each.name): each for each in found}, Put()
            for _, row in batch:
                surety = stands.get((row.naic, row.name))
                changed = surety is not None and surety.certified != row.certified
                if surety is None:
                    session.add(Surety(naic=row.naic, name=row.name, certified=row.certified))
                else:
                    surety.certified = row.certified
                put.count(f"{row.naic} {row.name}", is_new=surety is None, is_changed=changed)
            _note(session, "sureties", put)
            return put

    return await CsvImport(tables.SURETIES, write).take(chunks)


async def _round(session: Session, code: str) -> Round:
    found = await session.scalar(select(Round).where(Round.code == code).with_for_update(of=Round))
    if found is None:
        raise NotFound
    found.require_set_up()
    return found


def _note(session: Session, what: str, put: Put) -> None:
    if put.names:
        session.audit("reference.import", new_id(), after={"what": what, "changed": put.names})


async def _put_areas(_session: Session, round_: Round, batch: Sequence[Numbered[CbaRow]]) -> Put:
    put, stands = Put(), {each.code: each for each in round_.cbas}
    for _, row in batch:
        told = {"name": row.name, "state": row.state, "made_up": False}
        area = stands.get(row.code)
        if area is None:
            round_.cbas.append(RoundCba(code=row.code, **told))
        put.count(row.code, is_new=area is None, is_changed=area is not None and _set(area, told))
    return put


async def _put_categories(_session: Session, round_: Round, batch: Sequence[Numbered[CategoryRow]]) -> Put:
    put, stands = Put(), {each.code: each for each in round_.categories}
    for line, row in batch:
        told = row.model_dump(exclude={"code"}) | {"made_up": False}
        category = stands.get(row.code)
        if category is None:
            round_.categories.append(RoundCategory(code=row.code, removed_on=None, **told))
        elif category.removed_on is not None:
            put.refuse(line, "code", REMOVED)
            continue
        elif row.lead_item is None:  # not published with the category: what a file of lead items brought stays
            told["lead_item"], told["made_up"] = category.lead_item, category.made_up
        put.count(row.code, is_new=category is None, is_changed=category is not None and _set(category, told))
    return put


async def _put_lead_items(_session: Session, round_: Round, batch: Sequence[Numbered[LeadItemRow]]) -> Put:
    put, stands = Put(), {each.code: each for each in round_.categories if each.removed_on is None}
    for line, row in batch:
        category = stands.get(row.category)
        if category is None:
            put.refuse(line, "category", NO_CATEGORY)
            continue
        changed = _set(category, {"lead_item": row.lead_item, "made_up": False})
        put.count(row.category, is_new=False, is_changed=changed)
    return put


async def _put_competitions(session: Session, round_: Round, batch: Sequence[Numbered[CompetitionRow]]) -> Put:
    categories = {each.code for each in round_.categories if each.removed_on is None}
    areas = {each.code for each in round_.cbas}
    put, stands = Put(), await _competitions(session, round_, [(row.category, row.cba) for _, row in batch])
    for line, row in batch:
        competition = stands.get((row.category, row.cba))
        if row.category not in categories:
            put.refuse(line, "category", NO_CATEGORY)
        elif row.cba not in areas:
            put.refuse(line, "cba", NO_AREA)
        elif competition is None:
            session.add(Competition.opened(round_.code, row.category, row.cba, row.bid_limit, row.demand))
            put.count(f"{row.category} {row.cba}", is_new=True, is_changed=False)
        elif competition.state is Contest.REMOVED:
            put.refuse(line, "category", REMOVED)
        else:
            changed = competition.price(row.bid_limit, row.demand)
            put.count(f"{row.category} {row.cba}", is_new=False, is_changed=changed)
    return put


async def _competitions(
    session: Session, round_: Round, keys: list[tuple[str, str]]
) -> dict[tuple[str, str], Competition]:
    found = await session.scalars(
        select(Competition)
        .where(Competition.round_code == round_.code, tuple_(Competition.category_code, Competition.cba_code).in_(keys))
        .with_for_update()
    )
    return {(each.category_code, each.cba_code): each for each in found}


def _set(thing: RoundCba | RoundCategory, told: Mapping[str, Any]) -> bool:
    """Take over what is told, and say whether that changed anything."""
    changed = {name: value for name, value in told.items() if getattr(thing, name) != value}
    for name, value in changed.items():
        setattr(thing, name, value)
    return bool(changed)


FILES: Mapping[Kind, RoundFile[Any]] = {
    Kind.CBAS: RoundFile(tables.CBAS, _put_areas),
    Kind.CATEGORIES: RoundFile(tables.CATEGORIES, _put_categories),
    Kind.LEAD_ITEMS: RoundFile(tables.LEAD_ITEMS, _put_lead_items),
    Kind.COMPETITIONS: RoundFile(tables.COMPETITIONS, _put_competitions),
}
