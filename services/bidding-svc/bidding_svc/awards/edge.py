from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel

from bidding_svc.awards import results, use_cases, views
from bidding_svc.awards.award import Award
from bidding_svc.offers.lifecycle import STAFF_DECIDE, STAFF_PREPARE, STAFF_VIEW, VIEW
from bidding_svc.rounds.edge import FRESH, RoundCode
from bidding_svc.rounds.use_cases.setting_up import AsRead
from chassis.database import Session
from chassis.door import PUBLIC, CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag

router = SliceRouter(prefix="/api/bidding", tags=["awards"])

InCategory = Annotated[str | None, Query(max_length=6)]
InArea = Annotated[str | None, Query(max_length=100)]
InRound = Annotated[str, Query(alias="round", pattern=r"^R\d{4}[A-Z]?$", description="Such as R2021")]


class Release(BaseModel):
    """The decision to release; where something could not be checked again, that this was read."""

    unchecked_acknowledged: bool = False


@router.get("/rounds/{code}/payment-amounts", permission=PUBLIC, cached_for=FRESH)
async def list_payment_amounts(
    code: RoundCode,
    session: ReadingSession,
    *,
    category: InCategory = None,
    cba: InArea = None,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.AmountView]:
    """List the published single payment amounts of a round, of one category or one area where named."""
    return await views.list_amounts(session, code, category=category, cba=cba, after=after, limit=limit)


@router.get("/rounds/{code}/contract-suppliers", permission=PUBLIC, cached_for=FRESH)
async def list_contract_suppliers(
    code: RoundCode,
    session: ReadingSession,
    *,
    category: InCategory = None,
    cba: InArea = None,
    after: After = None,
    limit: Limit = 25,
) -> Page[views.SupplierView]:
    """List the contract suppliers of a round once they are announced, of one category or one area where named."""
    return await views.list_suppliers(session, code, category=category, cba=cba, after=after, limit=limit)


@router.get("/results", permission=VIEW)
async def list_results(
    actor: CurrentActor, session: ReadingSession, round_code: InRound, after: After = None, limit: Limit = 25
) -> Page[results.ResultView]:
    """List what became of your organization's bids in a round, as far as it was told, with reasons."""
    return await results.list_results(session, actor, round_code, after, limit)


@router.post("/rounds/{code}/awards", permission=STAFF_PREPARE, status_code=201)
async def prepare(code: RoundCode, session: WritingSession, response: Response) -> views.AwardView:
    """Prepare the awards of a round, or further offers; nobody outside sees anything of it."""
    return await _answer(session, await use_cases.prepare(session, code), response)


@router.post("/rounds/{code}/supplier-announcement", permission=STAFF_DECIDE, status_code=204)
async def announce_suppliers(code: RoundCode, base: IfMatch, session: WritingSession) -> None:
    """Announce the contract suppliers of a round, once every offer is decided."""
    await use_cases.announce_suppliers(session, AsRead(code, base))


@router.get("/awards", permission=STAFF_VIEW)
async def list_awards(
    session: ReadingSession, round_code: InRound, after: After = None, limit: Limit = 25
) -> Page[views.AwardSummary]:
    """List the awards of a round."""
    return await views.list_awards(session, round_code, after, limit)


@router.get("/awards/{award_id}", permission=STAFF_VIEW)
async def read_award(
    award_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.AwardView:
    """Read an award, and what stands against its release."""
    view = await views.read_award(session, actor, award_id)
    response.headers["ETag"] = etag(view.version)
    return view


@router.get("/awards/{award_id}/competitions", permission=STAFF_VIEW)
async def list_competitions(
    award_id: UUID, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.CompetitionView]:
    """List what becomes of each competition: savings, payment amounts, offers."""
    return await views.list_competitions(session, award_id, after, limit)


@router.get("/awards/{award_id}/lines", permission=STAFF_VIEW)
async def list_lines(
    award_id: UUID, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.AwardLineView]:
    """List who is offered what, by bidder number: the dry run."""
    return await views.list_lines(session, award_id, after, limit)


@router.get("/awards/{award_id}/offers", permission=STAFF_VIEW)
async def list_offers(
    award_id: UUID, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.StaffOfferView]:
    """List the offers of an award, and what became of them."""
    return await views.list_offers(session, award_id, after, limit)


@router.post("/awards/{award_id}/release", permission=STAFF_DECIDE)
async def release(
    award_id: UUID, body: Release, base: IfMatch, session: WritingSession, response: Response
) -> views.AwardView:
    """Release an award: payment amounts, offers, notices of disqualification and score summaries go out together."""
    released = await use_cases.release(session, award_id, base, unchecked_acknowledged=body.unchecked_acknowledged)
    return await _answer(session, released, response)


@router.post("/awards/{award_id}/discarding", permission=STAFF_PREPARE)
async def discard(award_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> views.AwardView:
    """Do not release an award that was prepared."""
    return await _answer(session, await use_cases.discard(session, award_id, base), response)


async def _answer(session: Session, award: Award, response: Response) -> views.AwardView:
    await session.flush()
    response.headers["ETag"] = etag(award.version)
    return await views.view_of(session, session.actor, award)
