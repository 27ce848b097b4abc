"""What each consumer reads: the fields it would miss. Compared with what the speakers promise (the golden schemas).

A consumer's line here is its side of the agreement: a speaker that wants to drop or change a field sees who needs it.
"""

from collections.abc import Mapping

from events import (
    bidding,
    breaches,
    chat,
    contract_documents,
    contracts,
    dbids,
    documents,
    enrolment,
    form_c,
    identity,
    information,
    notices,
    offers,
    records,
    requirements,
    rounds,
)
from events.envelope import Event

Reads = Mapping[type[Event], frozenset[str]]

_KEY = frozenset({"kid", "public_jwk", "not_before", "not_after", "use"})

_EVERY_SERVICE: Reads = {
    identity.SigningKeyPublished: _KEY,
    documents.SigningKeyPublished: _KEY,
    identity.SessionRevoked: frozenset({"session_id", "revoked_at"}),
    identity.PersonRemoved: frozenset({"person_id", "organization_id", "removed_at"}),
}

_FILE = frozenset({"file_id", "slot_id", "slot_subject", "organization_id"})
_NOTICE = frozenset({"notice_id", "organization_id", "about"})
_ROLE = frozenset({"membership_id", "organization_id", "role"})

READERS: Mapping[str, Reads] = {
    "identity": {
        **_EVERY_SERVICE,
        enrolment.RecordReported: frozenset(enrolment.RecordReported.model_fields),
        chat.ChatMessageLeft: frozenset({"number", "topic"}),
    },
    "bidding": {
        **_EVERY_SERVICE,
        identity.OrganizationRegistered: frozenset({"organization_id", "legal_business_name", "ptan"}),
        bidding.EvaluationRequested: frozenset({"run_id"}),
        enrolment.EnrolmentState: frozenset(enrolment.EnrolmentState.model_fields),
        dbids.FormAEntered: frozenset(dbids.FormAEntered.model_fields),
        dbids.BidEntered: frozenset(dbids.BidEntered.model_fields),
        documents.SlotOpened: frozenset({"slot_id", "slot_subject", "organization_id", "opens_at", "closes_at"}),
        documents.DocumentReceived: _FILE | {"received_at"},
        documents.DocumentRejected: _FILE,
        documents.SlotSettled: frozenset({"slot_id", "slot_subject", "organization_id", "closes_at", "settled_at"}),
        notices.NoticeIssued: _NOTICE | {"issued_at", "due_at"},
        notices.NoticeResponded: _NOTICE | {"responded_at"},
        notices.NoticeOverdue: _NOTICE,
        notices.NoticeReturned: _NOTICE,
        notices.NoticeRescinded: _NOTICE,
        contracts.ContractExecuted: frozenset({"line_ids"}),
        breaches.SupplierPrecluded: frozenset(
            {"preclusion_id", "organization_id", "precluded_from", "contract_number", "effective_on"}
        ),
    },
    "documents": {
        **_EVERY_SERVICE,
        requirements.SlotRequested: frozenset(requirements.SlotRequested.model_fields),
        requirements.FileTaken: frozenset({"file_id", "slot_id", "organization_id", "taken_by_subject"}),
        records.RecordsClosed: frozenset(records.RecordsClosed.model_fields),
        contract_documents.SlotRequested: frozenset(contract_documents.SlotRequested.model_fields),
        contract_documents.FileTaken: frozenset({"file_id", "slot_id", "organization_id", "taken_by_subject"}),
    },
    "contracts": {
        **_EVERY_SERVICE,
        offers.OfferLineAccepted: frozenset(offers.OfferLineAccepted.model_fields),
        offers.OfferLineRescinded: frozenset({"line_id", "bidder_id", "rescinded_at"}),
        documents.DocumentReceived: _FILE | {"received_at", "sha256", "verdict"},
        documents.DocumentRejected: _FILE,
        documents.SlotSettled: frozenset({"slot_id", "slot_subject", "organization_id", "closes_at"}),
        enrolment.EnrolmentState: frozenset(enrolment.EnrolmentState.model_fields),
        contracts.BreachSuspected: frozenset(contracts.BreachSuspected.model_fields),
        notices.NoticeIssued: _NOTICE | {"issued_at"},
        rounds.RoundState: frozenset(
            {"round_code", "name", "phase", "rule_set", "calendar", "categories", "cbas", "closings", "changed_at"}
        ),
    },
    "notices": {
        **_EVERY_SERVICE,
        identity.RoleRequested: _ROLE | {"decided_with", "requested_at", "due_at"},
        identity.RoleGranted: _ROLE | {"granted_at"},
        identity.RoleRejected: _ROLE | {"outcome", "rejected_at"},
        requirements.RequirementOpened: frozenset(
            {"requirement_id", "organization_id", "document", "label", "permission", "due_at"}
        ),
        requirements.RequirementReceived: frozenset(
            {
                "requirement_id",
                "organization_id",
                "round_code",
                "document",
                "label",
                "file_id",
                "received_at",
                "by_cdrd",
            }
        ),
        requirements.RequirementFulfilled: frozenset({"requirement_id", "organization_id", "fulfilled_at"}),
        requirements.RequirementRescheduled: frozenset(
            {"requirement_id", "organization_id", "due_at", "rescheduled_at"}
        ),
        requirements.RequirementReopened: frozenset({"requirement_id", "organization_id", "reopened_at"}),
        requirements.RequirementDropped: frozenset({"requirement_id", "organization_id", "dropped_at"}),
        bidding.FormAVoided: frozenset({"bidder_id", "organization_id", "permission", "due_at", "voided_at"}),
        bidding.FormAApproved: frozenset({"bidder_id", "organization_id", "approved_at"}),
        bidding.BidVoided: frozenset({"bid_id", "organization_id", "label", "permission", "due_at", "voided_at"}),
        bidding.BidSubmitted: frozenset({"bid_id", "organization_id", "submitted_at"}),
        bidding.BidWithdrawn: frozenset({"bid_id", "organization_id", "withdrawn_at"}),
        bidding.NoticePartPrepared: frozenset(bidding.NoticePartPrepared.model_fields),
        bidding.NoticeRequested: frozenset(bidding.NoticeRequested.model_fields),
        contracts.NoticeRequested: frozenset(contracts.NoticeRequested.model_fields),
        contracts.NoticeAnswered: frozenset({"notice_id", "organization_id", "answered_at"}),
        form_c.FormCOpened: frozenset({"report_id", "organization_id", "label", "permission", "due_at", "opened_at"}),
        form_c.FormCSubmitted: frozenset({"report_id", "organization_id", "submitted_at"}),
        form_c.FormCReopened: frozenset({"report_id", "organization_id", "due_at", "reopened_at"}),
        form_c.FormCClosed: frozenset({"report_id", "organization_id", "closed_at"}),
        information.InformationRequested: frozenset(information.InformationRequested.model_fields),
        information.InformationSettled: frozenset(information.InformationSettled.model_fields),
        bidding.NoticeAnswered: frozenset({"notice_id", "organization_id", "answered_at"}),
        bidding.NoticeDecided: frozenset({"notice_id", "organization_id", "outcome", "decided_at"}),
        rounds.RoundState: frozenset({"round_code", "name", "rule_set", "closings", "changed_at"}),
        identity.OrganizationNamed: frozenset({"organization_id", "legal_business_name"}),
        bidding.BidLapsed: frozenset({"bid_id", "organization_id", "closed_at"}),
        bidding.BidRemoved: frozenset({"bid_id", "organization_id", "round_code", "label", "removed_at"}),
        bidding.FormALocked: frozenset({"bidder_id", "organization_id", "locked_at"}),
        bidding.FinancialSummaryReleased: frozenset(bidding.FinancialSummaryReleased.model_fields),
        requirements.RequirementClosed: frozenset({"requirement_id", "organization_id", "closed_at"}),
        identity.ContactChangedV2: frozenset(identity.ContactChangedV2.model_fields),
        documents.DocumentReceived: _FILE | {"received_at", "verdict"},
        documents.DocumentRejected: _FILE | {"code", "reason", "rejected_at"},
    },
}


def readers_of(event: type[Event]) -> list[str]:
    """Return the consumers that hear an event."""
    return [consumer for consumer, reads in READERS.items() if event in reads]
