"""The run itself: a sweep that takes it on in steps, each a transaction. A crash repeats a step and loses none.

Inputs are frozen in one step; results are computed from what was kept and from nothing else, written in bulk, and
marked in the same transaction. The check computes all of them once more and compares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, case, func, insert, select, tuple_, update

from bidding_svc.evaluation.competing import evaluate
from bidding_svc.evaluation.gathering import gather
from bidding_svc.evaluation.kept import BidRow, Kept, bid_rows, digest_of_result, keep_result, read_inputs, terms_of
from bidding_svc.evaluation.lifecycle import RunState
from bidding_svc.evaluation.run import EvaluatedBid, EvaluatedCompetition, EvaluationRun
from bidding_svc.forms.digest import digest_of
from chassis.database import Session
from events.rule_set import RuleSet

COLUMNS = [column.name for column in EvaluatedBid.__table__.columns]
COMPETITIONS = cast("Table", EvaluatedCompetition.__table__)
"""Written as a table and not as mapped objects: thousands of rows at once, in half the time."""


@dataclass(frozen=True)
class Computed:
    """A competition, computed from its kept inputs."""

    category: str
    cba: str
    result: Kept
    rows: Sequence[BidRow]
    digest: str


async def go_on(session: Session, as_of: datetime, limit: int) -> int:
    """Take one evaluation on by a step of at most `limit` competitions. Returns `limit` while there is more to do."""
    run = await session.scalar(
        select(EvaluationRun)
        .where(EvaluationRun.state.in_((RunState.RUNNING, RunState.CHECKING)))
        .order_by(EvaluationRun.requested_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if run is None:
        return 0
    if run.state is RunState.CHECKING:
        await _check_some(session, run, as_of, limit)
    elif run.frozen_at is None:
        await _freeze(session, run, as_of)
    else:
        await _evaluate_some(session, run, as_of, limit)
    return limit


async def differs_from_kept(session: Session, run: EvaluationRun) -> bool:
    """Whether the inputs of the round are not any more those this run was made of."""
    gathered = await gather(session, run.round_code, RuleSet.model_validate(run.rules))
    return inputs_digest(run.rules, {place: digest_of(kept) for place, kept in gathered.items()}) != run.inputs_digest


def inputs_digest(rules: dict[str, Any], competitions: dict[tuple[str, str], str]) -> str:
    """Return the digest of a round's inputs, from those of its competitions."""
    told = {f"{category}/{cba}": digest for (category, cba), digest in competitions.items()}
    return digest_of({"rules": rules, "competitions": told})


def compute(kept: Kept, rules: RuleSet) -> Computed:
    """Evaluate a competition from its kept inputs."""
    result = evaluate(read_inputs(kept), terms_of(kept, rules))
    told, rows = keep_result(result), bid_rows(kept, result)
    return Computed(kept["category"], kept["cba"], told, rows, digest_of_result(told, rows))


async def _freeze(session: Session, run: EvaluationRun, as_of: datetime) -> None:
    gathered = await gather(session, run.round_code, RuleSet.model_validate(run.rules))
    digests = {place: digest_of(kept) for place, kept in gathered.items()}
    if gathered:
        await session.execute(
            insert(COMPETITIONS),
            [
                {
                    "run_id": run.id,
                    "category_code": category,
                    "cba_code": cba,
                    "inputs": kept,
                    "inputs_digest": digests[category, cba],
                }
                for (category, cba), kept in gathered.items()
            ],
        )
    run.freeze(
        competitions=len(gathered),
        bids=sum(len(kept["bids"]) for kept in gathered.values()),
        inputs_digest=inputs_digest(run.rules, digests),
        at=as_of,
    )


async def _evaluate_some(session: Session, run: EvaluationRun, as_of: datetime, limit: int) -> None:
    waiting = await _inputs(session, run.id, limit, EvaluatedCompetition.digest.is_(None))
    if not waiting:
        run.complete(await _digest(session, run), as_of)
        return
    rules = RuleSet.model_validate(run.rules)
    computed = [compute(kept, rules) for kept in waiting]
    await _write_bids(session, run.id, computed)
    columns = COMPETITIONS.c
    await session.execute(
        update(COMPETITIONS)
        .where(
            columns.run_id == run.id,
            columns.category_code == bindparam("category"),
            columns.cba_code == bindparam("cba"),
        )
        .values(result=bindparam("told"), digest=bindparam("sum")),
        [{"category": each.category, "cba": each.cba, "told": each.result, "sum": each.digest} for each in computed],
    )


async def _check_some(session: Session, run: EvaluationRun, as_of: datetime, limit: int) -> None:
    waiting = await _inputs(session, run.id, limit, EvaluatedCompetition.same.is_(None))
    if not waiting:
        others = await session.scalar(
            select(func.count()).where(EvaluatedCompetition.run_id == run.id, EvaluatedCompetition.same.is_(False))
        )
        run.checked(same=not others and await _digest(session, run) == run.digest, at=as_of)
        return
    rules = RuleSet.model_validate(run.rules)
    again = {(each.category, each.cba): each.digest for each in (compute(kept, rules) for kept in waiting)}
    place = tuple_(EvaluatedCompetition.category_code, EvaluatedCompetition.cba_code)
    await session.execute(
        update(EvaluatedCompetition)
        .where(EvaluatedCompetition.run_id == run.id, place.in_(list(again)))
        .values(
            same=case(
                *((place == key, EvaluatedCompetition.digest == digest) for key, digest in again.items()), else_=False
            )
        )
        .execution_options(synchronize_session=False)
    )


async def _inputs(session: Session, run_id: UUID, limit: int, *conditions: Any) -> Sequence[Kept]:
    found = await session.scalars(
        select(EvaluatedCompetition.inputs)
        .where(EvaluatedCompetition.run_id == run_id, *conditions)
        .order_by(EvaluatedCompetition.category_code, EvaluatedCompetition.cba_code)
        .limit(limit)
    )
    return found.all()


async def _digest(session: Session, run: EvaluationRun) -> str:
    """Return the digest of the whole run, as its competitions stand in the database."""
    rows = await session.execute(
        select(EvaluatedCompetition.category_code, EvaluatedCompetition.cba_code, EvaluatedCompetition.digest).where(
            EvaluatedCompetition.run_id == run.id
        )
    )
    results = {f"{category}/{cba}": digest for category, cba, digest in rows}
    return digest_of({"rules": run.rules, "inputs": run.inputs_digest, "results": results})


async def _write_bids(session: Session, run_id: UUID, computed: Sequence[Computed]) -> None:
    """Write what became of the bids, by COPY: tens of thousands of rows, in the transaction of the step."""
    records = [
        (
            run_id,
            row.bid,
            each.category,
            each.cba,
            row.bidder_number,
            row.rank,
            row.amount,
            None if row.counted is None else Decimal(row.counted),
            None if row.cumulative is None else Decimal(row.cumulative),
            row.outcome,
            row.why,
        )
        for each in computed
        for row in each.rows
    ]
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    await driver.copy_records_to_table(EvaluatedBid.__tablename__, records=records, columns=COLUMNS)
