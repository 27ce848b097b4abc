from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from bidding_svc.evaluation.lifecycle import WAITING
from bidding_svc.evaluation.run import (
    RELEASER_DID_NOT_RUN_IT,
    BidsNotScored,
    EvaluatedBid,
    EvaluationRun,
    InputsChanged,
)
from bidding_svc.evaluation.running import differs_from_kept
from bidding_svc.evaluation.selecting import Why
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import Session
from chassis.errors import Conflict, NotAllowedNow, NotFound
from chassis.ids import Entity
from events.bidding import EvaluationRequested


class NotInEvaluation(NotAllowedNow):
    """Bids of this round are evaluated after its close and before its payment amounts are published."""


class EvaluationUnderWay(Conflict):
    """An evaluation of this round is under way. Wait until it has ended."""


async def request_run(session: Session, round_code: str) -> EvaluationRun:
    """Ask for an evaluation of a round; the worker runs it.

    Raises `NotFound`, `NotInEvaluation`, `EvaluationUnderWay`.
    """
    round_ = await session.get(Round, round_code)
    if round_ is None:
        raise NotFound
    if round_.phase is not Phase.EVALUATION:
        raise NotInEvaluation
    run = EvaluationRun(round_code, round_.rules.model_dump(mode="json"), session.actor.user_id, session.at)
    session.add(run)
    try:
        await session.flush()
    except IntegrityError:
        raise EvaluationUnderWay from None
    return run


async def start_run(session: Session, requested: EvaluationRequested) -> None:
    """The worker takes a run up; its steps are a sweep's."""
    run = await session.get_one(EvaluationRun, requested.run_id, with_for_update=True)
    run.start()


async def check_run(session: Session, run_id: UUID, base: int) -> EvaluationRun:
    """Have every result computed once more and compared. Raises `NotFound`, `RunChanged`, `InputsChanged`."""
    run = await _run(session, run_id, base)
    run.check()
    if await differs_from_kept(session, run):
        raise InputsChanged
    return run


async def release_run(session: Session, run_id: UUID, base: int) -> EvaluationRun:
    """Let the round go on by a run that was checked.

    Raises `NotFound`, `RunChanged`, `NotAllowedNow`, `InputsChanged`, `BidsNotScored`, and `SomebodyElseMust` for who
    ran it.
    """
    run = await _run(session, run_id, base)
    await RELEASER_DID_NOT_RUN_IT.require(session, Entity("evaluation", run.id))
    run.release(session.actor.user_id, session.at)
    if await differs_from_kept(session, run):
        raise InputsChanged
    unscored = (EvaluatedBid.run_id == run.id, EvaluatedBid.why == Why.NOT_SCORED.value)
    if await session.scalar(select(exists().where(*unscored))):
        raise BidsNotScored
    return run


async def mark_stale(session: Session, as_of: datetime, limit: int) -> int:
    """Mark runs whose inputs have changed since: they can never be released. Returns how many."""
    runs = await session.scalars(
        select(EvaluationRun)
        .where(EvaluationRun.state.in_(WAITING))
        .order_by(EvaluationRun.requested_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    stale = [run for run in runs.all() if await differs_from_kept(session, run)]
    for run in stale:
        run.make_stale(as_of)
    return len(stale)


async def _run(session: Session, run_id: UUID, base: int) -> EvaluationRun:
    found = await session.scalar(select(EvaluationRun).where(EvaluationRun.id == run_id).with_for_update())
    if found is None:
        raise NotFound
    found.require_version(base)
    return found
