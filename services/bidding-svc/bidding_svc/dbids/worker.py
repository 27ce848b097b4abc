from bidding_svc.dbids import taking
from chassis.database import Session
from chassis.kafka import Hears
from events.dbids import FEED, BidEntered, FormAEntered

hears = Hears("bidding")


@hears(FEED, FormAEntered)
async def on_form_a_entered(event: FormAEntered, session: Session) -> None:
    """A Form A was entered in DBidS."""
    await _take(session, event)


@hears(FEED, BidEntered)
async def on_bid_entered(event: BidEntered, session: Session) -> None:
    """A bid was entered in DBidS."""
    await _take(session, event)


async def _take(session: Session, event: FormAEntered | BidEntered) -> None:
    try:
        await taking.take(session, event)
    except taking.EnteredTooLate:
        taking.note_too_late(session, event)
