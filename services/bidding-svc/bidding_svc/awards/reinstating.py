"""A bid that an inquiry brought back after the awards: arrayed against the frozen pivotal bid (lifecycle.md 4.3).

Whoever was out before the round was scored is scored first, by the frozen distribution: without a score nobody can say
whether the financial standard is met, and that never reads as yes. Until then the bid waits; one that fails is
disqualified for it.

The payment amounts stay as they were published. Up to the pivotal bid it is in the winning range, and an offer may
follow with the next award; above it, it waits on the list for later demand.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from bidding_svc.awards.obstacles import OFFERS_IN
from bidding_svc.disqualification.reason import Reason
from bidding_svc.evaluation.gathering import finances_of
from bidding_svc.evaluation.lifecycle import RunState
from bidding_svc.evaluation.run import EvaluatedCompetition, EvaluationRun
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import ELIGIBLE
from bidding_svc.rounds.round import Round
from bidding_svc.scores.methods import Outcome
from chassis.database import Session
from chassis.sweeps import each

Place = tuple[str, str, str]


async def array_reinstated(session: Session, as_of: datetime, limit: int) -> int:
    """Array the bids that came back after the awards. Returns how many; a sweep."""
    back = (Bid.state == ELIGIBLE, Round.phase.in_(OFFERS_IN))
    rounds = await session.scalars(
        select(Bid.round_code).join(Round, Round.code == Bid.round_code).where(*back).distinct()
    )
    judged: dict[UUID, Outcome] = {}
    for code in rounds.all():
        outcomes = await finances_of(session, code)
        judged |= {bidder: each_ for bidder, each_ in outcomes.items() if each_ in (Outcome.PASSED, Outcome.FAILED)}
    found = await session.scalars(
        select(Bid)
        .join(Round, Round.code == Bid.round_code)
        .where(*back, Bid.bidder_id.in_(judged))
        .order_by(Bid.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Bid)
    )
    bids = found.all()
    pivotal = await _pivotal_bids(session, {bid.round_code for bid in bids})

    def array(bid: Bid) -> None:
        if judged[bid.bidder_id] is Outcome.FAILED:
            bid.disqualify([Reason.FINANCIAL_BELOW_MINIMUM], as_of)
            return
        limit_of_range = pivotal.get((bid.round_code, bid.category_code, bid.cba_code))
        if limit_of_range is not None and bid.amount_cents is not None and bid.amount_cents <= limit_of_range:
            bid.win(as_of)
        else:
            bid.leave_out(as_of)

    return await each(session, bids, array)


async def _pivotal_bids(session: Session, rounds: set[str]) -> Mapping[Place, int | None]:
    """Return the pivotal bid of every competition of these rounds, as it was released; the latest release counts."""
    rows = await session.execute(
        select(EvaluationRun.round_code, EvaluatedCompetition)
        .join(EvaluatedCompetition, EvaluatedCompetition.run_id == EvaluationRun.id)
        .where(EvaluationRun.round_code.in_(rounds), EvaluationRun.state == RunState.RELEASED)
        .order_by(EvaluationRun.released_at)
    )
    return {(code, each_.category_code, each_.cba_code): (each_.result or {}).get("pivotal") for code, each_ in rows}
