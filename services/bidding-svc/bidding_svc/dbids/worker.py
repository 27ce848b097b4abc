import structlog

from bidding_svc.dbids import taking
from chassis.database import Session
from chassis.kafka import Hears
from events.dbids import FEED, BidEntered, FormAEntered

hears = Hears("bidding")
log = structlog.get_logger()


@hears(FEED, FormAEntered)
async def on_form_a_entered(event: FormAEntered, session: Session) -> None:
    """A Form A was entered in DBidS."""
    try:
        await taking.take_form_a(session, event)
    except taking.EnteredTooLate:
        _refuse(session, event)


@hears(FEED, BidEntered)
async def on_bid_entered(event: BidEntered, session: Session) -> None:
    """A bid was entered in DBidS."""
    try:
        await taking.take_bid(session, event)
    except taking.EnteredTooLate:
        _refuse(session, event)


def _refuse(session: Session, event: FormAEntered | BidEntered) -> None:
    """Keep the evidence of what came too late; it changes nothing, and holds up nothing that follows."""
    session.audit(
        "dbids.refuse",
        event.bidder_number,
        after={"type": event.TYPE, "version": event.version, "entered_at": event.entered_at.isoformat()},
        reason="entered or told too late",
    )
