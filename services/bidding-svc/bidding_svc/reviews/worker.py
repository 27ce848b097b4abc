from uuid import UUID

from bidding_svc.reviews import answers
from bidding_svc.reviews.asking import REVIEW
from chassis.database import Session
from chassis.kafka import Hears
from events import documents, notices

hears = Hears("bidding")


@hears(notices.STREAM, notices.NoticeIssued)
async def on_notice_issued(event: notices.NoticeIssued, session: Session) -> None:
    """A notice is before its reader: the bids it asks about wait for the answer."""
    if event.about.kind == REVIEW:
        await answers.note_issue(session, event)


@hears(notices.STREAM, notices.NoticeResponded)
async def on_notice_responded(event: notices.NoticeResponded, session: Session) -> None:
    """A bidder answered in time."""
    if event.about.kind == REVIEW:
        await answers.note_answer(session, event)


@hears(notices.STREAM, notices.NoticeOverdue)
async def on_notice_overdue(event: notices.NoticeOverdue, session: Session) -> None:
    """No answer came: the case is to be decided without one."""
    if event.about.kind == REVIEW:
        await answers.note_overdue(session, event)


@hears(notices.STREAM, notices.NoticeReturned)
async def on_notice_returned(event: notices.NoticeReturned, session: Session) -> None:
    """A second person sent a notice back: its case is an analyst's again."""
    if event.about.kind == REVIEW:
        await answers.note_return(session, event)


@hears(notices.STREAM, notices.NoticeRescinded)
async def on_notice_rescinded(event: notices.NoticeRescinded, session: Session) -> None:
    """CMS took a notice back: its case is as before."""
    if event.about.kind == REVIEW:
        await answers.note_rescission(session, event)


@hears(documents.STREAM, documents.DocumentReceived)
async def on_document_received(event: documents.DocumentReceived, session: Session) -> None:
    """Evidence arrived for a case."""
    kind, _, case_id = event.slot_subject.partition(":")
    if kind == REVIEW:
        await answers.take_file(session, UUID(case_id), event)
