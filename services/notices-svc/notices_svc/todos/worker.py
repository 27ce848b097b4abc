from chassis.database import Session
from chassis.kafka import Hears
from events.bidding import STREAM, RequirementFulfilled, RequirementOpened, RequirementReopened
from notices_svc.todos import use_cases

hears = Hears("notices")


@hears(STREAM, RequirementOpened)
async def on_requirement_opened(event: RequirementOpened, session: Session) -> None:
    """A round asks a bidder for a document."""
    await use_cases.ask_for_document(session, event)


@hears(STREAM, RequirementFulfilled)
async def on_requirement_fulfilled(event: RequirementFulfilled, session: Session) -> None:
    """The bidder sent what was asked for."""
    await use_cases.document_sent(session, event)


@hears(STREAM, RequirementReopened)
async def on_requirement_reopened(event: RequirementReopened, session: Session) -> None:
    """What the bidder sent was rejected."""
    await use_cases.document_asked_again(session, event)
