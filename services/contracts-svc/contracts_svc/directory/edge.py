from fastapi import Request
from fastapi.responses import StreamingResponse

from chassis.csv_export import HEADERS
from chassis.database import Fence
from chassis.door import CurrentActor, SliceRouter
from contracts_svc.contracts.permissions import VIEW
from contracts_svc.directory.export import export
from contracts_svc.form_c.lifecycle import STAFF_VIEW

router = SliceRouter(prefix="/api/contracts", tags=["Supplier Directory"])

CSV = {200: {"description": "A row for each product and location", "content": {"text/csv": {}}}}


@router.get("/directory.csv", permission=VIEW, response_class=StreamingResponse, responses=CSV)
async def download_directory(request: Request, actor: CurrentActor) -> StreamingResponse:
    """Download the products of each contract location: a machine those of everybody, a supplier its own."""
    return _answer(request, Fence.of(actor))


@router.get("/directory-inside.csv", permission=STAFF_VIEW, response_class=StreamingResponse, responses=CSV)
async def download_directory_inside(request: Request, actor: CurrentActor) -> StreamingResponse:
    """Download the products of each contract location, of every supplier."""
    return _answer(request, Fence.of(actor))


def _answer(request: Request, fence: Fence) -> StreamingResponse:
    headers = HEADERS | {"Content-Disposition": 'attachment; filename="supplier-directory.csv"'}
    return StreamingResponse(export(request.app.state.database, fence), media_type="text/csv", headers=headers)
