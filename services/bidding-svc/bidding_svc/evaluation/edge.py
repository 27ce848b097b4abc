from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from bidding_svc.evaluation import importing, overview, use_cases, views
from bidding_svc.evaluation.competing import Objection
from bidding_svc.evaluation.lifecycle import RELEASE, RUN, VIEW
from bidding_svc.evaluation.run import EvaluationRun
from bidding_svc.rounds.edge import RoundCode
from chassis.csv_import import OPENAPI, Outcome, arriving
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag

router = SliceRouter(prefix="/api/bidding", tags=["evaluation"])

InRound = Annotated[str, Query(alias="round", pattern=r"^R\d{4}[A-Z]?$", description="Such as R2021")]


@router.post("/rounds/{code}/evaluations", permission=RUN, status_code=201)
async def request_run(code: RoundCode, session: WritingSession, response: Response) -> views.RunView:
    """Ask for an evaluation of a round: bids arrayed, selected, priced."""
    return await _answer(session, await use_cases.request_run(session, code), response)


@router.get("/evaluations", permission=VIEW)
async def list_runs(
    session: ReadingSession, round_code: InRound, after: After = None, limit: Limit = 25
) -> Page[views.RunLine]:
    """List the evaluations of a round."""
    return await views.list_runs(session, round_code, after, limit)


@router.get("/evaluations/{run_id}", permission=VIEW)
async def read_run(run_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response) -> views.RunView:
    """Read an evaluation: how far it is, and its digest."""
    view = await views.read_run(session, actor, run_id)
    response.headers["ETag"] = etag(view.version)
    return view


@router.get("/evaluations/{run_id}/competitions", permission=VIEW)
async def list_competitions(
    run_id: UUID,
    session: ReadingSession,
    *,
    category: Annotated[str, Query(max_length=6)] = "",
    cba: Annotated[str, Query(max_length=100)] = "",
    objection: Objection | None = None,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.CompetitionLine]:
    """List the competitions of an evaluation with their results."""
    chosen = views.Chosen(category=category, cba=cba, objection=objection)
    return await views.list_competitions(session, run_id, chosen, after, limit)


@router.get("/evaluations/{run_id}/overview", permission=VIEW)
async def read_overview(run_id: UUID, session: ReadingSession) -> overview.Overview:
    """Read an evaluation by category: competitions by state and objection, and what is saved."""
    return await overview.read_overview(session, run_id)


@router.get("/evaluations/{run_id}/competitions/{category}/{cba}", permission=VIEW)
async def read_array(run_id: UUID, category: str, cba: str, session: WritingSession) -> views.ArrayView:
    """Read a competition with its array; who read it is noted."""
    return await views.read_array(session, run_id, category, cba)


@router.post("/evaluations/{run_id}/check", permission=RUN)
async def check_run(run_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> views.RunView:
    """Have every result computed once more and compared, before a release."""
    return await _answer(session, await use_cases.check_run(session, run_id, base), response)


@router.post("/evaluations/{run_id}/release", permission=RELEASE)
async def release_run(run_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> views.RunView:
    """Let the round go on by an evaluation that was checked."""
    return await _answer(session, await use_cases.release_run(session, run_id, base), response)


@router.post("/rounds/{code}/pricing-imports/{what}", permission=RUN, streams=True, openapi_extra=OPENAPI)
async def import_pricing(code: RoundCode, what: importing.Kind, request: Request, actor: CurrentActor) -> Outcome:
    """Take a CSV file of demand or of expected units; until payment amounts are published."""
    return await importing.take_file(request.app.state.database, actor, code, what, arriving(request))


async def _answer(session: Session, run: EvaluationRun, response: Response) -> views.RunView:
    await session.flush()
    response.headers["ETag"] = etag(run.version)
    return await views.view_of(session, session.actor, run)
