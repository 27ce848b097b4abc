from bidding_svc.enrolment.use_cases import know_location
from chassis.database import Session
from chassis.kafka import Hears
from events.enrolment import STATE, EnrolmentState

hears = Hears("bidding")


@hears(STATE, EnrolmentState)
async def on_enrolment_state(event: EnrolmentState, session: Session) -> None:
    """An enrolled location stands like this now: questions as of a date are answered from it."""
    await know_location(session, event)
