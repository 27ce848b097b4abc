from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, Field

from bidding_svc.form_b import use_cases, views
from bidding_svc.form_b.bid import Bid
from bidding_svc.forms.permissions import CERTIFY_FORM_B, EDIT_FORM_B, VIEW
from bidding_svc.forms.reading import Given
from bidding_svc.forms.views import FormFields
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.signature import CurrentSigner, Typed
from chassis.versions import IfMatch, etag

fields_router = SliceRouter(prefix="/api/bidding/form-b", tags=["Form B"])
router = SliceRouter(prefix="/api/bidding/bids", tags=["bids"])

InRound = Annotated[str, Query(alias="round", pattern=r"^R\d{4}[A-Z]?$", description="Such as R2028")]


class NewBid(BaseModel):
    """The competition to bid in."""

    round_code: Annotated[str, Field(pattern=r"^R\d{4}[A-Z]?$")]
    category_code: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")]
    cba_code: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]


class Edit(BaseModel):
    """Answers to save, by field name; fields that are left out stay as they are, None empties one.

    `may_void`: whether this may void the certification; otherwise what would is refused, as `would-void`.
    """

    answers: Annotated[dict[str, Given], Field(max_length=60)]
    may_void: bool = True


class Certification(BaseModel):
    """What the official typed under the statement of the form."""

    signature: Typed


@fields_router.get("/fields", permission=VIEW)
async def list_fields(
    session: ReadingSession,
    round_code: InRound,
    category: Annotated[str | None, Query(max_length=6)] = None,
) -> FormFields:
    """List what Form B asks in a round; for one category, without what does not concern it."""
    return await views.list_fields(session, round_code, category)


@router.get("", permission=VIEW)
async def list_bids(
    actor: CurrentActor, session: ReadingSession, round_code: InRound, after: After = None, limit: Limit = 25
) -> Page[views.BidSummary]:
    """List your organization's bids in a round."""
    return await views.list_bids(session, actor, round_code, after, limit)


@router.post("", permission=EDIT_FORM_B, status_code=201)
async def begin_bid(new: NewBid, session: WritingSession, response: Response) -> views.BidView:
    """Begin a bid in a competition."""
    bid = await use_cases.begin_bid(session, new.round_code, new.category_code, new.cba_code)
    return await _saved(session, bid, response)


@router.get("/{bid_id}", permission=VIEW)
async def read_bid(bid_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response) -> views.BidView:
    """Read a bid with its Form B."""
    return _tagged(response, await views.read_bid(session, actor, bid_id))


@router.patch("/{bid_id}", permission=EDIT_FORM_B)
async def edit_bid(
    bid_id: UUID, edit: Edit, base: IfMatch, session: WritingSession, response: Response
) -> views.BidView:
    """Save answers of Form B. A material change of a submitted bid makes it a draft again."""
    bid, round_, hand = await use_cases.open_bid(session, bid_id, base=base, may_void=edit.may_void)
    use_cases.edit(bid, round_, edit.answers, hand)
    return await _saved(session, bid, response)


@router.post("/{bid_id}/certification", permission=CERTIFY_FORM_B)
async def certify_bid(
    *,
    bid_id: UUID,
    certification: Certification,
    base: IfMatch,
    session: WritingSession,
    signer: CurrentSigner,
    response: Response,
) -> views.BidView:
    """Certify Form B as you read it, under your signature: the bid is submitted."""
    bid = await use_cases.sign_and_certify(session, bid_id, signer, certification.signature, base=base)
    return await _saved(session, bid, response)


@router.post("/{bid_id}/withdrawal", permission=CERTIFY_FORM_B)
async def withdraw_bid(bid_id: UUID, base: IfMatch, session: WritingSession, response: Response) -> views.BidView:
    """Withdraw a bid, for good."""
    bid, round_, hand = await use_cases.open_bid(session, bid_id, base=base)
    await use_cases.withdraw(session, bid, round_, hand)
    return await _saved(session, bid, response)


async def _saved(session: Session, bid: Bid, response: Response) -> views.BidView:
    await session.flush()
    return _tagged(response, await views.view_of(session, session.actor, bid))


def _tagged(response: Response, view: views.BidView) -> views.BidView:
    response.headers["ETag"] = etag(view.version)
    return view
