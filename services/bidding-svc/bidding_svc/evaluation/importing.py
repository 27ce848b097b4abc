"""What a round is priced by, from CSV files: the demand of its competitions, and the units expected of each item.

Both may come until payment amounts are published; an evaluation that was run by others is stale then.
"""

from collections.abc import AsyncIterator, Sequence
from enum import StrEnum

from sqlalchemy import select, tuple_

from bidding_svc.evaluation.expected_units import ExpectedUnits
from bidding_svc.imports import tables
from bidding_svc.imports.tables import DemandRow, ExpectedUnitsRow
from bidding_svc.imports.use_cases import Put
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import SET_UP, Round
from chassis.actor import Actor
from chassis.csv_import import CsvImport, Numbered, Outcome, Written
from chassis.database import Database, Fence, Session
from chassis.errors import NotAllowedNow, NotFound

NOT_PRICED_YET = SET_UP | {Phase.BIDDING, Phase.EVALUATION}
NO_COMPETITION = "The round has no such competition, or it was taken out."


class PaymentAmountsPublished(NotAllowedNow):
    """The payment amounts of this round are published: what they were made of stays."""


class Kind(StrEnum):
    """What a file holds."""

    DEMAND = "demand"
    EXPECTED_UNITS = "expected-units"


async def take_file(database: Database, actor: Actor, code: str, kind: Kind, chunks: AsyncIterator[bytes]) -> Outcome:
    """Take a file. Raises `NotFound`, `PaymentAmountsPublished`, and what `CsvImport.take` raises."""

    async def write_demand(batch: Sequence[Numbered[DemandRow]]) -> Written:
        async with database.writing(Fence.of(actor), actor) as session:
            round_, put = await _round(session, code), Put()
            stands = await _competitions(session, code, [(row.category, row.cba) for _, row in batch])
            for line, row in batch:
                competition = stands.get((row.category, row.cba))
                if competition is None:
                    put.refuse(line, "category", NO_COMPETITION)
                else:
                    changed = competition.price(competition.bid_limit_cents, row.demand)
                    put.count(f"{row.category} {row.cba}", is_new=False, is_changed=changed)
            return _noted(round_, kind, put)

    async def write_units(batch: Sequence[Numbered[ExpectedUnitsRow]]) -> Written:
        async with database.writing(Fence.of(actor), actor) as session:
            round_, put = await _round(session, code), Put()
            places = await _competitions(session, code, [(row.category, row.cba) for _, row in batch])
            stands = await _units(session, code, [(row.category, row.cba, row.item) for _, row in batch])
            for line, row in batch:
                if (row.category, row.cba) not in places:
                    put.refuse(line, "category", NO_COMPETITION)
                    continue
                expected = stands.get((row.category, row.cba, row.item))
                changed = expected is not None and expected.units != row.units
                if expected is None:
                    key = {"round_code": code, "category_code": row.category, "cba_code": row.cba}
                    session.add(ExpectedUnits(**key, item=row.item, units=row.units))
                else:
                    expected.units = row.units
                put.count(f"{row.category} {row.cba} {row.item}", is_new=expected is None, is_changed=changed)
            return _noted(round_, kind, put)

    async with database.writing(Fence.of(actor), actor) as session:
        await _round(session, code)
    if kind is Kind.DEMAND:
        return await CsvImport(tables.DEMAND, write_demand).take(chunks)
    return await CsvImport(tables.EXPECTED_UNITS, write_units).take(chunks)


def _noted(round_: Round, kind: Kind, put: Put) -> Put:
    if put.names:
        round_.audit("round.import", after={"what": kind, "changed": put.names})
    return put


async def _round(session: Session, code: str) -> Round:
    found = await session.scalar(select(Round).where(Round.code == code).with_for_update(of=Round))
    if found is None:
        raise NotFound
    if found.phase not in NOT_PRICED_YET:
        raise PaymentAmountsPublished
    return found


async def _competitions(
    session: Session, code: str, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], Competition]:
    found = await session.scalars(
        select(Competition)
        .where(
            Competition.round_code == code,
            tuple_(Competition.category_code, Competition.cba_code).in_(keys),
            Competition.state != Contest.REMOVED,
        )
        .with_for_update()
    )
    return {(each.category_code, each.cba_code): each for each in found}


async def _units(
    session: Session, code: str, keys: Sequence[tuple[str, str, str]]
) -> dict[tuple[str, str, str], ExpectedUnits]:
    place = tuple_(ExpectedUnits.category_code, ExpectedUnits.cba_code, ExpectedUnits.item)
    found = await session.scalars(select(ExpectedUnits).where(ExpectedUnits.round_code == code, place.in_(keys)))
    return {(each.category_code, each.cba_code, each.item): each for each in found}
