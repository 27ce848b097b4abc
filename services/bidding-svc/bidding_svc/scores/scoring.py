"""Scoring a whole round: ratios are ranked over all its bidders, so all of them are scored together."""

from collections.abc import Sequence

from sqlalchemy import select

from bidding_svc.forms.digest import digest_of
from bidding_svc.rounds.round import Round
from bidding_svc.scores.distribution import Distribution
from bidding_svc.scores.exact import median, rounded
from bidding_svc.scores.explaining import explain
from bidding_svc.scores.lifecycle import ScoreState
from bidding_svc.scores.methods import method_of
from bidding_svc.scores.score import FinancialScore, ScoringRun
from bidding_svc.scores.taking_part import count_without_sheet
from chassis.database import Session
from chassis.errors import NotAllowedNow, NotFound
from chassis.ids import new_id

READY = (ScoreState.APPROVED, ScoreState.SCORED)


class SheetsOutstanding(NotAllowedNow):
    """Not every bidder's sheet is approved yet. Ratios are ranked over the whole round."""


class DistributionFrozen(NotAllowedNow):
    """Scores of this round were released: its distribution stands. A correction goes through an inquiry."""


async def score_round(session: Session, round_code: str) -> ScoringRun:
    """Score every bidder of a round by its rule set; until a release it may be done again.

    After it, approved sheets of bidders whom an inquiry brought back find their place in the frozen distribution, as a
    correction does (domain/financial-scoring.md 6), and nobody else is scored anew. Raises `NotFound`,
    `SheetsOutstanding`, `DistributionFrozen` where no such sheet waits.
    """
    round_ = await session.scalar(select(Round).where(Round.code == round_code).with_for_update(of=Round))
    if round_ is None:
        raise NotFound
    scores = (
        await session.scalars(
            select(FinancialScore).where(FinancialScore.round_code == round_code).order_by(FinancialScore.id)
            .with_for_update()
        )
    ).all()  # fmt: skip
    released = next((each for each in scores if each.state in (ScoreState.RELEASED, ScoreState.RECALCULATED)), None)
    if released is not None:
        late = [score for score in scores if score.state is ScoreState.APPROVED]
        return await _score_late(session, round_, late, await session.get_one(ScoringRun, released.run_id))
    outstanding = sum(score.state not in READY for score in scores) + await count_without_sheet(session, round_code)
    if outstanding or not scores:
        raise SheetsOutstanding(f"{outstanding} sheets of the round are not approved yet." if outstanding else None)

    rules = round_.rules
    subjects = {score.id: score.keyed.subject(str(score.id), rules) for score in scores}
    distribution = Distribution.over(subjects.values(), rules.scoring)
    method = method_of(rules, distribution)
    results = {key: method.score(subject, rules) for key, subject in subjects.items()}
    told = {key: explain(result, subjects[key].documents) for key, result in results.items()}
    totals = [result.total for result in results.values()]
    run = ScoringRun(
        id=new_id(),
        round_code=round_code,
        rule_set_id=round_.rule_set.id,
        distribution=distribution.kept(),
        subjects=len(subjects),
        median_total=str(rounded(median(totals), 1)) if len(totals) >= rules.scoring.fewest_for_a_median else None,
        digest=digest_of(
            {
                "rules": rules.model_dump(mode="json"),
                "sheets": {f"{score.bidder_number}/{score.member}": score.sheet for score in scores},
                "results": {f"{score.bidder_number}/{score.member}": told[score.id] for score in scores},
            }
        ),
        run_at=session.at,
        run_by=session.actor.user_id,
        frozen_at=None,
    )
    run.audit("scoring_run.run", after={"round": round_code, "subjects": run.subjects, "digest": run.digest})
    session.add(run)
    await session.flush()
    for score in scores:
        score.score(run.id, told[score.id], session.at)
    return run


async def _score_late(session: Session, round_: Round, late: Sequence[FinancialScore], run: ScoringRun) -> ScoringRun:
    """Score who was out when the round was scored, by the run that was released. Raises `DistributionFrozen`."""
    if not late:
        raise DistributionFrozen
    method = method_of(round_.rules, Distribution.from_kept(run.distribution, round_.rules.scoring))
    for score in late:
        subject = score.keyed.subject(str(score.id), round_.rules)
        score.score(run.id, explain(method.score(subject, round_.rules), subject.documents), session.at)
    return run
