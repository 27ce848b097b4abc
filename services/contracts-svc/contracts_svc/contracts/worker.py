from chassis.database import Session
from chassis.kafka import Hears
from contracts_svc.contracts.use_cases import give_back_line, take_accepted_line
from events.bidding import STREAM
from events.offers import OfferLineAccepted, OfferLineRescinded

hears = Hears("contracts")


@hears(STREAM, OfferLineAccepted)
async def on_offer_line_accepted(event: OfferLineAccepted, session: Session) -> None:
    """A bidder accepted a contract for a competition: it becomes a line of the bidder's contract."""
    await take_accepted_line(session, event)


@hears(STREAM, OfferLineRescinded)
async def on_offer_line_rescinded(event: OfferLineRescinded, session: Session) -> None:
    """CMS took an accepted offer back before it signed: its line is no part of the contract."""
    await give_back_line(session, event)
