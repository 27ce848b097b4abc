from bidding_svc.offers import use_cases
from chassis.database import Session
from chassis.kafka import Hears
from events.contracts import STREAM, ContractExecuted

hears = Hears("bidding")


@hears(STREAM, ContractExecuted)
async def on_contract_executed(event: ContractExecuted, session: Session) -> None:
    """CMS has signed a contract: the accepted lines it was made of are contracts now."""
    await use_cases.note_signed(session, event)
