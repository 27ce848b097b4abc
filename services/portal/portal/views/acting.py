from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from portal.caller import SignedIn, pass_cookies

router = APIRouter()


@router.post("/acting-organization")
async def act_for(caller: SignedIn, organization_id: Annotated[str, Form()]) -> Response:
    """Act for another of the person's organizations from now on; the browser gets the token for it."""
    answer = await caller.gateway.call(
        "POST",
        "/api/identity/acting-organization",
        json={"organization_id": organization_id},
    )
    pass_cookies(caller.request, answer.headers.get_list("set-cookie"))
    return RedirectResponse("/home", status_code=HTTPStatus.SEE_OTHER)
