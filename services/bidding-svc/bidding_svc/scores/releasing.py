"""What a release does: the distribution is frozen, each bidder's summary is written, and the platform is told."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from bidding_svc.rounds.round import Round
from bidding_svc.scores.lifecycle import SEE_SUMMARY
from bidding_svc.scores.score import FinancialScore, ScoreSummary, ScoringRun
from bidding_svc.scores.summary import summary_of
from chassis.database import Session
from events.bidding import FinancialSummaryReleased


async def release(session: Session, round_code: str, scores: Sequence[FinancialScore]) -> int:
    """Release these scores of a round, each of which belongs to a scoring run. Returns how many there were."""
    rules = (await session.get_one(Round, round_code)).rules.scoring
    runs = await _frozen_runs(session, scores)
    standing = await _summaries(session, scores)
    for score in scores:
        score.release(session.at)
        summary = standing.get(score.id)
        if summary is None:
            summary = ScoreSummary(
                score_id=score.id,
                organization_id=score.organization_id,
                round_code=score.round_code,
                bidder_number=score.bidder_number,
                member=score.member,
            )
            session.add(summary)
        summary.summary = summary_of(score, runs[_run_of(score)], rules)
        summary.released_at = session.at
    _say(session, scores, standing)
    return len(scores)


def _say(session: Session, scores: Sequence[FinancialScore], standing: dict[UUID, ScoreSummary]) -> None:
    """Tell of each bidder once, however many members its network has."""
    by_bidder = {score.bidder_id: score for score in scores}
    corrected = {score.bidder_id for score in scores if score.id in standing}
    for bidder_id, score in by_bidder.items():
        score.say(
            FinancialSummaryReleased(
                bidder_id=bidder_id,
                organization_id=score.organization_id,
                round_code=score.round_code,
                permission=SEE_SUMMARY,
                corrected=bidder_id in corrected,
                released_at=session.at,
            )
        )


def _run_of(score: FinancialScore) -> UUID:
    if score.run_id is None:
        raise ValueError(f"score {score.id} is {score.state} and belongs to no run")
    return score.run_id


async def _frozen_runs(session: Session, scores: Sequence[FinancialScore]) -> dict[UUID, ScoringRun]:
    found = await session.scalars(
        select(ScoringRun).where(ScoringRun.id.in_({_run_of(score) for score in scores})).with_for_update()
    )
    runs = {run.id: run for run in found}
    for run in runs.values():
        run.freeze(session.at)
    return runs


async def _summaries(session: Session, scores: Sequence[FinancialScore]) -> dict[UUID, ScoreSummary]:
    wanted = ScoreSummary.score_id.in_([score.id for score in scores])
    return {each.score_id: each for each in await session.scalars(select(ScoreSummary).where(wanted))}
