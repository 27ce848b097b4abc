from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from bidding_svc.inquiries.inquiry import Inquiry, InquiryEntry
from bidding_svc.inquiries.lifecycle import DENIED, UNDER_REVIEW, UPHELD_FULL, UPHELD_PART, InquiryState
from bidding_svc.reviews.kinds import Kind
from bidding_svc.reviews.views import seen
from chassis import program_time
from chassis.actor import Actor
from chassis.database import ReadSession
from chassis.errors import NotFound
from chassis.paging import Page, fetch_page

DECIDED = (UPHELD_FULL, UPHELD_PART, DENIED)


class FileView(BaseModel):
    """A file of an inquiry."""

    file_id: UUID
    size: int
    received_at: datetime


class EntryView(BaseModel):
    """What was submitted at once."""

    text: str
    files: list[FileView]
    submitted_at: datetime
    submitted_by: str


class InquirySummary(BaseModel):
    """An inquiry in a list. `state` tells no result: that is a notice, which not everybody may see."""

    id: UUID
    round_code: str
    bidder_number: str
    state: InquiryState
    due_at: datetime
    submitted_at: datetime | None
    version: int


class InquiryView(InquirySummary):
    """An inquiry with what was written; the draft was not submitted. It names no bid and no reason."""

    slot_id: UUID
    draft: str
    entries: list[EntryView]
    allowed_actions: list[str]


async def list_inquiries(session: ReadSession, actor: Actor, after: str | None, limit: int) -> Page[InquirySummary]:
    """Return the inquiries of the actor's organization, the newest first."""
    statement = select(Inquiry).where(Inquiry.organization_id == actor.organization_id)
    return await fetch_page(session, statement, [(Inquiry.id, UUID)], _summary, after=after, limit=limit)


async def read_inquiry(session: ReadSession, actor: Actor, inquiry_id: UUID) -> InquiryView:
    """Return an inquiry of the actor's organization. Raises `NotFound`."""
    mine = (Inquiry.id == inquiry_id, Inquiry.organization_id == actor.organization_id)
    inquiry = await session.scalar(select(Inquiry).where(*mine))
    if inquiry is None:
        raise NotFound
    return view_of(inquiry, actor)


async def submissions_of(session: ReadSession, actor: Actor, case_id: UUID) -> list[EntryView]:
    """Return what was submitted with the inquiry that a case reviews. Raises `NotFound`."""
    case = await seen(session, actor, case_id)
    inquiry = await session.scalar(select(Inquiry).where(Inquiry.bidder_id == case.bidder_id))
    if case.kind is not Kind.INQUIRY or inquiry is None:
        raise NotFound
    return [entry_view(entry) for entry in inquiry.entries]


def view_of(inquiry: Inquiry, actor: Actor) -> InquiryView:
    """Return an inquiry as its bidder sees it."""
    return InquiryView(
        **_summary(inquiry).model_dump(),
        slot_id=inquiry.slot_id,
        draft=inquiry.draft,
        entries=[entry_view(entry) for entry in inquiry.entries],
        allowed_actions=inquiry.allowed_actions(actor.permissions, program_time.now()),
    )


def entry_view(entry: InquiryEntry) -> EntryView:
    """Return what was submitted at once."""
    return EntryView(
        text=entry.text,
        files=[FileView.model_validate(file) for file in entry.files],
        submitted_at=entry.submitted_at,
        submitted_by=entry.submitted_by,
    )


def _summary(inquiry: Inquiry) -> InquirySummary:
    state = UNDER_REVIEW if inquiry.state in DECIDED else inquiry.state
    return InquirySummary(
        id=inquiry.id,
        round_code=inquiry.round_code,
        bidder_number=inquiry.bidder_number,
        state=state,
        due_at=inquiry.due_at,
        submitted_at=inquiry.submitted_at,
        version=inquiry.version,
    )
