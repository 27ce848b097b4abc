"""Substantiate your bid: what is asked, and what follows (domain/lifecycle.md 3.4, 4.3; 42 CFR 414.414(b)(4))."""

from collections.abc import Sequence

from bidding_svc.disqualification.reason import Reason
from bidding_svc.form_b.lifecycle import BidState
from bidding_svc.reviews.case import Finding, Proposal, ReviewCase
from bidding_svc.reviews.findings import NothingToAsk, bids_of, disqualify_failed, move_bids
from bidding_svc.reviews.kinds import Outcome
from chassis.database import Session
from events.notice_fields import BfbFields, Competition, QuestionedBid

EVIDENCE = "Evidence for your bid amounts"
QUESTION = (
    "How was this amount built? Tell the direct and indirect costs of the lead item and the other items of the "
    "category, the use you expect, and your profit. The amount itself cannot change."
)
STANDS = (BidState.RECEIVED, BidState.BFB_PENDING)
TO_SEND = (
    "A narrative of how each amount was built",
    "Evidence such as invoices or quotes for the items",
)


async def ask(session: Session, case: ReviewCase, findings: Sequence[Finding]) -> None:
    """Ask the bidder to substantiate the amounts in question. Raises `NothingToAsk` where none of them stands."""
    bids = await bids_of(session, _asked(findings))
    questioned = [
        QuestionedBid(
            competition=Competition(category_code=bid.category_code, cba_code=bid.cba_code, label=bid.label),
            lead_item=str(finding.inputs["lead_item"]),
            amount=int(finding.inputs["amount_cents"]),
            question=QUESTION,
        )
        for finding in _asked(findings)
        if finding.bid_id and (bid := bids[finding.bid_id]).state in STANDS
    ]
    if not questioned:
        raise NothingToAsk
    fields = BfbFields(bidder_number=case.bidder_number, bids=tuple(questioned), to_send=TO_SEND)
    case.ask_the_bidder(fields, session.at, evidence=EVIDENCE)


async def issued(session: Session, case: ReviewCase, findings: Sequence[Finding]) -> None:
    """The notice is issued: the bids asked about wait, and evidence may be sent until the answer is due."""
    await move_bids(session, _asked(findings), "ask to substantiate", lambda bid: bid.ask_to_substantiate(session.at))
    case.open_evidence_slot(EVIDENCE, "bfb", session.at)


async def due(_session: Session, case: ReviewCase, findings: Sequence[Finding]) -> None:
    """No more answers. Without one an amount is not substantiated; an answer is read by a person."""
    for finding in _asked(findings):
        unanswered = case.answered_at is None
        outcome, reasons = (Outcome.FAIL, (Reason.NOT_BONA_FIDE,)) if unanswered else (None, ())
        finding.propose(Proposal(finding.label, outcome, reasons, finding.inputs | {"answered": not unanswered}))


async def decide(session: Session, _case: ReviewCase, findings: Sequence[Finding]) -> None:
    """What is not bona fide is disqualified; the others go on as they were received."""
    await disqualify_failed(session, findings, session.at)
    passed = [finding for finding in findings if finding.outcome is Outcome.PASS]
    await move_bids(session, passed, "accept amount", lambda bid: bid.accept_amount(session.at))


def _asked(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.outcome is Outcome.ASK]
