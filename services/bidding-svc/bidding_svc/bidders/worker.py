from bidding_svc.bidders import use_cases
from chassis.database import Session
from chassis.kafka import Hears
from events.identity import STREAM, OrganizationRegistered

hears = Hears("bidding")


@hears(STREAM, OrganizationRegistered)
async def on_organization_registered(event: OrganizationRegistered, session: Session) -> None:
    """An organization registered: it gets a bidder number in the rounds that take bidders."""
    await use_cases.register_organization(session, event)
