from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from portal import caller as callers
from portal.caller import SignedIn

router = APIRouter()


@router.post("/acting-organization")
async def act_for(caller: SignedIn, organization_id: Annotated[str, Form()]) -> Response:
    """Act for another of the person's organizations from now on."""
    await callers.act_for(caller, organization_id)
    return RedirectResponse("/home", status_code=HTTPStatus.SEE_OTHER)
