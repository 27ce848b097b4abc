from chassis.database import Session
from chassis.kafka import Hears
from events import bidding, documents, identity
from events.bidding import BidRemoved, FinancialSummaryReleased
from events.documents import DocumentReceived, DocumentRejected
from events.identity import RoleGranted, RoleRejected, RoleRequested
from events.requirements import RequirementReceived
from notices_svc.activity import use_cases

hears = Hears("notices")


@hears(bidding.STREAM, RequirementReceived)
async def on_requirement_received(event: RequirementReceived, session: Session) -> None:
    """A required document arrived in time."""
    await use_cases.record_received(session, event)


@hears(bidding.STREAM, BidRemoved)
async def on_bid_removed(event: BidRemoved, session: Session) -> None:
    """A bid was taken out with its competition, or with its round."""
    await use_cases.record_bid_removed(session, event)


@hears(bidding.STREAM, FinancialSummaryReleased)
async def on_financial_summary_released(event: FinancialSummaryReleased, session: Session) -> None:
    """The officials of a bidder may see its financial score summary."""
    await use_cases.record_summary(session, event)


@hears(documents.STREAM, DocumentReceived)
async def on_document_received(event: DocumentReceived, session: Session) -> None:
    """A file arrived; one in time is told by whoever asked for it, a late one is told here."""
    if event.verdict == "late":
        await use_cases.record_late(session, event)


@hears(documents.STREAM, DocumentRejected)
async def on_document_rejected(event: DocumentRejected, session: Session) -> None:
    """A file failed its checks."""
    await use_cases.record_rejected(session, event)


@hears(identity.STREAM, RoleRequested)
async def on_role_requested(event: RoleRequested, session: Session) -> None:
    """Somebody asks for a role."""
    await use_cases.record_role(session, event, "role-requested", event.requested_at)


@hears(identity.STREAM, RoleGranted)
async def on_role_granted(event: RoleGranted, session: Session) -> None:
    """Somebody was given a role."""
    await use_cases.record_role(session, event, "role-granted", event.granted_at)


@hears(identity.STREAM, RoleRejected)
async def on_role_rejected(event: RoleRejected, session: Session) -> None:
    """A request for a role came to nothing."""
    await use_cases.record_role(session, event, f"role-{event.outcome}", event.rejected_at)
