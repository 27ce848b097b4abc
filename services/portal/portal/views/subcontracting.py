import asyncio
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal import subcontracting_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render

router = APIRouter(prefix="/subcontracts")
API = "/api/contracts/subcontracts"


class Act(BaseModel):
    """The form of an act about one disclosure, with the version as it was shown."""

    version: str = "0"
    idempotency_key: str
    text: str = ""
    on: str = ""


@router.get("")
async def disclosures(caller: SignedIn, after: str | None = None) -> Response:
    """What the organization disclosed, latest first, and the contracts under which it may disclose."""
    frame, listed, contracts = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(API, after=after),
        caller.ask_if("contract.view", "/api/contracts/contracts"),
    )
    return render(
        caller.request,
        "pages/subcontracting.html",
        frame=frame,
        listed=listed,
        after=after,
        contracts=contracts["items"] if contracts else None,
        told_of={item["contract_id"] for item in listed["items"]},
        words=subcontracting_words,
    )


@router.get("/{disclosure_id}")
async def disclosure(disclosure_id: UUID, caller: SignedIn, done: str = "") -> Response:
    """One disclosure: where it stands, what was asked, what can be done now."""
    return await _page(caller, disclosure_id, done=done)


@router.post("/{disclosure_id}/answer")
async def answer(disclosure_id: UUID, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """Answer what was asked."""
    return await _act(caller, disclosure_id, "answer", form, {"text": form.text})


@router.post("/{disclosure_id}/ending")
async def end(disclosure_id: UUID, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """End an arrangement on a day."""
    return await _act(caller, disclosure_id, "ending", form, {"on": form.on})


async def _act(caller: Caller, disclosure_id: UUID, act: str, form: Act, told: Json) -> Response:
    headers = deciding(form.idempotency_key, form.version)
    try:
        await caller.gateway.call("POST", f"{API}/{disclosure_id}/{act}", headers=headers, json=told)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, disclosure_id, problem=problem, typed=form)
    return RedirectResponse(f"/subcontracts/{disclosure_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


async def _page(
    caller: Caller, disclosure_id: UUID, *, done: str = "", problem: Problem | None = None, typed: Act | None = None
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{disclosure_id}"))
    contract = await caller.ask_if("contract.view", f"/api/contracts/contracts/{told['contract_id']}")
    return render(
        caller.request,
        "pages/subcontracting_one.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        disclosure=told,
        labels={line["line_id"]: line["label"] for line in contract["lines"]} if contract else {},
        done=done,
        problem=problem,
        typed=typed,
        fields=("text", "on"),
        words=subcontracting_words,
    )
