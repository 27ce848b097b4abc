from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from bidding_svc.bidders.bidder import Bidder
from bidding_svc.form_b.bid import Bid
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.inquiries import telling
from bidding_svc.inquiries.inquiry import Inquiry
from bidding_svc.inquiries.lifecycle import SUBMITTED
from bidding_svc.inquiries.receipts import read_receipts
from bidding_svc.reviews.case import Finding, Proposal, ReviewCase
from bidding_svc.reviews.findings import bids_of, move_bids
from bidding_svc.reviews.kinds import Kind, Outcome
from bidding_svc.reviews.opening import work_until
from bidding_svc.rounds.round import Round
from chassis import program_time
from chassis.calendar import latest_missed
from chassis.database import Session
from chassis.errors import NotFound
from chassis.sweeps import due, each
from events.documents import DocumentReceived
from events.notice_fields import Competition, InquiryRow

UPHELD = "The inquiry was upheld: the bid takes part in the evaluation again."
DENIED = "The inquiry was denied: the bid stays disqualified for the reasons of the notice of disqualification."


async def open_inquiry(session: Session, case: ReviewCase, findings: Sequence[Finding]) -> None:
    """The notice of disqualification is issued: its bids' results are told, and its bidder may file one inquiry.

    The inquiry may be filed until the due date told there.

    A notice that replaces another one moves nothing: there is one inquiry for each bidder number.
    """
    if case.notice_id is None or case.answer_due_at is None:
        raise ValueError("a notice of disqualification has a due date for inquiries")
    for bid in (await bids_of(session, findings)).values():
        bid.told_at = bid.told_at or session.at
    known = await session.scalar(select(Inquiry.id).where(Inquiry.bidder_id == case.bidder_id))
    if known is None:
        session.add(Inquiry(case, case.notice_id, case.answer_due_at, session.at))


async def save_draft(session: Session, inquiry_id: UUID, text: str, *, base: int) -> Inquiry:
    """Keep words that are not submitted yet. Raises `NotFound`, and what `Inquiry.save_draft` raises."""
    inquiry, at = await _mine(session, inquiry_id)
    inquiry.save_draft(text, at, base=base)
    return inquiry


async def submit(session: Session, inquiry_id: UUID, text: str, receipts: Sequence[str], *, base: int) -> Inquiry:
    """Submit words and files, or add to what was submitted.

    Raises `NotFound`, `NotAReceiptForThis`, and what `Inquiry.submit` raises.
    """
    inquiry, at = await _mine(session, inquiry_id)
    files = await read_receipts(session, inquiry, receipts)
    inquiry.submit(text, files, session.actor, at, base=base)
    return inquiry


async def take_file(session: Session, inquiry_id: UUID, received: DocumentReceived) -> None:
    """A file arrived in the slot of an inquiry. Raises `NotFound`."""
    inquiry = await session.scalar(select(Inquiry).where(Inquiry.id == inquiry_id).with_for_update())
    if inquiry is None:
        raise NotFound
    inquiry.take_file(received.file_id)


async def take_up_inquiries(session: Session, as_of: datetime, limit: int) -> int:
    """Open the review of inquiries to which nothing can be added any more. Returns how many.

    All reasons are evaluated again (domain/lifecycle.md 3.5): one line for each bid, without a proposal.
    """
    submitted = await due(session, Inquiry, Inquiry.due_at, latest_missed(as_of), limit, Inquiry.state == SUBMITTED)
    bidders = [inquiry.bidder_id for inquiry in submitted]
    proposals: dict[UUID, list[Proposal]] = {bidder: [] for bidder in bidders}
    bids = await session.scalars(
        select(Bid).where(Bid.bidder_id.in_(bidders), Bid.state == BidState.DISQUALIFIED).order_by(Bid.id)
    )
    for bid in bids:
        proposals[bid.bidder_id].append(Proposal(bid.label, None, (), {"disqualified_for": bid.reasons}, bid.id))
    known = {each.id: each for each in await session.scalars(select(Bidder).where(Bidder.id.in_(bidders)))}
    rounds = {code: await session.get_one(Round, code) for code in {inquiry.round_code for inquiry in submitted}}
    until = {code: await work_until(session, Kind.INQUIRY, round_) for code, round_ in rounds.items()}

    def take_up(inquiry: Inquiry) -> None:
        inquiry.take_up()
        lines, bidder = proposals[inquiry.bidder_id], known[inquiry.bidder_id]
        session.add(ReviewCase(Kind.INQUIRY, bidder, lines, due_at=until[inquiry.round_code], at=as_of))

    return await each(session, submitted, take_up)


async def decide_inquiry(session: Session, case: ReviewCase, findings: Sequence[Finding]) -> None:
    """CMS decided: bids whose disqualification does not stand take part again, and the bidder is told of every bid."""
    inquiry = (
        await session.scalars(select(Inquiry).where(Inquiry.bidder_id == case.bidder_id).with_for_update())
    ).one()
    upheld = [finding for finding in findings if finding.outcome is Outcome.PASS]
    inquiry.decide(len(upheld), len(findings), session.at)
    await move_bids(session, upheld, "reinstate", lambda bid: bid.reinstate(session.at))
    bids = await session.scalars(select(Bid).where(Bid.id.in_([finding.bid_id for finding in findings])))
    places = {
        bid.id: Competition(category_code=bid.category_code, cba_code=bid.cba_code, label=bid.label) for bid in bids
    }
    rows = [
        InquiryRow(
            competition=places[finding.bid_id],
            upheld=finding.outcome is Outcome.PASS,
            explanation=UPHELD if finding.outcome is Outcome.PASS else DENIED,
        )
        for finding in findings
        if finding.bid_id
    ]
    if case.recommended_person is None:
        raise ValueError("a case that was recommended names who did")
    inquiry.say(telling.result_requested(inquiry, rows, case.recommended_person, session.at))


async def _mine(session: Session, inquiry_id: UUID) -> tuple[Inquiry, datetime]:
    """Return an inquiry of the actor's organization, locked, and the time once it is. Raises `NotFound`."""
    mine = (Inquiry.id == inquiry_id, Inquiry.organization_id == session.actor.organization_id)
    inquiry = await session.scalar(select(Inquiry).where(*mine).with_for_update())
    if inquiry is None:
        raise NotFound
    return inquiry, program_time.now()
