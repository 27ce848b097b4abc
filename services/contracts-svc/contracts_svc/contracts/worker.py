from chassis.database import Session
from chassis.kafka import Hears
from contracts_svc.contracts.use_cases import take_accepted_line
from events.bidding import STREAM, OfferLineAccepted

hears = Hears("contracts")


@hears(STREAM, OfferLineAccepted)
async def on_offer_line_accepted(event: OfferLineAccepted, session: Session) -> None:
    """A bidder accepted a contract for a competition: it becomes a line of the bidder's contract."""
    await take_accepted_line(session, event)
