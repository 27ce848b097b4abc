from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, Field

from bidding_svc.inquiries import use_cases, views
from bidding_svc.inquiries.inquiry import Inquiry
from bidding_svc.inquiries.lifecycle import SUBMIT
from bidding_svc.reviews.kinds import VIEW
from chassis.database import Session
from chassis.door import CurrentActor, ReadingSession, SliceRouter, WritingSession
from chassis.paging import After, Limit, Page
from chassis.versions import IfMatch, etag

router = SliceRouter(prefix="/api/bidding/inquiries", tags=["inquiries"])
of_a_case = SliceRouter(prefix="/api/bidding/reviews", tags=["reviews"])

Words = Annotated[str, Field(max_length=20_000)]
Receipts = Annotated[list[Annotated[str, Field(max_length=4000)]], Field(max_length=50)]


class Draft(BaseModel):
    """Words to keep for later."""

    text: Words


class Submission(BaseModel):
    """Why the bids should be looked at again, and files by their receipts."""

    text: Words = ""
    receipts: Receipts = []


@router.get("", permission=SUBMIT)
async def list_inquiries(
    actor: CurrentActor, session: ReadingSession, after: After = None, limit: Limit = 25
) -> Page[views.InquirySummary]:
    """List the inquiries of your organization."""
    return await views.list_inquiries(session, actor, after, limit)


@router.get("/{inquiry_id}", permission=SUBMIT)
async def read_inquiry(
    inquiry_id: UUID, actor: CurrentActor, session: ReadingSession, response: Response
) -> views.InquiryView:
    """Read an inquiry with what was submitted, and the draft."""
    view = await views.read_inquiry(session, actor, inquiry_id)
    response.headers["ETag"] = etag(view.version)
    return view


@router.put("/{inquiry_id}/draft", permission=SUBMIT)
async def save_draft(
    inquiry_id: UUID, body: Draft, base: IfMatch, session: WritingSession, response: Response
) -> views.InquiryView:
    """Keep words that are not submitted yet; they never count."""
    return await _answer(session, await use_cases.save_draft(session, inquiry_id, body.text, base=base), response)


@router.post("/{inquiry_id}/submission", permission=SUBMIT)
async def submit(
    inquiry_id: UUID, body: Submission, base: IfMatch, session: WritingSession, response: Response
) -> views.InquiryView:
    """Submit words and files, or add to what was submitted; possible until the inquiry is due."""
    inquiry = await use_cases.submit(session, inquiry_id, body.text, body.receipts, base=base)
    return await _answer(session, inquiry, response)


@of_a_case.get("/{case_id}/inquiry", permission=VIEW)
async def read_submissions(case_id: UUID, actor: CurrentActor, session: ReadingSession) -> list[views.EntryView]:
    """Read what a bidder submitted with the inquiry that a case reviews."""
    return await views.submissions_of(session, actor, case_id)


async def _answer(session: Session, inquiry: Inquiry, response: Response) -> views.InquiryView:
    await session.flush()
    response.headers["ETag"] = etag(inquiry.version)
    return views.view_of(inquiry, session.actor)
