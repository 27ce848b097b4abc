import asyncio
from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from portal import drafts, transfer_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem
from portal.pages import render
from portal.transfers import FIELDS, Wanted, lacks, of_draft

router = APIRouter()
API = "/api/contracts/transfers"
SUCCEED = "transfer.succeed"


@router.get("/contracts/{contract_id}/transfer")
async def begin(contract_id: UUID, caller: SignedIn, draft: UUID | None = None) -> Response:
    """The form by which a contract supplier tells of a change of ownership; from a draft where there is one."""
    return await _begun(caller, contract_id, draft)


@router.post("/contracts/{contract_id}/transfer")
async def keep(contract_id: UUID, caller: SignedIn, form: Annotated[Wanted, Form()]) -> Response:
    """Keep what was asked as a draft, and go on to review it."""
    return await _kept(caller, contract_id, form)


@router.get("/transfers/new")
async def begin_as_successor(caller: SignedIn, draft: UUID | None = None) -> Response:
    """The form by which the authorized official of a successor asks to take over a contract."""
    if not caller.may(SUCCEED):
        raise Problem(HTTPStatus.FORBIDDEN)
    return await _begun(caller, None, draft)


@router.post("/transfers/new")
async def keep_as_successor(caller: SignedIn, form: Annotated[Wanted, Form()]) -> Response:
    """Keep what the successor asked as a draft, and go on to review it."""
    return await _kept(caller, None, form)


async def _begun(caller: Caller, contract_id: UUID | None, draft: UUID | None) -> Response:
    kept = drafts.kept_form(caller.request)
    if kept:
        wanted = Wanted.model_validate({**kept, "lines": kept.getlist("lines")})
        response = await _page(caller, contract_id, wanted)
        drafts.drop(response, caller.request.url.path)
        return response
    wanted = of_draft(await caller.gateway.get(f"{API}/{draft}")) if draft else Wanted()
    return await _page(caller, contract_id, wanted)


async def _kept(caller: Caller, contract_id: UUID | None, form: Wanted) -> Response:
    problem = lacks(form, by_number=contract_id is None)
    if problem is not None:
        return await _page(caller, contract_id, form, problem)
    body = {
        "contract_id": str(contract_id) if contract_id else None,
        "contract_number": form.contract_number.strip(),
        "terms": form.terms,
        "replaces": form.replaces or None,
    }
    headers = {"idempotency-key": form.idempotency_key}
    try:
        drafted = await caller.gateway.call("POST", API, json=body, headers=headers)
    except Problem as refused:
        if not refused.is_about_the_form:
            raise
        return await _page(caller, contract_id, form, refused)
    return RedirectResponse(f"/transfers/{drafted.json()['id']}/review", status_code=HTTPStatus.SEE_OTHER)


async def _page(caller: Caller, contract_id: UUID | None, wanted: Wanted, problem: Problem | None = None) -> Response:
    contract = None
    if contract_id is None:
        frame = await frame_of(caller)
    else:
        frame, contract = await asyncio.gather(
            frame_of(caller), caller.gateway.get(f"/api/contracts/contracts/{contract_id}")
        )
    return render(
        caller.request,
        "pages/transfer_request.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        contract=contract,
        wanted=wanted,
        problem=problem,
        fields=FIELDS,
        words=transfer_words,
    )
