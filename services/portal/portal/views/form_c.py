import asyncio
from http import HTTPStatus
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from portal import drafts, form_c_words
from portal.caller import Caller, SignedIn
from portal.form_c import WILL_ORDER, Grid, grid_at, lacking, merged, name_the_cells, typed_grid
from portal.frame import frame_of
from portal.gateway import Json, Problem, deciding
from portal.pages import render
from portal.signing import FIELDS as SIGNATURE
from portal.signing import Signing

router = APIRouter(prefix="/form-c")
API = "/api/contracts/form-c"
CERTIFICATIONS = 5
"""How many certifications a page shows: each tells every item."""
FirstRow = Annotated[int, Query(ge=1, le=100_000, description="A row, counted from 1")]


class Act(BaseModel):
    """The form of an act about one report, with the version as it was shown."""

    version: str = "0"
    idempotency_key: str = ""


@router.get("")
async def reports(caller: SignedIn, after: str | None = None) -> Response:
    """The organization's reports: when each is due, where it stands, what to do next."""
    frame, listed = await asyncio.gather(frame_of(caller), caller.gateway.get(API, after=after))
    return render(caller.request, "pages/form_c_list.html", frame=frame, listed=listed, after=after, words=form_c_words)


@router.get("/{report_id}")
async def report(report_id: UUID, caller: SignedIn, row: FirstRow = 1, done: str = "") -> Response:
    """One report: what it says row by row, as a grid where it may be changed."""
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{report_id}"))
    kept = drafts.kept_form(caller.request)
    grid = typed_grid(told, kept) if kept and "first" in kept else None
    version = str(kept["version"]) if kept and grid and "version" in kept else None
    page = _page(caller, frame, told, grid or grid_at(told, row), done=done, version=version, draft_kept=bool(grid))
    if kept:
        drafts.drop(page, caller.request.url.path)
    return page


@router.post("/{report_id}")
async def fill(report_id: UUID, caller: SignedIn) -> Response:
    """Save the rows of a page of the grid, put among the others."""
    form = await caller.request.form()
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{report_id}"))
    grid, version = typed_grid(told, form), str(form.get("version", "0"))
    headers = deciding(str(form.get("idempotency_key", "")), version)
    try:
        await caller.gateway.call("PUT", f"{API}/{report_id}/rows", json={"rows": merged(told, grid)}, headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        name_the_cells(problem, grid)
        return _page(caller, frame, told, grid, problem=problem, version=version)
    on = grid.first + len(grid.rows) + 1 if form.get("then") == "next" and grid.next else grid.first + 1
    return RedirectResponse(f"/form-c/{report_id}?row={on}&done=rows", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{report_id}/acts/{act}")
async def act_on(
    report_id: UUID, act: Literal["copy", "re-opening"], caller: SignedIn, form: Annotated[Act, Form()]
) -> Response:
    """Copy the last report over this one, or open a submitted one again."""
    headers = deciding(form.idempotency_key, form.version)
    try:
        await caller.gateway.call("POST", f"{API}/{report_id}/{act}", headers=headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{report_id}"))
        return _page(caller, frame, told, grid_at(told, 1), problem=problem)
    return RedirectResponse(f"/form-c/{report_id}?done={act}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{report_id}/certification")
async def review(report_id: UUID, caller: SignedIn) -> Response:
    """What a report says item by item, what it lacks, and the statement to sign."""
    draft = drafts.kept(caller.request)
    page = await _review(caller, report_id, Signing.model_validate(draft), draft_kept=bool(draft))
    if draft:
        drafts.drop(page, caller.request.url.path)
    return page


@router.post("/{report_id}/certification")
async def certify(report_id: UUID, caller: SignedIn, signing: Annotated[Signing, Form()]) -> Response:
    """Certify a report under the person's signature, which submits it."""
    body = {"signature": signing.typed}
    try:
        await caller.gateway.call("POST", f"{API}/{report_id}/certification", json=body, headers=signing.headers)
    except Problem as problem:
        if not problem.is_about_the_form:
            raise
        return await _review(caller, report_id, signing, problem=problem)
    return RedirectResponse(f"/form-c/{report_id}?done=certified", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{report_id}/certifications")
async def certifications(report_id: UUID, caller: SignedIn, after: str | None = None) -> Response:
    """The report as it was certified, each time."""
    path = f"{API}/{report_id}"
    frame, told, listed = await asyncio.gather(
        frame_of(caller),
        caller.gateway.get(path),
        caller.gateway.get(f"{path}/certifications", after=after, limit=CERTIFICATIONS),
    )
    return render(
        caller.request,
        "pages/form_c_certifications.html",
        frame=frame,
        report=told,
        listed=listed,
        after=after,
        words=form_c_words,
    )


def _page(
    caller: Caller,
    frame: Any,
    told: Json,
    grid: Grid,
    *,
    done: str = "",
    problem: Problem | None = None,
    version: str | None = None,
    draft_kept: bool = False,
) -> Response:
    """Render a report. Rows that were typed keep the version they were typed over: nobody's change is overwritten."""
    return render(
        caller.request,
        "pages/form_c.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        report=told,
        grid=grid,
        version=told["row_version"] if version is None else version,
        lacking=lacking(told),
        will_order=WILL_ORDER,
        done=done,
        problem=problem,
        draft_kept=draft_kept,
        words=form_c_words,
    )


async def _review(
    caller: Caller, report_id: UUID, signing: Signing, *, problem: Problem | None = None, draft_kept: bool = False
) -> Response:
    frame, told = await asyncio.gather(frame_of(caller), caller.gateway.get(f"{API}/{report_id}"))
    return render(
        caller.request,
        "pages/form_c_review.html",
        status=problem.status if problem else HTTPStatus.OK,
        frame=frame,
        report=told,
        lacking=lacking(told),
        signing=signing,
        fields=SIGNATURE,
        problem=problem,
        draft_kept=draft_kept,
        words=form_c_words,
    )
