from bidding_svc.enrolment.use_cases import know_location, location_of
from bidding_svc.form_b.groups import compare_again
from chassis.database import Session
from chassis.kafka import Hears
from events.enrolment import STATE, EnrolmentState

hears = Hears("bidding")


@hears(STATE, EnrolmentState)
async def on_enrolment_state(event: EnrolmentState, session: Session) -> None:
    """An enrolled location stands like this now: questions as of a date are answered from it.

    Bids of its ownership group are compared anew, by the group that stood before as by the one that stands now.
    """
    stood = await location_of(session, event.ptan)
    before = stood.ownership_group if stood else None
    await know_location(session, event)
    if groups := {group for group in (before, event.ownership_group) if group}:
        await compare_again(session, event.ptan, groups, session.at)
