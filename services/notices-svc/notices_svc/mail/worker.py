from chassis.database import Session
from chassis.kafka import Hears
from events.identity import CONTACTS, ContactChangedV2
from notices_svc.mail.contact import know_contact

hears = Hears("notices")


@hears(CONTACTS, ContactChangedV2)
async def on_contact_changed(event: ContactChangedV2, session: Session) -> None:
    """Somebody is reached elsewhere, or not at all any more, or may see other things."""
    await know_contact(session, event)
