import asyncio
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from portal import contract_words, drafts
from portal.caller import Caller, SignedIn
from portal.frame import frame_of
from portal.gateway import Problem, deciding
from portal.pages import render
from portal.signing import FIELDS, Signing
from portal.views.contracts import pass_pdf

router = APIRouter(prefix="/staff/contracts")
API = "/api/contracts/administration"
ACTS = ("sending", "emergency-termination")


class Batch(Signing):
    """Contracts to sign, each named with the version that was read, as `id version`, and the signature under them."""

    contracts: list[str] = Field(default_factory=list)

    @property
    def body(self) -> dict[str, Any]:
        """What to send."""
        named = [entry.partition(" ") for entry in self.contracts]
        chosen = [{"contract_id": contract, "row_version": int(version or 0)} for contract, _, version in named]
        return {"contracts": chosen, "signature": self.typed}


@router.get("")
async def contracts(caller: SignedIn, state: str = "", after: str | None = None) -> Response:
    """Every contract, in the order they were begun."""
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get(API, state=state or None, after=after))
    return render(
        caller.request,
        "pages/staff_contracts.html",
        frame=frame,
        listed=listed,
        state=state,
        after=after,
        words=contract_words,
    )


@router.get("/to-sign")
async def to_sign(caller: SignedIn, after: str | None = None, signed: int = 0) -> Response:
    """The contracts that wait for a signature, to be signed in a batch."""
    kept = drafts.kept_form(caller.request)
    batch = Batch.model_validate({**kept, "contracts": kept.getlist("contracts")}) if kept else None
    response = await _queue(caller, after=after, signed=signed, batch=batch)
    if kept:
        drafts.drop(response, caller.request.url.path)
    return response


@router.post("/to-sign")
async def sign(caller: SignedIn, batch: Annotated[Batch, Form()]) -> Response:
    """Sign the chosen contracts on behalf of CMS: all of them, or none."""
    headers = {"idempotency-key": batch.idempotency_key}
    try:
        await caller.gateway.call("POST", f"{API}/signings", json=batch.body, headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _queue(caller, batch=batch, problem=problem)
    return RedirectResponse(f"/staff/contracts/to-sign?signed={len(batch.contracts)}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/to-be-sealed")
async def to_be_sealed(caller: SignedIn, after: str | None = None) -> Response:
    """What CMS signed or approved and whose sealed copy is not made yet."""
    frame, listed = await asyncio.gather(
        frame_of(caller), caller.gateway.get("/api/contracts/signed-contracts-inside", after=after)
    )
    return render(caller.request, "pages/staff_sealing.html", frame=frame, listed=listed, after=after)


@router.get("/{contract_id}")
async def contract(contract_id: UUID, caller: SignedIn, after: str | None = None, done: str = "") -> Response:
    """One contract: what it says, its versions, and what can be done with it now."""
    return await _page(caller, contract_id, after=after, done=done)


@router.post("/{contract_id}/{act}")
async def decide(contract_id: UUID, act: str, caller: SignedIn, form: Annotated[Signing, Form()]) -> Response:
    """Send a contract or its extension for signature; or end it in an emergency."""
    if act not in ACTS:
        raise Problem(HTTPStatus.NOT_FOUND)
    headers = deciding(form.idempotency_key, str(form.version))
    try:
        await caller.gateway.call("POST", f"{API}/{contract_id}/{act}", headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _page(caller, contract_id, problem=problem)
    return RedirectResponse(f"/staff/contracts/{contract_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{contract_id}/versions/{number}/signed.pdf")
async def signed_pdf(contract_id: UUID, number: int, caller: SignedIn) -> Response:
    """The CMS-signed contract, to keep."""
    return await pass_pdf(caller, f"/api/contracts/signed-contracts-inside/{contract_id}/{number}")


async def _queue(
    caller: Caller,
    *,
    after: str | None = None,
    signed: int = 0,
    batch: Batch | None = None,
    problem: Problem | None = None,
) -> Response:
    frame, queue = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/signings", after=after))
    return render(
        caller.request,
        "pages/staff_signing.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        queue=queue,
        after=after,
        signed=signed,
        batch=batch or Batch(),
        may_sign=caller.may("staff.contract.decide"),
        problem=problem,
        fields=(*FIELDS, "contracts"),
        words=contract_words,
    )


async def _page(
    caller: Caller, contract_id: UUID, *, after: str | None = None, done: str = "", problem: Problem | None = None
) -> Response:
    path = f"{API}/{contract_id}"
    frame, told, versions = await asyncio.gather(
        frame_of(caller), caller.gateway.get(path), caller.gateway.get(f"{path}/versions", after=after)
    )
    return render(
        caller.request,
        "pages/staff_contract.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        contract=told,
        versions=versions,
        after=after,
        done=done,
        problem=problem,
        words=contract_words,
    )
