from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from bidding_svc.rounds.edge import RoundCode
from bidding_svc.scores import paper, round_views, use_cases, views
from bidding_svc.scores.lifecycle import APPROVE, KEY, SEE_SUMMARY, VIEW, ScoreState
from bidding_svc.scores.score import FinancialScore
from bidding_svc.scores.scoring import score_round
from bidding_svc.scores.sheet import ScoreSheet
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag

router = SliceRouter(prefix="/api/bidding", tags=["financial scores"])

InRound = Annotated[str, Query(alias="round", pattern=r"^R\d{4}[A-Z]?$", description="Such as R2021")]
InOneRound = Annotated[str | None, Query(alias="round", pattern=r"^R\d{4}[A-Z]?$", description="Such as R2021")]
Words = Annotated[str, Field(max_length=1000)]


class NewScore(BaseModel):
    """Whose score is to be keyed: a bidder, or the member of a network with this PTAN."""

    bidder_id: UUID
    member: Annotated[str, Field(pattern=r"^(\d{10})?$")] = ""


class Because(BaseModel):
    """Why."""

    because: Words


class Correction(BaseModel):
    """What an upheld inquiry showed, and which inquiry it was."""

    sheet: ScoreSheet
    inquiry: Words


@router.get("/financial-scores", permission=VIEW)
async def list_scores(
    session: ReadingSession,
    round_code: InRound,
    state: ScoreState | None = None,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.ScoreLine]:
    """List the financial scores of a round."""
    return await views.list_scores(session, round_code, state, after, limit)


@router.post("/financial-scores", permission=KEY, status_code=201)
async def begin_score(new: NewScore, session: WritingSession, response: Response) -> views.ScoreView:
    """Begin the score of a bidder, or of a member of its network."""
    return await _answer(session, await use_cases.begin_score(session, new.bidder_id, new.member), response)


@router.get("/financial-scores/{score_id}", permission=VIEW)
async def read_score(
    score_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.ScoreView:
    """Read a financial score with everything it is made of."""
    view = await views.read_score(session, actor, score_id)
    response.headers["ETag"] = etag(view.version)
    return view


@router.put("/financial-scores/{score_id}/sheet", permission=KEY)
async def key_sheet(
    score_id: UUID, sheet: ScoreSheet, base: IfMatch, session: WritingSession, response: Response
) -> views.ScoreView:
    """Keep what was keyed beside the documents."""
    return await _answer(session, await use_cases.key_sheet(session, score_id, sheet, base), response)


@router.post("/financial-scores/{score_id}/submission", permission=KEY)
async def submit(score_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> views.ScoreView:
    """Put a sheet before a second person."""
    return await _answer(session, await use_cases.submit(session, score_id, base), response)


@router.post("/financial-scores/{score_id}/return", permission=APPROVE)
async def return_score(
    score_id: UUID, body: Because, base: IfMatch, session: WritingSession, response: Response
) -> views.ScoreView:
    """Give a sheet back to be keyed again."""
    return await _answer(session, await use_cases.return_it(session, score_id, body.because, base), response)


@router.post("/financial-scores/{score_id}/approval", permission=APPROVE)
async def approve(score_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> views.ScoreView:
    """Approve a sheet that somebody else keyed."""
    return await _answer(session, await use_cases.approve(session, score_id, base), response)


@router.post("/financial-scores/{score_id}/re-opening", permission=KEY)
async def reopen(
    score_id: UUID, body: Because, base: IfMatch, session: WritingSession, response: Response
) -> views.ScoreView:
    """Key a sheet again before its score is released."""
    return await _answer(session, await use_cases.reopen(session, score_id, body.because, base), response)


@router.post("/financial-scores/{score_id}/correction", permission=KEY)
async def propose_correction(
    score_id: UUID, body: Correction, base: IfMatch, session: WritingSession, response: Response
) -> views.ScoreView:
    """Key what an upheld inquiry showed of a released score."""
    score = await use_cases.propose_correction(session, score_id, body.sheet, body.inquiry, base)
    return await _answer(session, score, response)


@router.post("/financial-scores/{score_id}/recalculation", permission=APPROVE)
async def recalculate(score_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> views.ScoreView:
    """Score a correction against the frozen distribution of the round."""
    return await _answer(session, await use_cases.recalculate(session, score_id, base), response)


@router.post("/financial-scores/{score_id}/release", permission=APPROVE)
async def release_recalculated(
    score_id: UUID, base: IfMatch, session: WritingSession, response: Response
) -> views.ScoreView:
    """Let a bidder see its score as an upheld inquiry changed it."""
    return await _answer(session, await use_cases.release_recalculated(session, score_id, base), response)


@router.post("/rounds/{code}/scorings", permission=KEY, status_code=201)
async def score_a_round(code: RoundCode, session: WritingSession) -> round_views.RunView:
    """Score every bidder of a round by its approved sheets."""
    run = await score_round(session, code)
    await session.flush()
    return round_views.RunView.model_validate(run, from_attributes=True)


@router.get("/scorings", permission=VIEW)
async def list_runs(
    session: ReadingSession, round_code: InRound, after: After = None, limit: Limit = 25
) -> Page[round_views.RunView]:
    """List the scorings of a round."""
    return await round_views.list_runs(session, round_code, after, limit)


@router.get("/scorings/{scoring_id}", permission=VIEW)
async def read_run(scoring_id: UUID, session: ReadingSession) -> round_views.DistributionView:
    """Read a scoring with the distribution it ranked by."""
    return await round_views.read_run(session, scoring_id)


@router.get("/rounds/{code}/scoring-progress", permission=VIEW)
async def read_progress(code: RoundCode, session: ReadingSession) -> round_views.Progress:
    """Tell how far the scoring of a round is."""
    return await round_views.read_progress(session, code)


@router.get("/unscored", permission=VIEW)
async def list_without_sheet(
    session: ReadingSession, round_code: InRound, after: After = None, limit: Limit = 25
) -> Page[round_views.WithoutSheet]:
    """List the bidders, and members of networks, whom nobody has begun to score."""
    return await round_views.list_without_sheet(session, round_code, after, limit)


@router.get("/financial-summary", permission=SEE_SUMMARY)
async def list_summaries(
    actor: CurrentActor, session: ReadingSession, round_code: InOneRound = None
) -> list[views.SummaryView]:
    """List your organization's financial score summaries that were released: of a network one for each member."""
    return await views.list_summaries(session, actor, round_code)


@router.get(
    "/financial-summary/{score_id}/paper",
    permission=SEE_SUMMARY,
    response_class=Response,
    responses={200: {"description": "The summary as a PDF", "content": {"application/pdf": {}}}},
)
async def print_summary(score_id: UUID, actor: CurrentActor, session: ReadingSession) -> Response:
    """Print your organization's released summary: the same lines and pictures as a PDF."""
    told = await views.read_summary(session, actor, score_id)
    printed = await run_in_threadpool(
        paper.print_summary, told.bidder_number, told.round_code, told.member, told.summary, told.released_at
    )
    name = f"financial-scoring-summary-{told.round_code}-{told.bidder_number}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return Response(printed, media_type="application/pdf", headers=headers)


async def _answer(session: Session, score: FinancialScore, response: Response) -> views.ScoreView:
    await session.flush()
    response.headers["ETag"] = etag(score.version)
    return await views.view_of(session, session.actor, score)
