from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.rounds.round import Round
from bidding_svc.scores.documents import DocumentBeside, documents_beside
from bidding_svc.scores.figures import STATEMENT_OF
from bidding_svc.scores.lifecycle import LIFECYCLE, ScoreState
from bidding_svc.scores.reasons import REASONS
from bidding_svc.scores.score import CHECKER_IS_NOT_KEYER, FinancialScore, ScoreSummary
from bidding_svc.scores.sheet import ScoreSheet
from chassis.actor import Actor
from chassis.database import ReadSession, Session
from chassis.errors import NotFound
from chassis.ids import Entity
from chassis.paging import Page, fetch_page
from events.scoring_rules import CreditScale

DECIDED_ELSEWHERE = {"score"}
"""Done for a whole round at once, not for one score."""


class ScoreLine(BaseModel):
    """A score in a list."""

    id: UUID
    bidder_number: str
    member: str
    round_code: str
    state: ScoreState
    version: int
    keyed_by: str | None
    approved_by: str | None
    outcome: str | None
    total: str | None
    run_id: UUID | None
    changed_at: datetime


class ScoreType(BaseModel):
    """A kind of credit score the round knows, and its scale; `letters` where it is a rating."""

    score_type: str
    agency: str
    low: str
    high: str
    letters: list[str]


class ScoreView(ScoreLine):
    """A score with what was keyed and how it was made.

    `reasons` are the codes a document can be unacceptable for, `beside` the bidder's documents, `figures` what is to be
    keyed, each with the statement it stands on, `score_types` what a credit report may show.
    """

    sheet: ScoreSheet
    result: dict[str, Any] | None
    correction: dict[str, Any] | None
    earlier: list[Any]
    reasons: dict[str, dict[str, str]]
    beside: list[DocumentBeside]
    figures: dict[str, str]
    score_types: list[ScoreType]
    allowed_actions: list[str]


class SummaryView(BaseModel):
    """The financial score summary of the actor's organization, as it was released."""

    score_id: UUID
    round_code: str
    bidder_number: str
    member: str
    released_at: datetime
    summary: dict[str, Any]


async def list_scores(
    session: ReadSession, round_code: str, state: ScoreState | None, after: str | None, limit: int
) -> Page[ScoreLine]:
    """Return the scores of a round, in the order they were begun."""
    statement = select(FinancialScore).where(FinancialScore.round_code == round_code)
    if state is not None:
        statement = statement.where(FinancialScore.state == state)
    return await fetch_page(
        session,
        statement,
        [(FinancialScore.id, UUID)],
        lambda score: ScoreLine.model_validate(score, from_attributes=True),
        after=after,
        limit=limit,
        descending=False,
    )


async def read_score(session: ReadSession, actor: Actor, score_id: UUID) -> ScoreView:
    """Return a score as staff see it. Raises `NotFound`."""
    score = await session.scalar(select(FinancialScore).where(FinancialScore.id == score_id))
    if score is None:
        raise NotFound
    return await view_of(session, actor, score)


async def view_of(session: ReadSession | Session, actor: Actor, score: FinancialScore) -> ScoreView:
    """Return a score with what this person may do with it."""
    allowed = [verb for verb in LIFECYCLE.allowed(score.state, actor.permissions) if verb not in DECIDED_ELSEWHERE]
    if score.correction is None:
        allowed = [verb for verb in allowed if verb != "recalculate"]
    if {"approve", "recalculate"} & set(allowed) and await CHECKER_IS_NOT_KEYER.broken_by(
        actor, session, Entity("financial_score", score.id)
    ):
        allowed = [verb for verb in allowed if verb not in {"approve", "recalculate"}]
    rules = (await session.get_one(Round, score.round_code)).rules
    return ScoreView(
        **ScoreLine.model_validate(score, from_attributes=True).model_dump(),
        sheet=score.keyed,
        result=score.result,
        correction=score.correction,
        earlier=score.earlier,
        reasons=REASONS,
        beside=await documents_beside(session, score),
        figures=STATEMENT_OF if rules.financial_method == "ratios_80_credit_20" else {},
        score_types=[_score_type(scale) for scale in rules.scoring.credit_scales],
        allowed_actions=allowed,
    )


def _score_type(scale: CreditScale) -> ScoreType:
    return ScoreType(
        score_type=scale.score_type,
        agency=scale.agency,
        low=str(scale.low),
        high=str(scale.high),
        letters=list(scale.letters),
    )


async def read_summary(session: ReadSession, actor: Actor, score_id: UUID) -> SummaryView:
    """Return one summary that was released to the actor's organization. Raises `NotFound`."""
    found = await session.scalar(
        select(ScoreSummary).where(
            ScoreSummary.score_id == score_id, ScoreSummary.organization_id == actor.organization_id
        )
    )
    if found is None:
        raise NotFound
    return SummaryView.model_validate(found, from_attributes=True)


async def list_summaries(session: ReadSession, actor: Actor, round_code: str | None) -> list[SummaryView]:
    """Return what was released to the actor's organization, in one round or in all, the latest round first.

    It is one summary a round, or one for each member of a network.
    """
    statement = select(ScoreSummary).where(ScoreSummary.organization_id == actor.organization_id)
    if round_code is not None:
        statement = statement.where(ScoreSummary.round_code == round_code)
    found = await session.scalars(statement.order_by(ScoreSummary.round_code.desc(), ScoreSummary.member))
    return [SummaryView.model_validate(each, from_attributes=True) for each in found]
