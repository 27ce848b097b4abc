import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal import contract_words, drafts
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem
from portal.pages import render

router = APIRouter(prefix="/contracts/{contract_id}/location-change")
API = "/api/contracts/location-changes"
FIELDS = ("action", "lines", "comes", "goes", "goes_on", "why", "remark")
ADDS, REMOVES = ("add", "move"), ("remove", "move")


class Wanted(BaseModel):
    """The form of a location change, step by step; `replaces` is the draft that it began from."""

    step: str = "what"
    idempotency_key: str = ""
    replaces: str = ""
    action: str = ""
    lines: list[str] = []
    comes: str = ""
    goes: str = ""
    goes_on: str = ""
    why: str = ""
    remark: str = ""

    @property
    def asked(self) -> dict[str, Any]:
        """The body of the call: only what this kind of change has."""
        return {
            "lines": self.lines,
            "comes": self.comes.strip() if self.action in ADDS else None,
            "goes": self.goes if self.action in REMOVES else None,
            "goes_on": (self.goes_on or None) if self.action in REMOVES else None,
            "why": self.why,
            "remark": self.remark,
            "replaces": self.replaces or None,
        }


@router.get("")
async def begin(contract_id: UUID, caller: SignedIn, draft: UUID | None = None) -> Response:
    """Step 1: what is to change, and for which competitions; from a draft where there is one."""
    kept = drafts.kept_form(caller.request)
    if kept:
        wanted = Wanted.model_validate({**kept, "lines": kept.getlist("lines")})
        response = await _page(caller, contract_id, wanted, step="where" if wanted.lines else "what")
        drafts.drop(response, caller.request.url.path)
        return response
    wanted = _of_draft(await caller.gateway.get(f"{API}/requests/{draft}")) if draft else Wanted()
    return await _page(caller, contract_id, wanted, step="what")


@router.post("")
async def go_on(contract_id: UUID, caller: SignedIn, form: Annotated[Wanted, Form()]) -> Response:
    """Go to step 2; or keep what was asked there as a draft, and go on to review it."""
    missing = _missing(form)
    if missing:
        return await _page(caller, contract_id, form, step="what", problem=missing)
    if form.step != "draft":
        return await _page(caller, contract_id, form, step="where")
    missing = _missing_where(form)
    if missing:
        return await _page(caller, contract_id, form, step="where", problem=missing)
    try:
        drafted = await caller.gateway.call(
            "POST",
            API,
            json={"contract_id": str(contract_id), **form.asked},
            headers={"idempotency-key": form.idempotency_key},
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, contract_id, form, step="where", problem=problem)
    request_id = drafted.json()["request_id"]
    return RedirectResponse(f"/location-changes/{request_id}/review", status_code=HTTPStatus.SEE_OTHER)


async def _page(
    caller: Caller, contract_id: UUID, wanted: Wanted, *, step: str, problem: Problem | None = None
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"/api/contracts/contracts/{contract_id}"))
    return render(
        caller.request,
        "pages/location_request.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        contract=told,
        wanted=wanted,
        step=step,
        standing=_standing(told, wanted.lines),
        problem=problem,
        fields=FIELDS,
        adds=ADDS,
        removes=REMOVES,
        words=contract_words,
    )


def _standing(contract: Json, lines: list[str]) -> list[tuple[str, str]]:
    """The locations of these lines for which no end is set, to choose one that goes."""
    ptans = {
        location["ptan"]
        for line in contract["lines"]
        if line["line_id"] in lines
        for location in line["locations"]
        if location["effective_to"] is None
    }
    return [(ptan, f"PTAN {ptan}") for ptan in sorted(ptans)]


def _of_draft(told: Json) -> Wanted:
    ptans = {change["action"]: change["ptan"] for change in told["changes"]}
    first, goes_on = told["changes"][0], [change["requested_on"] for change in told["changes"]]
    return Wanted(
        replaces=told["request_id"] if first["state"] == "DRAFT" else "",
        action="move" if len(ptans) == len(("add", "remove")) else first["action"],
        lines=list(dict.fromkeys(change["line_id"] for change in told["changes"])),
        comes=ptans.get("add", ""),
        goes=ptans.get("remove", ""),
        goes_on=next((day for day in goes_on if day), ""),
        why=first["why"],
        remark=told["remark"],
    )


def _missing(form: Wanted) -> Problem | None:
    told = {}
    if form.action not in contract_words.ACTIONS:
        told["action"] = "Choose what is to change."
    if not form.lines:
        told["lines"] = "Choose at least one competition."
    return _as_problem(told)


def _missing_where(form: Wanted) -> Problem | None:
    told = {}
    if form.action in ADDS and not form.comes.strip():
        told["comes"] = "Write the PTAN of the location that comes."
    if form.action in REMOVES and not form.goes:
        told["goes"] = "Choose the location that goes."
    if not form.why:
        told["why"] = "Choose a reason."
    return _as_problem(told)


def _as_problem(told: dict[str, str]) -> Problem | None:
    if not told:
        return None
    fields = [{"path": name, "message": message} for name, message in told.items()]
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=fields)
