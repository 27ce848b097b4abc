from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.rounds.round import Round
from bidding_svc.scores.distribution import Distribution
from bidding_svc.scores.explaining import explain
from bidding_svc.scores.lifecycle import RECALCULATED, SCORED, ScoreState
from bidding_svc.scores.methods import method_of
from bidding_svc.scores.releasing import release
from bidding_svc.scores.score import CHECKER_IS_NOT_KEYER, FinancialScore, ScoringRun
from bidding_svc.scores.sheet import ScoreSheet
from bidding_svc.scores.taking_part import members_of
from chassis.database import Session
from chassis.errors import Conflict, Invalid, NotAllowedNow, NotFound
from chassis.ids import Entity


class MemberNeeded(Invalid):
    """This bidder is a network: each of its members is scored. Name the member."""


class ScoreBegun(Conflict):
    """The score of this bidder is keyed already. Open that one instead."""


async def begin_score(session: Session, bidder_id: UUID, member: str = "") -> FinancialScore:
    """Begin the score of a bidder; of a network: of a member its Form A names.

    Raises `NotFound`, `MemberNeeded`, `ScoreBegun`.
    """
    bidder = await session.get(Bidder, bidder_id)
    members = await members_of(session, bidder_id)
    if bidder is None or (member and member not in members):
        raise NotFound
    if members and not member:
        raise MemberNeeded(field="member")
    score = FinancialScore(bidder, member, session.at)
    session.add(score)
    try:
        await session.flush()
    except IntegrityError:
        raise ScoreBegun from None
    return score


async def key_sheet(session: Session, score_id: UUID, sheet: ScoreSheet, base: int) -> FinancialScore:
    """Keep what was keyed. Raises `NotFound`, `ScoreChanged`, `NotAllowedNow`."""
    score = await _score(session, score_id, base)
    score.key(sheet, session.actor.user_id, session.at)
    return score


async def submit(session: Session, score_id: UUID, base: int) -> FinancialScore:
    """Put a sheet before a second person. Raises `NotFound`, `ScoreChanged`, `SheetNotReady`, `NotAllowedNow`."""
    score = await _score(session, score_id, base)
    score.submit((await session.get_one(Round, score.round_code)).rules, session.at)
    return score


async def return_it(session: Session, score_id: UUID, because: str, base: int) -> FinancialScore:
    """Give a sheet back. Raises `NotFound`, `ScoreChanged`, `ReasonMissing`, `NotAllowedNow`."""
    score = await _score(session, score_id, base)
    score.return_it(because, session.at)
    return score


async def reopen(session: Session, score_id: UUID, because: str, base: int) -> FinancialScore:
    """Key a sheet again before its release. Raises `NotFound`, `ScoreChanged`, `ReasonMissing`, `NotAllowedNow`."""
    score = await _score(session, score_id, base)
    score.reopen(because, session.at)
    return score


async def approve(session: Session, score_id: UUID, base: int) -> FinancialScore:
    """Approve a sheet. Raises `NotFound`, `ScoreChanged`, `NotAllowedNow`, and `SomebodyElseMust` for who keyed it."""
    score = await _score(session, score_id, base)
    await CHECKER_IS_NOT_KEYER.require(session, Entity("financial_score", score.id))
    score.approve(session.actor.user_id, session.at)
    return score


async def propose_correction(
    session: Session, score_id: UUID, sheet: ScoreSheet, inquiry: str, base: int
) -> FinancialScore:
    """Key what an upheld inquiry showed. Raises `NotFound`, and what `FinancialScore.propose_correction` raises."""
    score = await _score(session, score_id, base)
    rules = (await session.get_one(Round, score.round_code)).rules
    score.propose_correction(sheet, rules, inquiry=inquiry, by=session.actor.user_id, at=session.at)
    return score


async def recalculate(session: Session, score_id: UUID, base: int) -> FinancialScore:
    """Score a correction against the frozen distribution of the round (domain/financial-scoring.md 6).

    Raises `NotFound`, `ScoreChanged`, `NothingProposed`, `NotAllowedNow`, `SomebodyElseMust`.
    """
    score = await _score(session, score_id, base)
    await CHECKER_IS_NOT_KEYER.require(session, Entity("financial_score", score.id))
    run = await session.get_one(ScoringRun, score.run_id)
    rules = (await session.get_one(Round, score.round_code)).rules
    subject = score.corrected.subject(str(score.id), rules)
    method = method_of(rules, Distribution.from_kept(run.distribution, rules.scoring))
    result = explain(method.score(subject, rules), subject.documents)
    score.recalculate(result, session.actor.user_id, session.at)
    return score


async def release_scores(session: Session, round_code: str) -> int:
    """Let bidders see what was scored, or calculated anew: called by the batch that publishes the awards alone.

    It calls this in its own transaction, as staff, so that summaries and awards are told together
    (domain/financial-scoring.md 6). The first release freezes the distribution of the round. Whoever is released
    already is left alone, so that calling it again does nothing; each bidder's release is said once
    (`financial-summary-released`). Returns how many scores were released. Sheets that are not scored (of bidders who
    take no part any more) stay where they are.
    """
    return await release(session, round_code, await _scores(session, round_code, SCORED, RECALCULATED))


async def release_recalculated(session: Session, score_id: UUID, base: int) -> FinancialScore:
    """Let a bidder see its score as an upheld inquiry changed it: the awards are published already.

    Raises `NotFound`, `ScoreChanged`, `NotAllowedNow` for a score that was not calculated anew.
    """
    score = await _score(session, score_id, base)
    if score.state is not RECALCULATED:
        raise NotAllowedNow("Scores are released together with the awards. Only a recalculated one is released alone.")
    await release(session, score.round_code, [score])
    return score


async def _scores(session: Session, round_code: str, *states: ScoreState) -> Sequence[FinancialScore]:
    found = await session.scalars(
        select(FinancialScore)
        .where(FinancialScore.round_code == round_code, FinancialScore.state.in_(states))
        .order_by(FinancialScore.id)
        .with_for_update()
    )
    return found.all()


async def _score(session: Session, score_id: UUID, base: int) -> FinancialScore:
    found = await session.scalar(select(FinancialScore).where(FinancialScore.id == score_id).with_for_update())
    if found is None:
        raise NotFound
    found.require_version(base)
    return found
