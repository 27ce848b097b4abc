from fastapi import Request

from bidding_svc.dbids.importing import Column, columns_of, take_file
from bidding_svc.dbids.table import Forms
from bidding_svc.rounds.edge import RoundCode
from chassis.csv_import import OPENAPI, Outcome, arriving
from chassis.door import CurrentActor, ReadingSession, SliceRouter

IMPORT = "staff.dbids.import"

router = SliceRouter(prefix="/api/bidding", tags=["DBidS"])


@router.get("/rounds/{code}/dbids-imports/{forms}", permission=IMPORT)
async def read_columns(code: RoundCode, forms: Forms, session: ReadingSession) -> list[Column]:
    """Tell which columns a file of this round has, and how each is written."""
    return await columns_of(session, code, forms)


@router.post("/rounds/{code}/dbids-imports/{forms}", permission=IMPORT, streams=True, openapi_extra=OPENAPI)
async def import_forms(code: RoundCode, forms: Forms, request: Request, actor: CurrentActor) -> Outcome:
    """Take a CSV file of forms entered in DBidS, in place of its feed, by the same rules and until the same moment."""
    try:
        return await take_file(request.app.state.database, actor, code, forms, arriving(request))
    finally:
        request.app.state.wake()
