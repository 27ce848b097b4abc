from bidding_svc.evaluation import use_cases
from chassis.database import Session
from chassis.kafka import Hears
from events.bidding import STREAM, EvaluationRequested

hears = Hears("bidding")


@hears(STREAM, EvaluationRequested)
async def on_evaluation_requested(event: EvaluationRequested, session: Session) -> None:
    """Somebody asked for an evaluation: it starts, and goes on in steps of its own."""
    await use_cases.start_run(session, event)
