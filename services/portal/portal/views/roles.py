import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from portal.caller import SignedIn
from portal.frame import frame_of
from portal.pages import render
from portal.role_table import RoleTable

router = APIRouter()


@router.get("/roles")
async def roles(caller: SignedIn) -> Response:
    """Who may do what, as the contractor's published table shows it; staff see the inside roles too."""
    frame, table = await asyncio.gather(frame_of(caller), caller.gateway.get("/api/identity/roles"))
    shown = RoleTable.of(table, with_staff=frame.side == "staff")
    return render(caller.request, "pages/roles.html", frame=frame, table=shown)
