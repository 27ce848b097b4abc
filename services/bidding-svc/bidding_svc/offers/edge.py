from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field

from bidding_svc.offers import use_cases, views
from bidding_svc.offers.lifecycle import DECIDE, STAFF_DECIDE, VIEW
from bidding_svc.offers.offer import Decision, Offer
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.problems import connexion_problem
from chassis.signature import CurrentSigner, Typed
from chassis.versions import IfMatch, etag

router = SliceRouter(prefix="/api/bidding/offers", tags=["offers"])
staff_router = SliceRouter(prefix="/api/bidding/offer-lines", tags=["awards"])


class LineDecision(BaseModel):
    """What is decided about one line. Where its bond is at risk, declining acknowledges that."""

    line_id: UUID
    choice: Literal["accept", "decline"]
    risk_acknowledged: bool = False


class Decisions(BaseModel):
    """Decisions about lines of an offer, certified together."""

    decisions: Annotated[list[LineDecision], Field(min_length=1, max_length=2000)]
    signature: Typed


class Rescission(BaseModel):
    """Why CMS takes a line back."""

    reason: Annotated[str, Field(max_length=2000)]


@router.get("", permission=VIEW)
async def list_offers(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.OfferSummary]:
    """List the contract offers to your organization."""
    return await views.list_offers(session, actor, after, limit)


@router.get("/{offer_id}", permission=VIEW)
async def read_offer(
    offer_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.OfferView:
    """Read contract offers line by line."""
    view = await views.read_offer(session, actor, offer_id)
    response.headers["ETag"] = etag(view.version)
    return view


@router.post("/{offer_id}/decisions", permission=DECIDE, response_model=views.OfferView)
async def decide(
    offer_id: UUID,
    body: Decisions,
    *,
    base: IfMatch,
    session: WritingSession,
    signer: CurrentSigner,
    response: Response,
) -> views.OfferView | Response:
    """Accept or decline lines; they may be changed until they are submitted or due."""
    decisions = [Decision(**each.model_dump()) for each in body.decisions]
    decided = await use_cases.decide(session, offer_id, decisions, signer, body.signature, base=base)
    return await _answer(session, decided, response)


@router.post("/{offer_id}/submission", permission=DECIDE, response_model=views.OfferView)
async def submit(
    offer_id: UUID, base: IfMatch, session: WritingSession, response: Response
) -> views.OfferView | Response:
    """Submit what was decided; it is final."""
    return await _answer(session, await use_cases.submit(session, offer_id, base=base), response)


@staff_router.post("/{line_id}/rescission", permission=STAFF_DECIDE, status_code=204)
async def rescind(line_id: UUID, body: Rescission, session: WritingSession) -> None:
    """Take an offer back whose bidder lost its eligibility before CMS signed."""
    await use_cases.rescind(session, line_id, body.reason)


async def _answer(
    session: Session, outcome: Offer | use_cases.Refused, response: Response
) -> views.OfferView | Response:
    if not isinstance(outcome, Offer):
        return connexion_problem(outcome)  # the transaction commits: the try stands in the audit trail
    await session.flush()
    response.headers["ETag"] = etag(outcome.version)
    return views.view_of(outcome, session.actor)
