import asyncio
from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, UploadFile
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal import form_c_words
from portal.caller import Caller, SignedIn
from portal.form_c import by_period, grid_at
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render
from portal.row_errors import as_file, chunks
from portal.views.form_c import CERTIFICATIONS, FirstRow

router = APIRouter(prefix="/staff/form-c")
API = "/api/contracts/form-c-work"
QUEUE = "/staff/form-c/added-products"


class Act(BaseModel):
    """The form of a decision, with the version as it was shown."""

    version: str = "0"
    idempotency_key: str = ""
    why: str = ""
    verdict: str = ""
    remark: str = ""


@router.get("")
async def work_list(caller: SignedIn, state: str = "", late: str = "", after: str | None = None) -> Response:
    """Reports by their due date, those that were late where asked; how many of each period stand where."""
    only_late = "true" if late else None
    frame, listed, totals = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(API, state=state or None, late=only_late, after=after),
        caller.gateway.get_or_none(f"{API}/totals"),
    )
    chosen = {name: value for name, value in (("state", state), ("late", only_late)) if value}
    return render(
        caller.request,
        "pages/form_c_work.html",
        frame=frame,
        listed=listed,
        periods=None if totals is None else by_period(totals["totals"]),
        state=state,
        late=bool(late),
        after=after,
        address=f"/staff/form-c?{urlencode(chosen)}" if chosen else "/staff/form-c",
        words=form_c_words,
    )


@router.get("/added-products")
async def queue(caller: SignedIn, state: str = "", after: str | None = None, done: str = "") -> Response:
    """Products that suppliers added, oldest first."""
    return await _queue(caller, state=state, after=after, done=done)


@router.post("/added-products/{added_id}")
async def screen(added_id: UUID, caller: SignedIn, form: Annotated[Act, Form()]) -> Response:
    """Say whether an added product is coded correctly."""
    headers = deciding(form.idempotency_key, form.version)
    body = {"verdict": form.verdict, "remark": form.remark}
    try:
        answer = await caller.gateway.call(
            "POST", f"{API}/added-products/{added_id}/screening", json=body, headers=headers
        )
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        for entry in problem.fields:
            entry["path"] = f"{entry.get('path', '')}-{added_id}"
        return await _queue(caller, problem=problem, typed={str(added_id): form.remark})
    return RedirectResponse(f"{QUEUE}?done={len(answer.json()['products'])}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/product-list")
async def product_list(caller: SignedIn) -> Response:
    """Where the coding contractor's products are brought in."""
    return await _import(caller)


@router.post("/product-list")
async def take_products(caller: SignedIn, file: UploadFile | None = None) -> Response:
    """Pass the list on, and show what became of each row that was not taken."""
    try:
        if file is None or not file.filename:
            fields = [{"path": "file", "message": "Choose a file."}]
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, fields=fields)  # noqa: TRY301  answered as the API's are
        answer = await caller.gateway.stream(f"{API}/product-imports", chunks(file), {"content-type": "text/csv"})
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _import(caller, problem=problem)
    return await _import(caller, outcome=answer.json())


@router.get("/{report_id}")
async def report(
    report_id: UUID, caller: SignedIn, row: FirstRow = 1, after: str | None = None, done: str = ""
) -> Response:
    """One report: what it says, as it was certified each time, and what can be decided now."""
    return await _report(caller, report_id, row=row, after=after, done=done)


@router.post("/{report_id}/{act}")
async def decide(
    report_id: UUID, act: Literal["acceptance", "return"], caller: SignedIn, form: Annotated[Act, Form()]
) -> Response:
    """Accept a report, or return it with what is to be corrected."""
    options: dict[str, Any] = {"json": {"why": form.why}} if act == "return" else {}
    headers = deciding(form.idempotency_key, form.version)
    try:
        await caller.gateway.call("POST", f"{API}/{report_id}/{act}", headers=headers, **options)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _report(caller, report_id, problem=problem, why=form.why)
    return RedirectResponse(f"/staff/form-c/{report_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


async def _report(
    caller: Caller,
    report_id: UUID,
    *,
    row: int = 1,
    after: str | None = None,
    done: str = "",
    problem: Problem | None = None,
    why: str = "",
) -> Response:
    path = f"{API}/{report_id}"
    frame, told, certified = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(path),
        caller.gateway.get(f"{path}/certifications", after=after, limit=CERTIFICATIONS),
    )
    return render(
        caller.request,
        "pages/form_c_work_report.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        report=told,
        grid=grid_at(told, row),
        certified=certified,
        after=after,
        done=done,
        problem=problem,
        why=why,
        words=form_c_words,
    )


async def _queue(
    caller: Caller,
    *,
    state: str = "",
    after: str | None = None,
    done: str = "",
    problem: Problem | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    frame, listed = await asyncio.gather(
        frame_of(caller), caller.gateway.get(f"{API}/added-products", state=state or None, after=after)
    )
    return render(
        caller.request,
        "pages/form_c_queue.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        listed=listed,
        state=state,
        after=after,
        done=done if done.isdecimal() else "",
        problem=problem,
        typed=typed or {},
        fields=tuple(f"remark-{product['id']}" for product in listed["items"]),
        words=form_c_words,
    )


async def _import(caller: Caller, *, problem: Problem | None = None, outcome: Json | None = None) -> Response:
    return render(
        caller.request,
        "pages/form_c_products.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=await frame_of(caller),
        problem=problem,
        outcome=outcome,
        error_file=as_file(outcome) if outcome else "",
    )
