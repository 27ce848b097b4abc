"""After a release: competitions are evaluated, and every bid moves as the run found (domain/lifecycle.md 4.3)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select

from bidding_svc.disqualification.reason import Reason
from bidding_svc.evaluation.lifecycle import RunState
from bidding_svc.evaluation.run import EvaluatedBid, EvaluatedCompetition, EvaluationRun
from bidding_svc.evaluation.selecting import Outcome, Why
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.rounds.competition import Competition, Contest
from bidding_svc.rounds.phase import Phase
from bidding_svc.rounds.round import Round
from chassis.database import Session
from chassis.sweeps import each

Act = Callable[[Bid, datetime], None]
ACTS: Mapping[str, Act] = {
    Outcome.WINNING.value: lambda bid, at: bid.win(at),
    Outcome.ADDED.value: lambda bid, at: bid.add_to_winners(at),
    Outcome.NOT_SELECTED.value: lambda bid, at: bid.leave_out(at),
}


async def follow_bids(session: Session, as_of: datetime, limit: int) -> int:
    """Move eligible bids by what a released run found of them. Returns how many moved.

    What an inquiry brings back once the awards are out is arrayed by `awards.reinstating`.
    """
    rows = await session.execute(
        select(Bid, EvaluatedBid.outcome, EvaluatedBid.why)
        .join(EvaluatedBid, EvaluatedBid.bid_id == Bid.id)
        .join(EvaluationRun, EvaluationRun.id == EvaluatedBid.run_id)
        .join(Round, Round.code == Bid.round_code)
        .where(
            EvaluationRun.state == RunState.RELEASED,
            Round.phase == Phase.EVALUATION,
            Bid.state == BidState.ELIGIBLE,
            EvaluatedBid.why != Why.NOT_ELIGIBLE.value,
        )
        .order_by(Bid.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Bid)
    )
    found = {bid: (outcome, why) for bid, outcome, why in rows}

    def move(bid: Bid) -> None:
        outcome, why = found[bid]
        if why == Why.FINANCIAL_BELOW_MINIMUM.value:
            bid.disqualify([Reason.FINANCIAL_BELOW_MINIMUM], as_of)
        else:
            ACTS[outcome](bid, as_of)

    return await each(session, found, move)


async def follow_competitions(session: Session, _as_of: datetime, limit: int) -> int:
    """Mark the competitions of a released run evaluated. Returns how many were marked."""
    found = await session.scalars(
        select(Competition)
        .join(
            EvaluatedCompetition,
            (EvaluatedCompetition.category_code == Competition.category_code)
            & (EvaluatedCompetition.cba_code == Competition.cba_code),
        )
        .join(
            EvaluationRun,
            (EvaluationRun.id == EvaluatedCompetition.run_id) & (EvaluationRun.round_code == Competition.round_code),
        )
        .where(EvaluationRun.state == RunState.RELEASED, Competition.state == Contest.CLOSED)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Competition)
    )
    return await each(session, found.all(), Competition.evaluate)
