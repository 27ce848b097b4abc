from chassis.database import Session
from chassis.kafka import Hears
from events.enrolment import FEED, RecordReported
from identity_adapter.enrolment.use_cases import take_over
from identity_adapter.members.officials import recheck_officials

hears = Hears("identity")


@hears(FEED, RecordReported)
async def on_record_reported(event: RecordReported, session: Session) -> None:
    """The bridge to the enrolment record reports how a location stands."""
    await take_over(session, [event])
    await recheck_officials(session, event.ptan)
