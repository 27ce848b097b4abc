from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import BaseModel, Field

from bidding_svc.disqualification.reason import Reason
from bidding_svc.reviews import documents, use_cases, views
from bidding_svc.reviews.approving import Approved, approve_many
from bidding_svc.reviews.case import LEAST_URGENT, MOST_URGENT, USUAL_PRIORITY, ReviewCase
from bidding_svc.reviews.kinds import APPROVE, DETERMINE, VIEW, WORK, Kind, Outcome
from bidding_svc.reviews.lifecycle import CaseState
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag

router = SliceRouter(prefix="/api/bidding/reviews", tags=["reviews"])

UserId = Annotated[str, Field(min_length=1, max_length=100)]
MOST_APPROVED = 100
Words = Annotated[str, Field(max_length=4000)]
Round = Annotated[str, Query(pattern=r"^R[0-9]{4}[A-Z]?$")]
Assignee = Annotated[str | None, Query(max_length=100, description="A user id, or “me”, or “nobody”.")]


class Assignment(BaseModel):
    """Who is to work on a case (None: whoever claims it), and how urgent it is: 1 most, 3 least."""

    assignee: UserId | None
    priority: Annotated[int, Field(ge=MOST_URGENT, le=LEAST_URGENT)] = USUAL_PRIORITY


class Override(BaseModel):
    """What a line comes to, for which reasons where it fails, and why the analyst decides so."""

    outcome: Outcome
    reasons: list[Reason] = []
    because: Words


class Recommendation(BaseModel):
    """What the analyst says to the approver."""

    note: Words = ""


class Because(BaseModel):
    """Why it is given back."""

    because: Words


class ToApprove(BaseModel):
    """A case, and the version it was read at."""

    case_id: UUID
    version: Annotated[int, Field(ge=1)]


class Approvals(BaseModel):
    """The cases of one page of the work list, each once."""

    cases: Annotated[list[ToApprove], Field(min_length=1, max_length=MOST_APPROVED)]


def _filter(
    round: Round | None = None,  # noqa: A002  the name of the query parameter
    kind: Kind | None = None,
    state: CaseState | None = None,
    assignee: Assignee = None,
    bidder: Annotated[str | None, Query(max_length=20, description="A bidder number.")] = None,
) -> views.Filter:
    return views.Filter(round_code=round, kind=kind, state=state, assignee=assignee, bidder_number=bidder)


Wanted = Annotated[views.Filter, Depends(_filter)]


@router.get("", permission=VIEW)
async def list_cases(
    *,
    actor: CurrentActor,
    session: ReadingSession,
    wanted: Wanted,
    sort: views.Sort = views.Sort.DUE,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.CaseSummary]:
    """List review cases."""
    return await views.list_cases(session, actor, wanted, sort, after=after, limit=limit)


@router.get("/counts", permission=VIEW)
async def count_cases(
    actor: CurrentActor,
    session: ReadingSession,
    round: Round,  # noqa: A002  the name of the query parameter
) -> list[views.CaseCount]:
    """Count the review cases of a round, by kind and state."""
    return await views.count_cases(session, actor, round)


@router.post("/approvals", permission=APPROVE)
async def approve_cases(body: Approvals, session: WritingSession) -> list[Approved]:
    """Decide many cases as recommended, each by itself: the answer says of each what became of it."""
    return await approve_many(
        session, list({each.case_id: (each.case_id, each.version) for each in body.cases}.values())
    )


@router.get("/{case_id}", permission=VIEW)
async def read_case(case_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response) -> views.CaseView:
    """Read a review case."""
    view = await views.read_case(session, actor, case_id)
    response.headers["ETag"] = etag(view.version)
    return view


@router.get("/{case_id}/findings", permission=VIEW)
async def list_findings(
    case_id: UUID, session: WritingSession, after: After = None, limit: Limit = 25
) -> Page[views.FindingView]:
    """List the lines of a review case: what was proposed from which inputs, and what was decided."""
    return await use_cases.read_findings(session, case_id, after, limit)


@router.get("/{case_id}/files", permission=VIEW)
async def list_files(
    case_id: UUID, actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[documents.CaseFile]:
    """List the files the bidder sent for the documents that a review case is about."""
    return await documents.list_files(session, actor, case_id, after=after, limit=limit)


@router.post("/{case_id}/claim", permission=WORK)
async def claim(case_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> views.CaseView:
    """Take a case to work on it."""
    return await _answer(session, await use_cases.claim(session, case_id, base), response)


@router.post("/{case_id}/release", permission=WORK)
async def release(case_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> views.CaseView:
    """Let somebody else work on a case."""
    return await _answer(session, await use_cases.release(session, case_id, base), response)


@router.post("/{case_id}/assignment", permission=APPROVE)
async def assign(
    case_id: UUID, body: Assignment, base: IfMatch, session: WritingSession, response: Response
) -> views.CaseView:
    """Give a case to an analyst, or to nobody, and say how urgent it is."""
    case = await use_cases.assign(session, case_id, body.assignee, body.priority, base)
    return await _answer(session, case, response)


@router.put("/{case_id}/findings/{finding_id}", permission=WORK)
async def override(
    *, case_id: UUID, finding_id: UUID, body: Override, base: IfMatch, session: WritingSession, response: Response
) -> views.CaseView:
    """Decide a line otherwise than proposed, or where nothing could be proposed."""
    case = await use_cases.override(
        session, case_id, finding_id, body.outcome, body.reasons, because=body.because, base=base
    )
    return await _answer(session, case, response)


@router.post("/{case_id}/recommendation", permission=WORK)
async def recommend(
    case_id: UUID, body: Recommendation, base: IfMatch, session: WritingSession, response: Response
) -> views.CaseView:
    """Put a case before a second person."""
    return await _answer(session, await use_cases.recommend(session, case_id, body.note, base), response)


@router.post("/{case_id}/return", permission=APPROVE)
async def return_case(
    case_id: UUID, body: Because, base: IfMatch, session: WritingSession, response: Response
) -> views.CaseView:
    """Give a case back to its analyst."""
    return await _answer(session, await use_cases.return_it(session, case_id, body.because, base), response)


@router.post("/{case_id}/approval", permission=APPROVE)
async def approve(case_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> views.CaseView:
    """Decide a case as recommended: what follows happens to the bids at once."""
    return await _answer(session, await use_cases.approve(session, case_id, base), response)


@router.post("/{case_id}/determination", permission=DETERMINE)
async def determine(case_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> views.CaseView:
    """Decide an inquiry as recommended, for CMS: bids whose disqualification does not stand take part again."""
    return await _answer(session, await use_cases.approve(session, case_id, base, by=DETERMINE), response)


async def _answer(session: Session, case: ReviewCase, response: Response) -> views.CaseView:
    await session.flush()
    response.headers["ETag"] = etag(case.version)
    return await views.view_of(session, session.actor, case)
