from chassis.database import Session
from chassis.kafka import Hears
from contracts_svc.program.round import know_round
from events.rounds import STATE, RoundState

hears = Hears("contracts")


@hears(STATE, RoundState)
async def on_round_state(event: RoundState, session: Session) -> None:
    """A round changed: its rule set and calendar are what its contracts live by."""
    await know_round(session, event)
