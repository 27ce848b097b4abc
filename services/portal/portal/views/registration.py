import asyncio
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import BaseModel, SecretStr
from starlette.responses import RedirectResponse, Response

from portal import drafts
from portal.caller import Caller, SignedIn, act_for
from portal.frame import frame_of
from portal.gateway import Json, Problem
from portal.pages import render

router = APIRouter()
FIELDS = ("ptan", "role", "ssn", "birth_date")
PAGE = "/register"


class RoleWanted(BaseModel):
    """The form as it was typed. The service judges it; what must not be seen again is a secret here too."""

    idempotency_key: str
    ptan: str = ""
    role: str = ""
    ssn: SecretStr = SecretStr("")
    birth_date: SecretStr = SecretStr("")

    def as_asked(self) -> dict[str, str]:
        """Return what to ask of the service; an end user proves nothing."""
        wanted = {"ptan": self.ptan.strip(), "role": self.role}
        proof = {"ssn": self.ssn.get_secret_value().strip(), "birth_date": self.birth_date.get_secret_value()}
        return wanted | {name: value for name, value in proof.items() if value and self.role != "EU"}


@router.get("/register")
async def register_form(caller: SignedIn) -> Response:
    """Where somebody asks for a role: the PTAN, which role, and for an official what the enrolment record knows."""
    draft = drafts.kept(caller.request)
    response = await _form(caller, draft, draft_kept=bool(draft))
    if draft:
        drafts.drop(response, PAGE)
    return response


@router.post("/register")
async def register(caller: SignedIn, form: Annotated[RoleWanted, Form()]) -> Response:
    """Ask for a role. Number and birth date go on to be compared, and never come back in a page or a draft."""
    try:
        answer = await caller.gateway.call(
            "POST",
            "/api/identity/role-requests",
            json=form.as_asked(),
            headers={"idempotency-key": form.idempotency_key},
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _form(caller, {"ptan": form.ptan, "role": form.role}, problem=problem)
    asked: Json = answer.json()
    if asked["state"] == "ACTIVE" and asked["organization_id"]:
        await act_for(caller, asked["organization_id"])
        return RedirectResponse("/organization?welcome=1", status_code=HTTPStatus.SEE_OTHER)
    return RedirectResponse("/role-requests/mine?asked=1", status_code=HTTPStatus.SEE_OTHER)


@router.get("/role-requests/mine")
async def my_role_requests(caller: SignedIn, after: str | None = None, asked: int = 0, withdrawn: int = 0) -> Response:
    """What the person asked for, and what became of it; from here one acts for whoever granted a role."""
    frame, listed = await asyncio.gather(
        frame_of(caller), caller.gateway.get("/api/identity/role-requests/mine", after=after)
    )
    return render(
        caller.request,
        "pages/my_role_requests.html",
        frame=frame,
        listed=listed,
        after=after,
        asked=bool(asked),
        withdrawn=bool(withdrawn),
    )


@router.post("/role-requests/{request_id}/withdrawal")
async def withdraw(request_id: UUID, caller: SignedIn) -> Response:
    """Take back one's own request."""
    await caller.gateway.call("POST", f"/api/identity/role-requests/{request_id}/withdrawal")
    return RedirectResponse("/role-requests/mine?withdrawn=1", status_code=HTTPStatus.SEE_OTHER)


async def _form(
    caller: Caller, typed: dict[str, str], *, problem: Problem | None = None, draft_kept: bool = False
) -> Response:
    return render(
        caller.request,
        "pages/register.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=await frame_of(caller),
        typed=typed,
        problem=problem,
        draft_kept=draft_kept,
        fields=FIELDS,
    )
