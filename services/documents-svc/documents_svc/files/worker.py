from chassis.database import Session
from chassis.kafka import Hears
from documents_svc.files.use_cases import take_file
from events import contract_documents, contracts
from events.bidding import STREAM
from events.requirements import FileTaken

hears = Hears("documents")


@hears(STREAM, FileTaken)
async def on_file_taken(event: FileTaken, session: Session) -> None:
    """Whoever opened a slot has taken note of a file in it."""
    await take_file(session, event.file_id, event.taken_by_subject)


@hears(contracts.STREAM, contract_documents.FileTaken)
async def on_contract_file_taken(event: contract_documents.FileTaken, session: Session) -> None:
    """contracts-svc has taken note of a file in a slot it asked for."""
    await take_file(session, event.file_id, event.taken_by_subject)
