import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse, Response

from portal import drafts, subcontracting_words
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Json, Problem
from portal.pages import render
from portal.signing import FIELDS as SIGNATURE
from portal.signing import Signing
from portal.subcontracting import ALL_FIELDS, Arrangement, lacks, of_terms

router = APIRouter()
API = "/api/contracts/subcontracts"


@router.get("/contracts/{contract_id}/subcontract")
async def begin(contract_id: UUID, caller: SignedIn) -> Response:
    """The form of a new arrangement, and the statement to sign."""
    kept = _kept(caller)
    return _forgetting(caller, await _new(caller, contract_id, kept or Arrangement(), back=kept is not None))


@router.post("/contracts/{contract_id}/subcontract")
async def disclose(contract_id: UUID, caller: SignedIn, form: Annotated[Arrangement, Form()]) -> Response:
    """Disclose an arrangement under the person's signature."""
    problem = lacks(form)
    if problem is None:
        body = {"contract_id": str(contract_id), "terms": form.terms, "signature": form.typed}
        told = await _sent(caller, API, body, {"idempotency-key": form.idempotency_key})
        if not isinstance(told, Problem):
            return _to(told, "disclosed")
        problem = told
    return await _new(caller, contract_id, form, problem=problem)


@router.get("/contracts/{contract_id}/no-subcontractors")
async def begin_without(contract_id: UUID, caller: SignedIn) -> Response:
    """The statement that there are no subcontractors, to sign."""
    kept = _kept(caller)
    return _forgetting(caller, await _none(caller, contract_id, kept or Signing()))


@router.post("/contracts/{contract_id}/no-subcontractors")
async def disclose_none(contract_id: UUID, caller: SignedIn, signing: Annotated[Signing, Form()]) -> Response:
    """Disclose under the person's signature that there are no subcontractors."""
    body = {"contract_id": str(contract_id), "terms": None, "signature": signing.typed}
    told = await _sent(caller, API, body, {"idempotency-key": signing.idempotency_key})
    if isinstance(told, Problem):
        return await _none(caller, contract_id, signing, problem=told)
    return _to(told, "disclosed")


@router.get("/subcontracts/{disclosure_id}/change")
async def begin_change(disclosure_id: UUID, caller: SignedIn) -> Response:
    """The form of an arrangement as it is, to be changed."""
    kept = _kept(caller)
    return _forgetting(caller, await _changed(caller, disclosure_id, kept, back=kept is not None))


@router.post("/subcontracts/{disclosure_id}/change")
async def change(disclosure_id: UUID, caller: SignedIn, form: Annotated[Arrangement, Form()]) -> Response:
    """Disclose a change of an arrangement under the person's signature."""
    problem = lacks(form)
    if problem is None:
        body = {"terms": form.terms, "signature": form.typed}
        told = await _sent(caller, f"{API}/{disclosure_id}/change", body, form.headers)
        if not isinstance(told, Problem):
            return _to(told, "changed")
        problem = told
    return await _changed(caller, disclosure_id, form, problem=problem)


async def _sent(caller: Caller, path: str, body: Json, headers: dict[str, str]) -> Json | Problem:
    """The disclosure as it is now, or what the form is to be mended by."""
    try:
        told: Json = (await caller.gateway.call("POST", path, json=body, headers=headers)).json()
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return problem
    return told


def _to(disclosure: Json, done: str) -> Response:
    return RedirectResponse(f"/subcontracts/{disclosure['id']}?done={done}", status_code=HTTPStatus.SEE_OTHER)


async def _new(
    caller: Caller, contract_id: UUID, form: Arrangement, *, problem: Problem | None = None, back: bool = False
) -> Response:
    frame, contract, listed = await asyncio.gather(
        frame_of(caller), _contract(caller, contract_id), caller.gateway.get(API, limit=1)
    )
    return _form_page(
        caller,
        problem,
        frame=frame,
        contract=contract,
        statement=listed["statement"],
        form=form,
        change=None,
        back=back,
    )


async def _changed(
    caller: Caller, disclosure_id: UUID, form: Arrangement | None, *, problem: Problem | None = None, back: bool = False
) -> Response:
    """After a refusal the version is that which stands now: the person has read why."""
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{disclosure_id}"))
    if "change" not in told["allowed_actions"]:
        return RedirectResponse(f"/subcontracts/{disclosure_id}", status_code=HTTPStatus.SEE_OTHER)
    contract = await _contract(caller, told["contract_id"])
    form = form or of_terms(told["terms"], told["row_version"])
    if problem is not None:
        form = form.model_copy(update={"version": told["row_version"]})
    return _form_page(
        caller, problem, frame=frame, contract=contract, statement=told["statement"], form=form, change=told, back=back
    )


def _form_page(caller: Caller, problem: Problem | None, *, contract: Json, **values: Any) -> Response:
    return render(
        caller.request,
        "pages/subcontracting_form.html",
        status=problem.status if problem else HTTPStatus.OK,
        problem=problem,
        fields=ALL_FIELDS,
        contract=contract,
        competitions=[(line["line_id"], line["label"]) for line in contract["lines"]],
        words=subcontracting_words,
        **values,
    )


async def _none(caller: Caller, contract_id: UUID, signing: Signing, *, problem: Problem | None = None) -> Response:
    frame, contract, listed = await asyncio.gather(
        frame_of(caller), _contract(caller, contract_id), caller.gateway.get(API, limit=1)
    )
    return render(
        caller.request,
        "pages/subcontracting_none.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        contract=contract,
        statement=listed["statement"],
        signing=signing,
        problem=problem,
        fields=SIGNATURE,
    )


async def _contract(caller: Caller, contract_id: UUID | str) -> Json:
    contract: Json = await caller.gateway.get(f"/api/contracts/contracts/{contract_id}")
    return contract


def _kept(caller: Caller) -> Arrangement | None:
    kept = drafts.kept_form(caller.request)
    if kept is None:
        return None
    lists = {name: kept.getlist(name) for name in ("services", "lines")}
    return Arrangement.model_validate({**kept, **lists})


def _forgetting(caller: Caller, response: Response) -> Response:
    if caller.request.cookies.get(drafts.COOKIE):
        drafts.drop(response, caller.request.url.path)
    return response
