from datetime import datetime
from uuid import UUID

from chassis.database import Session
from events.bidding import BidRemoved, FinancialSummaryReleased
from events.documents import DocumentReceived, DocumentRejected
from events.identity import RoleGranted, RoleRejected, RoleRequested
from events.requirements import RequirementReceived
from notices_svc.activity.activity import ActivityEntry

DOCUMENTS = "document.view"
"""Permission to see what happened to a file."""
BIDS = "bid.view"
"""Permission to see what happened to a bid."""
MEMBERS = "member.view"
"""Permission to see who acts for the organization."""

_ROLE_LABELS = {
    "role-requested": "A role was requested",
    "role-granted": "A role was granted",
    "role-rejected": "A role request was rejected",
    "role-withdrawn": "A role request was withdrawn",
    "role-expired": "A role request expired",
}


async def record_received(session: Session, received: RequirementReceived) -> None:
    """A document was received in time."""
    session.add(
        ActivityEntry(
            organization_id=received.organization_id,
            kind="document-received",
            about=_about(received.file_id),
            label=received.label,
            permission=DOCUMENTS,
            occurred_at=received.received_at,
            details={"round": received.round_code, "document": received.document, "by_cdrd": received.by_cdrd},
        )
    )


async def record_bid_removed(session: Session, removed: BidRemoved) -> None:
    """A bid was taken out with its competition, or with its round."""
    session.add(
        ActivityEntry(
            organization_id=removed.organization_id,
            kind="bid-removed",
            about=f"bid:{removed.bid_id}",
            label=f"Taken out of the round: {removed.label}",
            permission=BIDS,
            occurred_at=removed.removed_at,
            details={"round": removed.round_code},
        )
    )


async def record_summary(session: Session, released: FinancialSummaryReleased) -> None:
    """The financial score summary may be seen, or was corrected: for those alone who may open it."""
    session.add(
        ActivityEntry(
            organization_id=released.organization_id,
            kind="summary-corrected" if released.corrected else "summary-released",
            about=f"financial-summary:{released.bidder_id}:{released.released_at.isoformat()}",
            label="Financial score summary: corrected" if released.corrected else "Financial score summary: released",
            permission=released.permission,
            occurred_at=released.released_at,
            details={"round": released.round_code},
        )
    )


async def record_late(session: Session, received: DocumentReceived) -> None:
    """A file arrived after the close: it is kept as evidence and does not count."""
    session.add(
        ActivityEntry(
            organization_id=received.organization_id,
            kind="document-late",
            about=_about(received.file_id),
            label="File received after the close",
            permission=DOCUMENTS,
            occurred_at=received.received_at,
            details={},
        )
    )


async def record_rejected(session: Session, rejected: DocumentRejected) -> None:
    """A received file failed a check."""
    session.add(
        ActivityEntry(
            organization_id=rejected.organization_id,
            kind="document-rejected",
            about=_about(rejected.file_id),
            label=rejected.reason,
            permission=DOCUMENTS,
            occurred_at=rejected.rejected_at,
            details={"code": rejected.code},
        )
    )


async def record_role(
    session: Session, told: RoleRequested | RoleGranted | RoleRejected, kind: str, at: datetime
) -> None:
    """Something happened to a role; whose it is, the list of members tells."""
    session.add(
        ActivityEntry(
            organization_id=told.organization_id,
            kind=kind,
            about=f"role-request:{told.membership_id}",
            label=_ROLE_LABELS.get(kind, "A role request came to nothing"),
            permission=MEMBERS,
            occurred_at=at,
            details={"role": told.role},
        )
    )


def _about(file_id: UUID) -> str:
    return f"file:{file_id}"
