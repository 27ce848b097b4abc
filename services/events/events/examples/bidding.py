from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from events import bidding, offers, records, requirements
from events.examples import _story as story
from events.notice_fields import (
    CdrdFields,
    Competition,
    NoticeSlot,
    NoticeSubject,
    PbeCheck,
    PbeFields,
    PbeRow,
    ReviewedDocument,
)
from events.records_schedule import RecordsSchedule

DOCUMENT = "credit-report"
LABEL = "Credit report with a numerical score or rating"

BIDDER: dict[str, Any] = {
    "bidder_id": story.BIDDER,
    "organization_id": story.ORGANIZATION,
    "round_code": "R2021",
}
BID: dict[str, Any] = BIDDER | {
    "bid_id": story.BID,
    "category_code": "OTSK",
    "cba_code": "baltimore-columbia-towson-md",
    "label": "OTS knee braces, Baltimore-Columbia-Towson, MD",
}
LINE: dict[str, Any] = BIDDER | {
    "line_id": story.LINE,
    "category_code": "OTSK",
    "cba_code": "baltimore-columbia-towson-md",
    "label": "OTS knee braces, Baltimore-Columbia-Towson, MD",
}

BOND: dict[str, Any] = BIDDER | {
    "bond_id": UUID("0199c0de-0000-7000-8000-0000000b09d0"),
    "cba_code": "baltimore-columbia-towson-md",
}
ANNOUNCED = datetime(2020, 11, 20, 15, tzinfo=UTC)

EXAMPLES = (
    bidding.BidderNumbered(
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        bidder_number="1000234",
        numbered_at=story.WINDOW_OPENS,
    ),
    requirements.RequirementOpened(
        requirement_id=story.REQUIREMENT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        document=DOCUMENT,
        label=LABEL,
        covered=True,
        slot_id=story.SLOT,
        permission="document.upload",
        due_at=story.WINDOW_CLOSES,
        cdrd_at=story.CDRD,
    ),
    requirements.RequirementRescheduled(
        requirement_id=story.REQUIREMENT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        document=DOCUMENT,
        due_at=story.EXTENDED,
        cdrd_at=story.CDRD,
        rescheduled_at=story.LATER,
    ),
    bidding.CompetitionRemoved(
        round_code="R2021",
        category_code="NIVE",
        cba_code="baltimore-columbia-towson-md",
        reason="Ventilators are needed without delay.",
        removed_at=story.LATER,
    ),
    requirements.SlotRequested(
        slot_id=story.SLOT,
        slot_subject=story.SLOT_SUBJECT,
        organization_id=story.ORGANIZATION,
        upload_permission="document.upload",
        read_permission="document.view",
        staff_read_permission="staff.document.view",
        label=LABEL,
        accepted_types=("application/pdf",),
        max_bytes=50 * 1024 * 1024,
        max_files=20,
        opens_at=story.WINDOW_OPENS,
        closes_at=story.WINDOW_CLOSES,
        records="R2021",
    ),
    records.RecordsClosed(
        records="R2021",
        closed_at=datetime(2024, 1, 1, 5, tzinfo=UTC),
        schedule=RecordsSchedule(),
    ),
    requirements.FileTaken(
        file_id=story.FILE,
        slot_id=story.SLOT,
        organization_id=story.ORGANIZATION,
        taken_by_subject=story.SLOT_SUBJECT,
    ),
    requirements.RequirementReceived(
        requirement_id=story.REQUIREMENT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        document=DOCUMENT,
        label=LABEL,
        file_id=story.FILE,
        received_at=story.RECEIVED,
        by_cdrd=True,
    ),
    requirements.RequirementFulfilled(
        requirement_id=story.REQUIREMENT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        document=DOCUMENT,
        fulfilled_at=story.RECEIVED,
    ),
    requirements.RequirementDropped(
        requirement_id=story.REQUIREMENT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        document=DOCUMENT,
        dropped_at=story.LATER,
    ),
    requirements.RequirementReopened(
        requirement_id=story.REQUIREMENT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        document=DOCUMENT,
        reopened_at=story.RECEIVED,
    ),
    requirements.RequirementClosed(
        requirement_id=story.REQUIREMENT,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        document=DOCUMENT,
        outcome="missing",
        closed_at=story.WINDOW_CLOSES,
    ),
    bidding.FormAApproved(**BIDDER, approved_at=story.RECEIVED),
    bidding.FormAVoided(**BIDDER, permission="form_a.approve", due_at=story.WINDOW_CLOSES, voided_at=story.LATER),
    bidding.FormALocked(**BIDDER, approved=True, locked_at=story.WINDOW_CLOSES),
    bidding.BidSubmitted(**BID, submitted_at=story.RECEIVED),
    bidding.BidVoided(**BID, permission="form_b.certify", due_at=story.WINDOW_CLOSES, voided_at=story.LATER),
    bidding.BidWithdrawn(**BID, withdrawn_at=story.LATER),
    bidding.EvaluationRequested(
        run_id=UUID("0199c0de-0000-7000-8000-0000000e7a10"), round_code="R2021", requested_at=story.WINDOW_CLOSES
    ),
    bidding.FinancialSummaryReleased(
        **BIDDER, permission="financial_summary.view", corrected=False, released_at=story.LATER
    ),
    bidding.BidReceived(**BID, received_at=story.WINDOW_CLOSES),
    bidding.BidLapsed(**BID, reason="not-certified", closed_at=story.WINDOW_CLOSES),
    bidding.BidRemoved(**BID, removed_at=story.LATER),
    offers.OfferLineAccepted(
        line_id=story.LINE,
        bidder_id=story.BIDDER,
        organization_id=story.ORGANIZATION,
        legal_business_name=story.COMPANY,
        bidder_number="1000234",
        round_code="R2021",
        period_starts_on=date(2021, 1, 1),
        period_ends_on=date(2023, 12, 31),
        category_code="OTSK",
        cba_code="baltimore-columbia-towson-md",
        label="OTS knee braces, Baltimore-Columbia-Towson, MD",
        locations=(story.PTAN,),
        prices=(
            offers.SinglePayment(hcpcs="L1832", amount=54_321),
            offers.SinglePayment(hcpcs="L1833", amount=48_000),
        ),
        accepted_at=datetime(2020, 11, 11, 1, 59, 59, tzinfo=UTC),
        accepted_by=story.PERSON,
    ),
    offers.BondVerified(**BOND, verified_at=story.LATER),
    offers.BondRejected(**BOND, elements=("bnd-2", "bnd-8"), rejected_at=story.LATER),
    offers.BondForfeitureOpened(**BOND, opened_at=datetime(2020, 11, 11, 1, 59, 59, tzinfo=UTC)),
    offers.BondForfeited(**BOND, forfeited_at=ANNOUNCED),
    offers.BondReturned(**BOND, returned_at=ANNOUNCED),
    offers.BondFalsified(**BOND, bar="this-and-next-round", falsified_at=ANNOUNCED),
    offers.OfferLineDeclined(
        **LINE,
        offered_at=story.AWARDED,
        at_or_below_median=True,
        lapsed=False,
        declined_at=datetime(2020, 11, 11, 1, 59, 59, tzinfo=UTC),
    ),
    offers.OfferLineRescinded(**LINE, rescinded_at=story.SUPPLIERS_ANNOUNCED),
    bidding.NoticePartPrepared(
        notice_id=story.NOTICE,
        organization_id=story.ORGANIZATION,
        part=2,
        fields=PbeFields(
            bidder_number="1000234",
            closed_at=story.WINDOW_CLOSES,
            checks=(PbeCheck(check="bond-present", label="Bid surety bond"),),
            rows=(
                PbeRow(
                    competition=Competition(
                        category_code=LINE["category_code"], cba_code=LINE["cba_code"], label=LINE["label"]
                    ),
                    met=("bond-present",),
                ),
            ),
        ),
    ),
    bidding.NoticeRequested(
        notice_id=story.NOTICE,
        organization_id=story.ORGANIZATION,
        round_code="R2021",
        about=NoticeSubject(kind="review", id=story.REVIEW),
        requested_by=story.ANALYST,
        requested_at=story.REVIEWED,
        fields=CdrdFields(
            bidder_number="1000234",
            documents=(
                ReviewedDocument(document="income-statement", label="Income statement", received=True),
                ReviewedDocument(document=DOCUMENT, label=LABEL, received=False),
            ),
        ),
        slots=(NoticeSlot(slot_id=story.SLOT, document=DOCUMENT, label=LABEL),),
    ),
    bidding.NoticeAnswered(notice_id=story.NOTICE, organization_id=story.ORGANIZATION, answered_at=story.ANSWERED),
    bidding.NoticeDecided(
        notice_id=story.NOTICE,
        organization_id=story.ORGANIZATION,
        outcome="satisfied",
        decided_at=story.NOTICE_DUE,
    ),
    bidding.BidDisqualified(**BID, reasons=("fin-doc-missing",), disqualified_at=story.LATER),
    bidding.BidCleared(**BID, cleared_at=story.LATER),
)
