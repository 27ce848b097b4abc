"""What an inquiry tells the other services."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from bidding_svc.inquiries.lifecycle import DENIED, SUBMIT, UPHELD_FULL
from chassis.ids import new_id
from events.bidding import NoticeRequested
from events.notice_fields import InquiryResultFields, InquiryRow, NoticeSubject
from events.requirements import SlotRequested

if TYPE_CHECKING:
    from bidding_svc.inquiries.inquiry import Inquiry

INQUIRY = "inquiry"
PDF = "application/pdf"
MOST_BYTES = 50 * 1024 * 1024 - 1
MOST_FILES = 20
LATE_MINUTES = 60


def subject_of(inquiry: "Inquiry") -> str:
    """How its upload slot names it."""
    return f"{INQUIRY}:{inquiry.id}"


def slot_requested(inquiry: "Inquiry", *, opens_at: datetime) -> SlotRequested:
    """Ask for the slot of its files: an end user may send some, and sees those of the organization's inquiry."""
    return SlotRequested(
        slot_id=inquiry.slot_id,
        slot_subject=subject_of(inquiry),
        organization_id=inquiry.organization_id,
        upload_permission=SUBMIT,
        read_permission=SUBMIT,
        staff_read_permission="staff.document.view",
        label="Files for your inquiry",
        accepted_types=(PDF,),
        max_bytes=MOST_BYTES,
        max_files=MOST_FILES,
        opens_at=opens_at,
        closes_at=inquiry.due_at,
        late_minutes=LATE_MINUTES,
        records=inquiry.round_code,
    )


def result_requested(inquiry: "Inquiry", rows: Sequence[InquiryRow], by: UUID, at: datetime) -> NoticeRequested:
    """Ask for the notice of its result, drafted by `by`."""
    outcome: Literal["upheld-full", "upheld-part", "denied"] = "upheld-part"
    if inquiry.state in (UPHELD_FULL, DENIED):
        outcome = "denied" if inquiry.state is DENIED else "upheld-full"
    fields = InquiryResultFields(
        bidder_number=inquiry.bidder_number, outcome=outcome, rows=tuple(rows), worked_on_by=inquiry.worked_on_by
    )
    return NoticeRequested(
        notice_id=new_id(),
        organization_id=inquiry.organization_id,
        round_code=inquiry.round_code,
        about=NoticeSubject(kind=INQUIRY, id=inquiry.id),
        requested_by=by,
        requested_at=at,
        fields=fields,
    )
